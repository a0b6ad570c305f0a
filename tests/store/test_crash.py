"""The write path is killed before and after each of its awaits, and nothing is lost or doubled."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from npcl_voice.store import open_store
from tests.store.auditor import Auditor
from tests.store.crash_worker import Request

ROOT = Path(__file__).parents[2]
PATHS = ("first", "repeat", "retry")


class Service:
    """The killed service and its callers."""

    def __init__(self, file: Path, variant: str = "honest") -> None:
        self.file = file
        self.variant = variant
        self.auditor = Auditor(file)
        self.kills = 0
        self._houses = 0
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("crash_worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(os.environ, PYTHONPATH=f"{ROOT / 'src'}{os.pathsep}{ROOT}", OPENBLAS_NUM_THREADS="1"),
        )

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def ask(self, key: str, house: str, what: str = "complaint", **more) -> tuple[list[str], list[str], int]:
        """One request: the numbers heard, the points passed, and how the service ended."""
        request = Request(f"sqlite+aiosqlite:///{self.file}", key, house, what, self.variant, **more)
        self._process.stdin.write(msgspec.json.encode(request) + b"\n")
        self._process.stdin.flush()
        heard: list[str] = []
        points: list[str] = []
        while True:
            word, _, rest = self._process.stdout.readline().decode().strip().partition(" ")
            if word == "ended":
                return heard, points, int(rest)
            assert word in ("heard", "point")
            (heard if word == "heard" else points).append(rest)

    def _call(self, key: str, house: str, kill: int | None = None) -> int:
        heard, _, status = self.ask(key, house, kill=kill)
        for number in heard:
            self.auditor.hears(house, number)
        return status

    def points(self, path: str) -> list[str]:
        """The fail-points that a report passes: a first one, a repeat of it, or a retry with the same key."""
        house = self._new_house(path)
        heard, points, status = self.ask("retry" if path == "retry" else f"trace-{house}", house, trace=True)
        assert (len(heard), status) == (1, 0) or self.variant == "speaks_too_early"
        self.auditor.hears(house, heard[0])
        return points

    def trial(self, path: str, kill: int) -> None:
        """A caller reports, the service dies at that point, and the caller tries until a number is heard."""
        house = self._new_house(path)
        key = "retry" if path == "retry" else f"key-{house}"
        assert self._call(key, house, kill) == -signal.SIGKILL
        self.kills += 1
        assert self._call(key, house) == 0  # the same call goes on after the restart
        assert self._call(f"redial-{house}", house) == 0  # and once more, from another telephone

    def _new_house(self, path: str) -> str:
        if path == "retry":
            if "retry" not in self.auditor.heard:
                assert self._call("retry", "retry") == 0
            return "retry"
        self._houses += 1
        house = f"{path}-{self._houses}"
        if path == "repeat":
            assert self._call(f"first-{house}", house) == 0
        return house


@pytest.fixture
async def service(request, tmp_path) -> Iterator[Service]:
    """A new database, and the service that is killed over it, with the bug that the test planted."""
    file = tmp_path / "npcl.db"
    variant = getattr(request, "param", "honest")
    async with await open_store(f"sqlite+aiosqlite:///{file}", wall=lambda: datetime(2026, 11, 22, tzinfo=UTC)):
        pass
    if variant == "forgets_what_it_accepted":  # the schema alone would refuse the second row
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("DROP INDEX one_open_complaint")
    service = Service(file, variant)
    yield service
    service.close()


def kill_everywhere(service: Service, times: int) -> None:
    for path in PATHS:
        points = service.points(path)
        for kill in range(len(points)):
            for _ in range(times):
                service.trial(path, kill)


def test_every_await_of_the_write_path_is_a_fail_point(service):
    """Each step is passed before and after, the transaction's begin first and its commit last."""
    for path in PATHS:
        points = service.points(path)
        steps = [point.removesuffix(": before") for point in points if point.endswith(": before")]
        assert points == [f"{step}: {when}" for step in steps for when in ("before", "after")]
        assert (steps[0], steps[-1]) == ("begin", "commit")
    assert {"complaint", "report", "audit entry", "outbox job"} <= {
        point.partition(":")[0] for point in service.points("first")
    }


@pytest.mark.slow
def test_killed_once_at_each_point(service):
    """No number is heard whose row is missing; after calling again there is exactly one."""
    kill_everywhere(service, times=1)
    assert service.auditor.closes_the_book() == []


@pytest.mark.soak
def test_killed_ten_times_at_each_point(service):
    """The same, ten times at each point."""
    kill_everywhere(service, times=10)
    assert service.auditor.closes_the_book() == []
    print(f"{service.kills} kills, {sum(map(len, service.auditor.heard.values()))} numbers")


@pytest.mark.slow
def test_a_callback_survives_a_kill_at_each_point(service):
    """A callback that was promised is on record once, with its job."""
    _, points, _ = service.ask("traced", "", "callback", trace=True)
    for kill in range(len(points)):
        heard, _, status = service.ask(f"callback-{kill}", "", "callback", kill=kill)
        assert (heard, status) == ([], -signal.SIGKILL)
        (again,), _, status = service.ask(f"callback-{kill}", "", "callback")
        assert status == 0
        assert int(again) == kill + 2
    assert service.auditor.closes_the_book() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("service", "finding"),
    [("speaks_too_early", "unbacked"), ("forgets_what_it_accepted", "double"), ("owes_later", "outbox")],
    indirect=["service"],
)
def test_a_planted_bug_is_caught(service, finding):
    """The checker finds each of three bugs, by the finding that belongs to it."""
    for kill in range(0, len(service.points("first")), 3):
        service.trial("first", kill)
    assert finding in {line.partition(":")[0] for line in service.auditor.closes_the_book()}
