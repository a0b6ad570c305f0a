"""What must hold of calls with a remote engine, measured at the far end of the line.

All run on the rehearsal's clock, so the figures here are exact; `tests/bench/remote.py` has the tables.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from npcl_voice.channels.line import TICK_MS
from npcl_voice.config import LatencyBudget, Turns
from npcl_voice.rehearsal.clock import RehearsalLoop
from npcl_voice.rehearsal.twin import Faults
from npcl_voice.rehearsal.twin import faults as f
from tests.e2e import measured as m
from tests.e2e.failing import Rehearsal, open_rehearsal
from tests.e2e.measuring import Step

pytestmark = pytest.mark.slow

Measure = Callable[[Rehearsal], Awaitable[Any]]

HOLD_MS = Turns().hold_first_sound_ms
CLOSING_MS = Turns().silence_ms_number
"""Silence that ends the longest turns: the model has just asked for a number, as far as the policy knows."""

TRIPS_MS = [5, pytest.param(80, marks=pytest.mark.soak), 250]
"""There and back between us and the model."""


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> Iterator[Callable[[Measure], Any]]:
    """An open house on one rehearsal's clock, and how to measure something in it."""
    with asyncio.Runner(loop_factory=RehearsalLoop) as runner:
        opening = open_rehearsal(tmp_path_factory.mktemp("measured"))
        rehearsal = runner.run(opening.__aenter__())
        yield lambda measure: runner.run(measure(rehearsal))
        runner.run(opening.__aexit__(None, None, None))


@pytest.mark.parametrize("trip_ms", TRIPS_MS)
def test_no_word_of_the_model_s_comes_before_danger(measured, trip_ms) -> None:
    """With transcripts as late as the hold, whether the model is quick or slow, into silence and over its voice."""

    async def work(rehearsal):
        for text, delay in zip(m.DANGERS, (HOLD_MS, HOLD_MS - 100, HOLD_MS), strict=True):
            timing = {"network_ms": trip_ms / 2, "transcript_ms": delay, "stays_ms": m.PROBE_MS}
            yield await m.danger_at_once(rehearsal, text, think_ms=50, **timing)
            yield await m.danger_over_our_voice(rehearsal, text, 1_500, **timing)

    for found in measured(lambda rehearsal: _all(work(rehearsal))):
        assert (found.words, found.bridges) == (0, 0)
        assert found.wait_ms <= CLOSING_MS + HOLD_MS + trip_ms + 150


async def _all(found):
    return [one async for one in found]


def test_danger_is_first_though_its_words_come_late(measured) -> None:
    """The model has begun to speak: it is cut within a word or two of the words' coming, and danger is said."""

    async def work(rehearsal):
        text = next(iter(m.DANGERS))
        return await m.danger_at_once(rehearsal, text, network_ms=40, think_ms=400, transcript_ms=1_000)

    found = measured(work)
    assert 0 < found.words <= 3
    assert found.whole
    assert found.wait_ms < CLOSING_MS + 1_000


@pytest.mark.parametrize("cut_ms", [-200, 800, 2_200])
def test_danger_in_a_gap_between_two_engines(measured, cut_ms) -> None:
    """Before the sentence, in it, and before its words are known: the next engine hears it, and danger is first."""

    async def work(rehearsal):
        return await m.danger_in_a_gap(
            rehearsal, "a wire has fallen on the road", cut_ms, network_ms=40, transcript_ms=300
        )

    found = measured(work)
    assert (found.words, found.whole) == (0, True)
    assert found.wait_ms < 3_000
    assert [one.text for one in found.call.caller_s_words()] == ["a wire has fallen on the road"]


def test_safety_words_are_not_cut(measured) -> None:
    """The caller speaks over them, twice: they go on at the same sample, and the model's answer comes after them."""
    more = [Step(m.MORE, "voice", 2_000), Step("okay", "voice", 3_000)]

    async def work(rehearsal):
        return await m.speech_over_safety_words(
            rehearsal, "a wire has fallen on the road", more, network_ms=40, transcript_ms=300
        )

    found = measured(work)
    said = found.call.of("safety_wire_down")
    assert found.whole
    assert len(said) == 3
    assert found.call.pieces[-1].from_ms >= said[-1].to_ms
    assert found.call.heard_once(m.ANSWER)
    assert found.call.engine_names() == ["openai"]


@pytest.mark.parametrize("trip_ms", TRIPS_MS)
def test_what_the_engine_is_told_is_what_was_heard(measured, trip_ms) -> None:
    """Speech over the voice: to the millisecond, and the voice is silent within the detector's time and one trip."""

    async def work(rehearsal):
        for moment in (137, 1_486, 3_333):
            yield await m.interruption(rehearsal, moment, network_ms=trip_ms / 2, transcript_ms=300)

    for found in measured(lambda rehearsal: _all(work(rehearsal))):
        assert abs(found.told_ms - found.heard_ms) < 1
        assert found.pause_ms <= 250 + trip_ms + TICK_MS


@pytest.mark.parametrize("text", m.BACK_CHANNELS)
def test_a_murmur_costs_a_pause_and_not_a_sample(measured, text) -> None:
    """The same answer goes on where it paused, and the engine is told of no cut."""

    async def work(rehearsal):
        return await m.murmur(rehearsal, text, 1_123, network_ms=40, transcript_ms=300)

    found = measured(work)
    assert (found.whole, found.pauses) == (True, 1)
    assert found.silent_ms < 2_500


@pytest.mark.parametrize(
    ("slow_ms", "faults", "answers"),
    [
        (0, Faults(), "openai"),
        (1_500, Faults(), "openai"),
        (5_000, Faults(), "second"),
        (0, Faults(connect=(f.Refuse(),)), "second"),
        (0, Faults(connect=(f.Timeout(),)), "second"),
        (0, Faults(connect=(f.NoSessionUpdated(),)), "second"),
        (0, Faults(connect=(f.DieAfter(ms=1_500, session=1),)), "openai"),
    ],
)
def test_the_greeting_waits_for_nobody(measured, slow_ms, faults, answers) -> None:
    """Whatever the engine does; what the caller says meanwhile is understood once, and answered once."""

    async def work(rehearsal):
        plan = [Step(m.HARMLESS, "answer", 1_000)]
        return await m.greeting(rehearsal, plan, slow_ms=slow_ms, faults=faults, network_ms=40)

    found = measured(work)
    assert found.first_ms <= LatencyBudget().greeting_ms
    assert found.understood == (m.HARMLESS,)
    assert found.engines[-1] == answers
    assert found.answers == 1
