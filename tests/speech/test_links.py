"""Many calls on one row of engines: who goes where when it breaks, when all come back, and what limits and money do."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
import structlog

from npcl_voice.conversation.commands import ChangeEngine
from npcl_voice.conversation.events import EngineOffered, ModelJoined, ModelLost, Traits
from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.realtime.backoff import Breaker
from npcl_voice.realtime.events import (
    ClientEvent,
    RateLimit,
    RateLimitsUpdated,
    ResponseDone,
    ServerEvent,
    SessionCreated,
)
from npcl_voice.realtime.responses import InputTokens, OutputTokens, Response, Usage
from npcl_voice.realtime.session import SessionConfig
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.speech.budget import Budget
from npcl_voice.speech.capacity import Capacity, Urgency
from npcl_voice.speech.link import OFFER_S, ONCE_S, RAMP_S, RETURN_S, CallLink
from npcl_voice.speech.purse import Purse
from npcl_voice.speech.switch import Seat, Switch
from npcl_voice.speech.tally import LinkTally

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
OPEN_S = 0.05
WAIT_S = 4.0


class Session:
    """A session that says what its server is told to say."""

    lasts_s = None

    def __init__(self, name: str, over: Callable[["Session"], None]) -> None:
        self.name = name
        self.round_trip_s: float | None = 0.08
        self._over = over
        self._said: asyncio.Queue[ServerEvent | UnavailableError | None] = asyncio.Queue()
        self.say(SessionCreated(SessionConfig(), event_id="e"))

    def say(self, event: ServerEvent | UnavailableError | None) -> None:
        self._said.put_nowait(event)

    def send(self, event: ClientEvent) -> None:
        """Nobody answers."""

    async def events(self) -> AsyncIterator[ServerEvent]:
        while (event := await self._said.get()) is not None:
            if isinstance(event, UnavailableError):
                raise event
            yield event

    async def close(self) -> None:
        self._over(self)
        self.say(None)


class Server:
    """An Engine port that takes everybody while it is up."""

    embedded = False

    def __init__(self, name: str, clock: RehearsalClock) -> None:
        self.name = name
        self.up = True
        self.takes_s = OPEN_S
        self.refusal: UnavailableError | RefusedError = UnavailableError("nobody listens", reason="refused")
        self.asked: list[float] = []
        self.live: list[Session] = []
        self._clock = clock

    async def open(self, caller: str) -> Session:
        self.asked.append(self._clock.now())
        if not self.up:
            raise self.refusal
        await self._clock.sleep_until(self._clock.now() + self.takes_s)
        session = Session(self.name, lambda gone: self.live.remove(gone) if gone in self.live else None)
        self.live.append(session)
        return session

    def say(self, event: ServerEvent) -> None:
        for session in self.live:
            session.say(event)

    def die(self) -> None:
        self.up = False
        for session in self.live:
            session.say(UnavailableError("the connection broke off", reason="close_1006"))


class Call:
    """Somebody who goes where the link leads: after a loss at once, with an offer at once."""

    def __init__(self, row: "Row", name: str, urgency: int = Urgency.OTHER) -> None:
        self.joined: list[tuple[float, str, str]] = []
        self.final: ModelLost | None = None
        self.urgency = urgency
        self.link = CallLink(row.switch, name, "", row.clock)
        self._row = row
        row.calls.append(self)
        row.tasks.append(asyncio.get_running_loop().create_task(self._run()))

    @property
    def engine(self) -> str:
        return self.joined[-1][1] if self.joined else ""

    async def _run(self) -> None:
        async for event in self.link.events():
            match event:
                case ModelJoined():
                    self.joined.append((self._row.clock.now(), event.engine, event.reason))
                case ModelLost(final=True):
                    self.final = event
                case ModelLost():
                    self.link.change(ChangeEngine("retry", event.code, self.urgency))
                case EngineOffered():
                    self.link.change(ChangeEngine("offered", "offered"))
                case _:
                    pass


class Row:
    """A remote engine, the embedded one with few places, and the recorded voice."""

    def __init__(
        self, *, places: int = 100, per_call: float = 1.0, per_day: float = 50.0, budget: bool = False
    ) -> None:
        self.clock = RehearsalClock()
        self.remote, self.local, self.recorded = (Server(name, self.clock) for name in ("openai", "local", "recorded"))
        self.purse = Purse(per_call, per_day, lambda: NOON)
        self.budget = Budget("gpt-realtime-2.1", "gpt-live-transcribe", self.purse) if budget else None
        chance = Random(7).random
        self.places = Capacity(lambda: places)
        self.breaker = Breaker(chance)
        seats = [
            Seat(self.remote, Traits(), "first choice", self.breaker, self.budget),
            Seat(self.local, Traits(embedded=True), "embedded", Breaker(chance), capacity=self.places),
            Seat(self.recorded, Traits(embedded=True, opens=True), "nobody else", Breaker(chance)),
        ]
        self.switch = Switch(seats, chance=chance, wait_s=WAIT_S, tally=LinkTally(self.purse))
        self.calls: list[Call] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def until(self, moment: float) -> None:
        await self.clock.sleep_until(moment)

    def snapshot(self) -> dict[str, Any]:
        return self.switch.snapshot(self.clock.now())


def run(work: Callable[[Row], Coroutine[Any, Any, None]], **more: Any) -> None:
    """Let it happen in a row of engines of its own; no session and no place is left."""

    async def whole() -> None:
        row = Row(**more)
        await work(row)
        for task in row.tasks:
            task.cancel()
        await asyncio.gather(*row.tasks, return_exceptions=True)
        assert row.places.taken == 0
        assert not [*row.remote.live, *row.local.live, *row.recorded.live]
        assert row.snapshot()["sessions_open"] == dict.fromkeys(row.snapshot()["sessions_open"], 0)

    run_rehearsal(whole())


# All are cut at one moment.


def test_the_few_places_go_by_urgency_although_each_call_reconnects_in_its_own_time():
    """Danger asks last and has one; so have the complaints; nobody waits long, and the server is left in peace."""

    async def work(row: Row) -> None:
        urgencies = [*[Urgency.OTHER] * 5, *[Urgency.COMPLAINT] * 3, Urgency.OTHER, Urgency.DANGER]
        calls = [Call(row, f"c{at}", urgency) for at, urgency in enumerate(urgencies)]
        await row.until(30)
        assert {one.engine for one in calls} == {"openai"}
        row.remote.die()
        await row.until(31)
        assert [one.urgency for one in calls if one.engine == "local"] == [1, 1, 1, 0]
        assert [one.engine for one in calls].count("recorded") == 6
        assert max(one.joined[-1][0] for one in calls) < 30.5
        assert sum(at >= 30 for at in row.remote.asked) <= 3
        told = row.snapshot()
        assert told["breakers"] == {"openai": "open", "local": "closed", "recorded": "closed"}
        assert (told["calls_on_recorded_voice"], told["calls_on_recorded_voice_total"]) == (6, 6)
        assert told["round_trip_ms"]["openai"] == 80.0

    run(work, places=4)


@pytest.mark.parametrize("away_s", [15, 240])
def test_they_come_back_one_after_the_other(away_s):
    """One tries it first; when its session has lasted, the others follow over the ramp, none of them together."""

    async def work(row: Row) -> None:
        calls = [Call(row, f"c{at}") for at in range(40)]
        await row.until(30)
        row.remote.die()
        await row.until(30 + away_s)
        row.remote.up = True
        await row.until(30 + away_s + 600)
        back = sorted(one.joined[-1][0] for one in calls if one.engine == "openai")
        assert len(back) == len(calls)
        assert back[0] >= 30 + max(RETURN_S, away_s)
        assert back[1] - back[0] >= ONCE_S - 0.1
        assert back[-1] - back[1] <= RAMP_S + 3
        assert max(sum(at <= one < at + 3 for one in back) for at in back) <= len(calls) // 4 + 1
        assert row.snapshot()["breakers"]["openai"] == "closed"
        assert [len(one.joined) for one in calls] == [3] * len(calls)

    run(work)


def test_a_session_from_before_does_not_vouch_for_a_server_that_refuses_all_new_ones():
    """Its account is empty: what still lives lives on, and nobody asks again for long."""

    async def work(row: Row) -> None:
        first = Call(row, "old")
        await row.until(5)
        row.remote.up, row.remote.refusal = False, RefusedError("no credit is left", reason="quota")
        second = Call(row, "new")
        await row.until(60)
        assert (first.engine, second.engine) == ("openai", "local")
        assert second.joined[0][2] == "no credit is left"
        assert len(row.remote.asked) == 2
        assert row.snapshot()["breakers"]["openai"] == "open"

    run(work)


def test_danger_does_not_wait_before_it_reconnects():
    """The pause is for the server's sake."""

    async def work(row: Row) -> None:
        call = Call(row, "danger", Urgency.DANGER)
        await row.until(30)
        row.remote.live[0].say(UnavailableError("the connection broke off", reason="close_1006"))
        await row.until(31)
        assert [name for _, name, _ in call.joined] == ["openai", "openai"]
        assert call.joined[1][0] == pytest.approx(30 + OPEN_S)
        assert row.snapshot()["reconnects"] == {"openai": 1}

    run(work)


def test_one_line_an_operator_understands_for_each_failure():
    """Which engine, why, what to do, and whose call; a call that has nobody left is counted as one without."""

    async def work(row: Row) -> None:
        for server in (row.remote, row.local, row.recorded):
            server.up = False
        row.remote.refusal = RefusedError("invalid_api_key", reason="invalid_api_key")
        with structlog.testing.capture_logs() as lines:
            call = Call(row, "c1")
            await row.until(1)
        assert call.final is not None
        assert "invalid_api_key; nobody listens; nobody listens" in call.final.reason
        assert [(line["engine"], line["reason"], line["call"]) for line in lines] == [
            ("openai", "invalid_api_key", "c1"),
            ("local", "refused", "c1"),
            ("recorded", "refused", "c1"),
        ]
        assert all(line["advice"].startswith(line["engine"]) for line in lines)
        assert row.snapshot()["failures"] == [
            {"engine": engine, "reason": reason, "count": 1}
            for engine, reason in (("openai", "invalid_api_key"), ("local", "refused"), ("recorded", "refused"))
        ]

    run(work)


def test_nobody_is_turned_away_by_the_recorded_voice():
    """A call that finds it slow, however often, gets it again; others get it all the same."""

    async def work(row: Row) -> None:
        row.remote.up = row.local.up = False
        call = Call(row, "c1")
        for at in range(2, 12, 2):
            await row.until(at)
            call.link.change(ChangeEngine("fail_over", "not_ready"))
        await row.until(12)
        late = Call(row, "c2")
        await row.until(13)
        assert (call.final, late.final) == (None, None)
        assert [name for _, name, _ in call.joined] == ["recorded"] * 6
        assert late.engine == "recorded"
        assert row.snapshot()["breakers"]["recorded"] == "closed"

    run(work)


def test_a_slow_machine_takes_nobody_s_place_away():
    """The call's patience ends while it is on its way to our own engine, and it arrives there all the same."""

    async def work(row: Row) -> None:
        row.local.takes_s = 3.0
        call = Call(row, "c1")
        await row.until(30)
        row.remote.die()
        for at in (31, 32, 33):
            await row.until(at)
            call.link.change(ChangeEngine("fail_over", "not_ready"))
        await row.until(34)
        assert [name for _, name, _ in call.joined] == ["openai", "local"]
        call.link.change(ChangeEngine("fail_over", "stall"))  # it is there: what it is left for counts
        await row.until(35)
        assert call.engine == "recorded"

    run(work)


# Limits.


def limits(remaining: int, reset_s: float, limit: int = 10) -> RateLimitsUpdated:
    """The server tells how many requests are left."""
    return RateLimitsUpdated(rate_limits=(RateLimit("requests", limit, remaining, reset_s),))


def test_a_new_call_over_the_limits_waits_for_its_turn_and_then_begins_elsewhere():
    """As long as it may and no longer, whatever the call's own patience; the one that goes on is not touched."""

    async def work(row: Row) -> None:
        first = Call(row, "first")
        await row.until(1)
        row.remote.say(limits(0, 600))
        await row.until(2)
        late = Call(row, "late")
        await row.until(4)
        late.link.change(ChangeEngine("fail_over", "not_ready"))  # the call's patience with a server's settings
        await row.until(5.9)
        assert late.joined == []
        await row.until(6.5)
        assert late.engine == "local"
        assert 2 + WAIT_S <= late.joined[0][0] <= 2 + WAIT_S + 0.5
        assert "openai" in late.joined[0][2]
        assert "limits" in late.joined[0][2]
        assert first.engine == "openai"
        assert row.snapshot()["failures"] == []
        assert row.snapshot()["breakers"]["openai"] == "closed"

    run(work, budget=True)


def test_its_turn_comes_when_there_is_room_again_and_one_place_is_not_given_to_two():
    """In the order in which they called; the second has to wait for more room, though the first has only begun."""

    async def work(row: Row) -> None:
        first = Call(row, "first")
        await row.until(1)
        row.remote.say(limits(2, 12))  # 8 requests come back in 12 s, and half of one is never planned with
        await row.until(1.5)
        calls = [Call(row, f"late{at}") for at in range(2)]
        await row.until(7)
        assert [one.engine for one in calls] == ["openai", "openai"]
        joined = [one.joined[0][0] for one in calls]
        assert joined[0] == pytest.approx(1.85, abs=0.3)
        assert joined[1] - joined[0] > 1
        assert first.engine == "openai"

    run(work, budget=True)


# Money.

USAGE = Usage(2_000, 1_500, 500, InputTokens(1_000, 500), OutputTokens(100, 400))


def answered(name: str) -> ResponseDone:
    """An answer that costs about five cents."""
    return ResponseDone(response=Response(id=name, status="completed", usage=USAGE))


def test_a_call_that_reaches_its_cap_is_offered_another_engine_and_does_not_come_back():
    """What it has cost is in the day's money; others go on."""

    async def work(row: Row) -> None:
        dear, cheap = Call(row, "dear"), Call(row, "cheap")
        await row.until(1)
        for at in range(2):
            row.remote.live[0].say(answered(f"r{at}"))
        row.remote.live[1].say(answered("r"))
        await row.until(120)
        assert [name for _, name, _ in dear.joined] == ["openai", "local"]
        assert dear.joined[1][0] <= 3
        assert cheap.engine == "openai"
        assert row.snapshot()["spent_today_usd"] == pytest.approx(row.purse.day_spent())
        assert row.purse.day_spent() > 0.1
        assert row.snapshot()["failures"] == []

    run(work, budget=True, per_call=0.06)


def test_beyond_the_day_s_cap_a_call_begins_elsewhere_and_says_why():
    """And those that are there are offered another engine."""

    async def work(row: Row) -> None:
        first = Call(row, "first")
        await row.until(1)
        row.remote.say(answered("r"))
        await row.until(2)
        late = Call(row, "late")
        await row.until(2 + OFFER_S)
        assert [name for _, name, _ in first.joined] == ["openai", "local"]
        assert [name for _, name, _ in late.joined] == ["local"]
        assert "NPCL_SPEND_PER_DAY" in late.joined[0][2]
        assert len(row.remote.asked) == 1

    run(work, budget=True, per_day=0.04)


def test_what_may_be_spent_is_told_at_the_start():
    """A line for each engine that costs money."""

    async def work(row: Row) -> None:
        (line,) = row.switch.costs()
        assert "openai" in line
        assert "$1.00 a call" in line
        assert "$50.00 a day" in line

    run(work, budget=True)
