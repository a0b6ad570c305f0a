"""Whatever fails and however often a caller tries: what was told is on record exactly once, and nothing else is.

Schedules are drawn by seed: callers who try again, call anew, ask on two lines at once, over processes
that die at any statement and forget all but the database. The judge knows what was asked and heard.
"""

import asyncio
import shutil
from collections import Counter
from pathlib import Path

import pytest

from npcl_voice.rehearsal.clock import run_rehearsal
from npcl_voice.store import open_store
from npcl_voice.store.desk import SqlDesk
from tests.fakes import MORNING
from tests.store.faults.bugs import BUGS
from tests.store.faults.killed import KilledService
from tests.store.faults.schedule import schedule_of
from tests.store.faults.service import Rehearsal
from tests.store.faults.wishes import WISHES

SOME, MANY = 300, 10_000
PARTS = 10
SOME_KILLS, MANY_KILLS = 10, 300


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    """A new database, to be copied: making one takes longer than a schedule."""
    file = tmp_path_factory.mktemp("empty") / "npcl.db"

    async def make() -> None:
        async with await open_store(f"sqlite+aiosqlite:///{file}", wall=lambda: MORNING):
            pass

    asyncio.run(make())
    return file


def fresh(empty: Path, folder: Path) -> Path:
    """A copy of it, in the place of the one before."""
    file = folder / "npcl.db"
    for old in folder.glob("npcl.db*"):
        old.unlink()
    shutil.copy(empty, file)
    return file


def rehearsed(empty: Path, folder: Path, seed: int, desk: type[SqlDesk] = SqlDesk) -> tuple[list[str], Counter[str]]:
    """What the judge found in the schedule of that seed, and what happened in it."""
    file = fresh(empty, folder)

    async def rehearse() -> tuple[list[str], Counter[str]]:
        rehearsal = Rehearsal(file, schedule_of(seed), desk)
        return await rehearsal.run(), rehearsal.seen

    return run_rehearsal(rehearse())


def see_that_all_hold(empty: Path, folder: Path, seeds: range) -> Counter[str]:
    """No schedule of these seeds breaks a rule, and everything that the rules are about did happen."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        found, happened = rehearsed(empty, folder, seed)
        assert found == [], f"seed {seed}"
        seen.update(happened)
    for what in (*WISHES, "call", "again", "at once", "killed", "done", "refused", "unavailable"):
        assert seen[what] >= len(seeds) / 20, what
    kills = {point.partition(" at ")[2].partition(":")[0] for point in seen if point.startswith("kill at ")}
    assert {"begin", "commit", "audit entry", "outbox job"} <= kills
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("part", range(3))
def test_some_random_schedules(empty, tmp_path, part):
    """Kills, retries, redials, reconnects and two channels at once, on the rehearsal's clock."""
    see_that_all_hold(empty, tmp_path, range(part * SOME // 3, (part + 1) * SOME // 3))


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_random_schedules(empty, tmp_path, part, record_property):
    """The same, ten thousand of them."""
    seeds = range(part * MANY // PARTS, (part + 1) * MANY // PARTS)
    seen = see_that_all_hold(empty, tmp_path, seeds)
    points = sum(" at " in what and what != "at once" for what in seen)
    shown = {what: seen[what] for what in ("call", "again", "at once", "killed", "unavailable", "done", "refused")}
    record_property("line", f"schedules {seeds.start} to {seeds.stop - 1}: {shown}, faults at {points} points")


def see_that_kills_do_no_harm(empty: Path, folder: Path, kills: int) -> Counter[str]:
    """Schedules in processes that are really killed, until so many were."""
    with KilledService() as service:
        seed = 0
        while service.seen["killed"] < kills:
            found = service.run(fresh(empty, folder), schedule_of(seed))
            assert found == [], f"seed {seed}"
            seed += 1
    return service.seen + Counter(schedules=seed)


@pytest.mark.slow
def test_some_processes_are_really_killed(empty, tmp_path):
    """By SIGKILL, at any fail-point, alone and beside others."""
    see_that_kills_do_no_harm(empty, tmp_path, SOME_KILLS)


@pytest.mark.soak
def test_three_hundred_processes_are_really_killed(empty, tmp_path, record_property):
    """The same, three hundred times."""
    record_property("line", f"real kills: {dict(see_that_kills_do_no_harm(empty, tmp_path, MANY_KILLS))}")


@pytest.mark.slow
@pytest.mark.parametrize("name", BUGS)
def test_a_desk_with_a_mistake_is_caught(empty, tmp_path, name):
    """Within the schedules that a desk without one comes through, and by the finding that is about it."""
    desk, finding = BUGS[name]
    for seed in range(SOME):
        found, _ = rehearsed(empty, tmp_path, seed, desk)
        if finding in {line.partition(":")[0] for line in found}:
            return
    pytest.fail(f"{name} shows no '{finding}' in {SOME} schedules")


def test_a_schedule_comes_out_the_same_each_time(empty, tmp_path):
    """A seed tells the whole story, so that a failure can be looked at again."""
    assert schedule_of(7) == schedule_of(7)
    assert rehearsed(empty, tmp_path, 7) == rehearsed(empty, tmp_path, 7)
