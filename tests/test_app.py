"""The composition root: what a call leaves behind however it goes, and what the service tells of itself."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from npcl_voice.app import House, application, open_engine, open_house, replay_policy
from npcl_voice.channels.text import TextChannel
from npcl_voice.config import Local, Settings, Turns
from npcl_voice.conversation.context import Context
from npcl_voice.conversation.phrases import load_book
from npcl_voice.domain.company import packaged_company
from npcl_voice.errors import SettingsError
from npcl_voice.meaning.language import Evidence
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.store.eventlog import read_log
from npcl_voice.store.opening import open_store

BEGAN = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def settings_in(folder: Path) -> Settings:
    """Settings for a data folder of its own."""
    return Settings.from_mapping({"NPCL_DATA_DIR": str(folder), "NPCL_SECRET_KEY": "only-for-tests-0123456789"})


async def nothing() -> AsyncIterator[str]:
    """A caller who types nothing."""
    for line in ():
        yield line


@contextlib.asynccontextmanager
async def house_in(folder: Path, clock: RehearsalClock) -> AsyncIterator[House]:
    """An open house on the rehearsal's clock."""
    opening = open_house(settings_in(folder), lambda: BEGAN, inline=True)
    with clock.work():
        house = await opening.__aenter__()
    try:
        yield house
    finally:
        with clock.work():
            await opening.__aexit__(None, None, None)


@pytest.mark.slow
def test_every_call_has_its_record_however_it_went(tmp_path: Path) -> None:
    """Held to its end, or given up before it was held: no session of the engine is left."""

    async def work() -> None:
        clock = RehearsalClock()
        async with house_in(tmp_path, clock) as house:
            channel = TextChannel(clock, nothing())
            with clock.work():
                opened = house.call(channel, kind="text", clock=clock, observers=[channel])
                held = await opened.__aenter__()
            await held.hold()
            await opened.__aexit__(None, None, None)
            assert read_log(house.log_path(held.call_id))[0]["language"] == "auto"

            with clock.work():
                with contextlib.suppress(ZeroDivisionError):
                    async with house.call(channel, kind="text", clock=clock) as given_up:
                        raise ZeroDivisionError
                assert (await house.store.calls.show(held.call_id))[0].outcome == "hung_up"
                assert (await house.store.calls.show(given_up.call_id))[0].outcome == "failed"
            assert house.engine.live == 0

    run_rehearsal(work())


@pytest.mark.slow
def test_a_call_that_a_killed_process_left_open_is_ended(tmp_path: Path) -> None:
    """Once it is longer ago than any call may last; one that may still be going on is left alone."""
    settings = settings_in(tmp_path)

    async def outcomes() -> dict[str, str | None]:
        now = datetime.now(UTC)
        for call_id, ago in (("dead", 800), ("live", 700)):
            at = now - timedelta(seconds=ago)
            async with await open_store(settings.store.database_url.reveal(), wall=lambda at=at: at) as store:
                await store.calls.begin(call_id, channel="file", engine="local", language="en")
        async with open_house(settings, lambda: now, inline=True) as house:
            return {call.call_id: call.outcome for call in await house.store.calls.newest()}

    assert asyncio.run(outcomes()) == {"dead": "failed", "live": None}


@pytest.mark.slow
def test_the_same_seed_gives_the_same_log_and_none_gives_another_mask(tmp_path: Path) -> None:
    """Call ids differ in any case: a rehearsal's record stands beside the others."""

    async def one(house: House, clock: RehearsalClock, seed: bytes | None) -> bytes:
        async def lines() -> AsyncIterator[str]:
            yield "my number is 2990741852"

        channel = TextChannel(clock, lines())
        with clock.work():
            opened = house.call(channel, kind="text", clock=clock, observers=[channel], seed=seed)
            ongoing = await opened.__aenter__()
        await ongoing.hold()
        await opened.__aexit__(None, None, None)
        return house.log_path(ongoing.call_id).read_bytes()

    def log(folder: Path, seed: bytes | None) -> bytes:
        async def work() -> bytes:
            clock = RehearsalClock()
            async with house_in(folder, clock) as house:
                return await one(house, clock, seed)

        return run_rehearsal(work())

    seeded, again, free = log(tmp_path / "a", b"x"), log(tmp_path / "b", b"x"), log(tmp_path / "c", None)
    assert seeded == again != free
    assert b"2990741852" not in seeded + free


async def test_a_language_without_phrases_opens_no_engine() -> None:
    """And names those there are."""
    with pytest.raises(SettingsError, match=r"\ben\b"):
        async with open_engine("xx", Local(), Turns(), inline=True):
            pytest.fail("it opened")


def test_auto_begins_in_english() -> None:
    """Until the caller speaks, nobody knows."""
    assert load_book("auto").opening() == Context(evidence=Evidence())
    assert load_book("hi").opening() == Context(language="hi")
    assert replay_policy(load_book("auto"), frozenset())


def test_a_service_that_cannot_open_lives_and_says_why(tmp_path: Path) -> None:
    """Alive, never ready, and no client is let in; the reason is on `/ready`."""
    (tmp_path / "npcl-voice.db").write_bytes(b"not a database" * 1_000)
    with TestClient(application(settings_in(tmp_path)), client=("127.0.0.1", 50_000)) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        while (ready := client.get("/ready")).json()["reason"] == "loading models":
            assert ready.status_code == 503
        assert ready.status_code == 503
        assert ready.json()["ready"] is False
        assert "npcl-voice.db" in ready.json()["reason"]
        with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/v1/realtime", headers={}):
            pytest.fail("it was let in")
        assert (refused.value.code, refused.value.reason) == (1013, "not ready")


@pytest.mark.slow
def test_a_service_delivers_what_is_owed(tmp_path: Path) -> None:
    """In the background, from the moment at which its database is open."""

    async def owe() -> None:
        async with await open_store(f"sqlite+aiosqlite:///{tmp_path / 'npcl-voice.db'}", wall=lambda: BEGAN) as store:
            await store.records.add_outage("Alpha 2")

    asyncio.run(owe())
    arrived: Queue[str] = Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()
            arrived.put(self.headers["webhook-id"])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = Thread(target=server.serve_forever)
    thread.start()
    given = {
        "NPCL_DATA_DIR": str(tmp_path),
        "NPCL_WEBHOOK_URL": f"http://127.0.0.1:{server.server_port}/",
        "NPCL_WEBHOOK_SECRET": "only-for-tests-0123456789",
    }
    try:
        with TestClient(application(Settings.from_mapping(given))):
            key = arrived.get(timeout=60)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    with closing(sqlite3.connect(tmp_path / "npcl-voice.db")) as database:
        assert database.execute("select job_key, done_at is not null from outbox").fetchall() == [(key, 1)]


@pytest.mark.slow
def test_a_service_is_ready_when_its_models_are_and_counts_its_callers(tmp_path: Path) -> None:
    """Before that it says what it waits for; a database that goes away makes it not ready again."""
    with TestClient(application(settings_in(tmp_path)), client=("127.0.0.1", 50_000)) as client:
        while (ready := client.get("/ready")).status_code == 503:
            assert ready.json() == {"ready": False, "reason": "loading models"}
        capacity = ready.json()["capacity"]
        assert ready.json() == {"ready": True, "capacity": capacity, "live": 0}
        assert capacity >= 1
        with client.websocket_connect("/v1/realtime", headers={}) as socket:
            assert socket.receive_json()["type"] == "session.created"
            assert client.get("/ready").json()["live"] == 1
    with closing(sqlite3.connect(next(tmp_path.glob("*.db")))) as database:
        assert database.execute("select count(*) from calls").fetchone() == (0,)


IOTA = '[[area]]\nname = "Iota 1"\nsource = "ours"\nas_of = 2026-11-22\n'
SOON = '[[threshold]]\nname = "callback_within_min"\nvalue = 20\nconfirmed = true\nsource = "x"\nas_of = 2026-11-22\n'


@pytest.mark.slow
def test_a_call_goes_by_the_operator_s_own_data(tmp_path: Path) -> None:
    """Its areas are understood, its confirmed figures are spoken, and the log names the data."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "areas.toml").write_text(IOTA, "utf-8")
    (tmp_path / "ours" / "thresholds.toml").write_text(SOON, "utf-8")
    given = {"NPCL_DATA_DIR": str(tmp_path), "NPCL_SECRET_KEY": "only-for-tests-0123456789"}
    settings = Settings.from_mapping({**given, "NPCL_DOMAIN_DIR": str(tmp_path / "ours")})

    async def lines() -> AsyncIterator[str]:
        for line in ("there is no power", "i do not have it", "iota one", "12", "yes", "i want to talk to a person"):
            yield line

    async def work() -> list[str]:
        clock = RehearsalClock()
        opening = open_house(settings, lambda: BEGAN, inline=True)
        with clock.work():
            house = await opening.__aenter__()
        channel = TextChannel(clock, lines(), caller_number="9810123456")
        with clock.work():
            opened = house.call(channel, kind="text", clock=clock, observers=[channel])
            held = await opened.__aenter__()
        await held.hold()
        await opened.__aexit__(None, None, None)
        log = house.log_path(held.call_id)
        with clock.work():
            await opening.__aexit__(None, None, None)
        assert read_log(log)[0]["company"] == house.company.digest() != packaged_company().digest()
        return log.read_text("utf-8")

    log = run_rehearsal(work())
    assert "Iota 1" in log
    assert "within 20 minutes" in log


def test_a_damaged_file_of_the_operator_s_opens_nothing(tmp_path: Path) -> None:
    """The service lives and says which file it is."""
    (tmp_path / "areas.toml").write_text("[[area]]", "utf-8")
    given = {"NPCL_DATA_DIR": str(tmp_path), "NPCL_SECRET_KEY": "only-for-tests-0123456789"}
    settings = Settings.from_mapping({**given, "NPCL_DOMAIN_DIR": str(tmp_path)})
    with TestClient(application(settings), client=("127.0.0.1", 50_000)) as client:
        while client.get("/ready").json()["reason"] == "loading models":
            pass
        assert client.get("/ready").json()["reason"].startswith("areas.toml: [[area]] 1: ")
