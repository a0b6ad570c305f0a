"""Calls that no remote engine may or can hold: the embedded one, the recorded voice, and at last an apology."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.errors import UnavailableError
from npcl_voice.ports import Engine, Speech
from npcl_voice.realtime.events import RateLimit, RateLimitsUpdated
from npcl_voice.realtime.failures import advice_of
from npcl_voice.rehearsal.clock import run_rehearsal
from npcl_voice.rehearsal.twin import Faults, parse_faults
from npcl_voice.speech.budget import Budget
from npcl_voice.speech.capacity import Capacity
from npcl_voice.speech.purse import Purse
from tests.e2e.failing import Rehearsal, Rehearsed, open_rehearsal
from tests.e2e.fault_rows import EACH_MOMENT, MOMENTS, struck
from tests.e2e.judging import misses

pytestmark = pytest.mark.slow

REFUSED = parse_faults('[[connect]]\ndoes = "refuse"\n', "refused")
SAY = load_phrases("en").say


class Gone:
    """An engine of our own that has died for good."""

    embedded = True

    def __init__(self, name: str) -> None:
        self.name = name

    async def open(self, caller: str) -> Speech:
        """No more."""
        raise UnavailableError(f"{self.name} {advice_of('gone')}", reason="gone")


def without(*names: str) -> Callable[[Engine], Engine]:
    """Our own engines, but these are gone."""
    return lambda engine: Gone(engine.name) if engine.name in names else engine


def held(folder: Path, hold: Callable[[Rehearsal], Coroutine[Any, Any, Rehearsed]]) -> Rehearsed:
    """One call in a house of its own."""

    async def work() -> Rehearsed:
        async with open_rehearsal(folder) as rehearsal:
            return await hold(rehearsal)

    return run_rehearsal(work())


def said(call: Rehearsed) -> str:
    """All that the assistant said and the caller heard."""
    return " ".join(text for _, text in call.caller.said)


# Money and limits.


def test_limits(tmp_path) -> None:
    """A provider that has no tokens left for now is waited for a moment; then the embedded engine answers."""

    async def hold(rehearsal: Rehearsal) -> Rehearsed:
        budget = Budget("gpt-realtime-2.1", "twin", Purse(1.0, 50.0, morning))
        budget.saw("another", RateLimitsUpdated((RateLimit("tokens", 40_000, 0, 600.0),)), rehearsal.clock.now())
        return await rehearsal.call(Faults(), budget=budget)

    call = held(tmp_path, hold)
    assert misses(call) == []
    assert (call.engines, len(call.twin.sessions)) == (["local"], 0)
    assert advice_of("limits") in call.facts.engines[0][2]


def test_spend_day(tmp_path) -> None:
    """When the day's money is spent, no call begins at an engine that costs any."""
    budget = Budget("gpt-realtime-2.1", "twin", Purse(1.0, 0.0, morning))
    call = held(tmp_path, lambda rehearsal: rehearsal.call(Faults(), budget=budget))
    assert misses(call) == []
    assert (call.engines, len(call.twin.sessions)) == (["local"], 0)
    assert advice_of("spend_day") in call.facts.engines[0][2]


def test_spend_call(tmp_path) -> None:
    """A call that has cost what one may cost goes on at the embedded engine, when nobody speaks."""
    budget = Budget("gpt-realtime-2.1", "twin", Purse(0.01, 50.0, morning))
    call = held(tmp_path, lambda rehearsal: rehearsal.call(Faults(), budget=budget))
    assert misses(call) == []
    assert call.engines == ["openai", "local"]
    assert advice_of("spend_call") in call.facts.engines[1][2]
    assert len(call.twin.sessions) == 1


def morning() -> datetime:
    """The day on which the money is counted."""
    return datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


# The recorded voice.


@pytest.mark.parametrize("why", ["gone", "full"])
def test_a_call_that_nobody_can_hear_is_held_by_keys(why, tmp_path) -> None:
    """An apology, a callback that is on record, and the complaint by the keypad, each once."""
    own = without("local") if why == "gone" else without()
    places = Capacity(lambda: 0) if why == "full" else None
    call = held(tmp_path, lambda rehearsal: rehearsal.call(REFUSED, own=own, places=places))
    assert misses(call) == []
    assert call.engines == ["recorded"]
    assert advice_of(why) in call.facts.engines[0][2]
    assert SAY["recorded_apology"] in said(call)
    assert call.callbacks == 1
    assert call.caller.keys


@pytest.mark.parametrize("moment", EACH_MOMENT)
def test_a_call_goes_on_with_the_recorded_voice(moment, tmp_path) -> None:
    """The account is closed in the middle of the call, and no ears are left: nothing is lost, nothing comes twice."""
    closed = struck('does = "close"\ncode = 3000', *MOMENTS[moment])
    call = held(tmp_path, lambda rehearsal: rehearsal.call(closed, own=without("local")))
    assert misses(call) == []
    assert call.engines == ["openai", "recorded"]
    assert SAY["recorded_apology"] in said(call)
    assert (call.callbacks, len(call.twin.sessions)) == (1, 1)


@pytest.mark.parametrize("moment", EACH_MOMENT)
def test_a_call_that_nobody_is_left_for_ends_with_a_word(moment, tmp_path) -> None:
    """Everything is gone: the caller is told so, and whom to call, and the line is closed."""
    closed = struck('does = "close"\ncode = 3000', *MOMENTS[moment])
    call = held(tmp_path, lambda rehearsal: rehearsal.call(closed, own=without("local", "recorded")))
    registered = moment in ("tool", "telling")
    found = misses(call, outcome="complaint_registered" if registered else "failed", rows=int(registered))
    assert [miss for miss in found if not miss.startswith("told")] == []
    assert call.caller.said[-1][1].startswith(SAY["trouble"].split("{")[0].split(".")[0])
    assert call.engines == ["openai"]


def test_nobody_is_there_at_all(tmp_path) -> None:
    """No engine has ever opened: the same word, and no row of any kind."""
    call = held(tmp_path, lambda rehearsal: rehearsal.call(REFUSED, own=without("local", "recorded")))
    assert misses(call, outcome="failed", rows=0) == []
    assert said(call).count(SAY["trouble"].split("{")[0].split(".")[0]) == 1
    assert (call.engines, call.callbacks) == ([], 0)
