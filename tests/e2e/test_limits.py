"""Limits and money through a whole call: what its caller hears of them, and which engine answers."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from npcl_voice.app import open_house
from npcl_voice.config import LatencyBudget
from npcl_voice.conversation.outgoing import BRIDGES
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.conversation.waiting import AGAIN_S
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.rehearsal.twin import Faults, TwinEngine
from npcl_voice.rehearsal.twin import faults as f
from tests.e2e.service import settings_in
from tests.e2e.storming import Held, callers, hold, silences, sounds, storm_script

pytestmark = pytest.mark.slow

BEGAN = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
SAY = load_phrases("en").say
BRIDGE_WORDS = {SAY[phrase] for phrase in BRIDGES}


def held(
    folder: Path, faults: Sequence[f.Fault], starts: Sequence[float], wait_s: float | None = None, **texts: str
) -> tuple[list[Held], dict]:
    """Power cuts that are reported at these moments, and how the links fared.

    `wait_s` may be longer than an operator may choose.
    """
    settings = settings_in(folder, NPCL_LOCAL_CAPACITY="4", **texts)
    if wait_s is not None:
        realtime = msgspec.structs.replace(settings.realtime, realtime_wait_s=wait_s)
        settings = msgspec.structs.replace(settings, realtime=realtime)

    async def work() -> tuple[list[Held], dict]:
        clock = RehearsalClock()
        twin = TwinEngine("openai", storm_script(), Faults(tuple(faults)), clock, sounds())
        opening = open_house(
            settings,
            lambda: BEGAN + timedelta(seconds=clock.now()),
            clock=clock,
            inline=True,
            remote=[(twin, "gpt-realtime-2.1")],
        )
        with clock.work():
            house = await opening.__aenter__()
        cuts = [one for one in callers() if one.opening == "my power is out"]
        jobs = (hold(house, clock, one, at) for one, at in zip(cuts, starts, strict=False))
        calls = list(await asyncio.gather(*jobs))
        links = house.links(clock)
        with clock.work():
            await opening.__aexit__(None, None, None)
        return calls, links

    return run_rehearsal(work())


def engines(call: Held) -> list[str]:
    """Who answered it, in order."""
    return [name for _, name in call.watcher.engines]


def test_a_new_call_over_the_limits_waits_with_a_spoken_word(tmp_path: Path) -> None:
    """Its greeting does not wait, and what the caller says meanwhile is answered, by the next engine at last."""
    none_left = f.Limits(on="response.done", of="requests", limit=10, remaining=0, reset_s=3_600)
    (first, late), links = held(tmp_path, [none_left], [0.0, 22.0], wait_s=21)  # beyond the greeting
    assert engines(first) == ["openai"]
    assert engines(late) == ["local"]
    joined = late.watcher.engines[0][0]
    assert 43.0 <= joined <= 44.0
    (_, ended, words), *_ = late.side.turns
    assert words == "my power is out"
    assert ended < joined
    said = [text for at, text in late.watcher.said if at <= joined]
    assert said[0] == SAY["greeting"]
    assert set(said[1:]) <= BRIDGE_WORDS
    assert said[1:]
    first_wait, *others = [waited for _, waited in silences(late.side, ended, joined)]
    assert first_wait <= LatencyBudget().dead_air_p95_ms / 1000
    assert all(waited <= AGAIN_S + 0.5 for waited in others)
    for call in (first, late):
        assert call.watcher.end is not None
        assert call.watcher.end.outcome == "complaint_registered"
    assert links["failures"] == []


def test_a_call_that_has_cost_enough_goes_on_elsewhere_at_a_quiet_moment(tmp_path: Path) -> None:
    """It says nothing twice, keeps its matter, and is not cut short; the next day's money is not touched."""
    (call,), links = held(tmp_path, [], [0.0], NPCL_SPEND_PER_CALL="0.012")
    assert engines(call) == ["openai", "local"]
    changed = call.watcher.engines[1][0]
    assert not any(began < changed < ended for began, ended in call.side.heard)
    assert not any(began < changed < ended for began, ended, _ in call.side.turns)
    assert call.watcher.end is not None
    assert call.watcher.end.outcome == "complaint_registered"
    assert [text for _, text in call.watcher.said].count(SAY["greeting"]) == 1
    assert 0.012 <= links["spent_today_usd"] < 0.05


def test_beyond_the_day_s_money_a_call_begins_elsewhere_and_the_reason_is_told(tmp_path: Path) -> None:
    """At once: nobody waits for money."""
    (call,), links = held(tmp_path, [], [0.0], NPCL_SPEND_PER_DAY="0")
    assert engines(call) == ["local"]
    assert call.watcher.engines[0][0] < 0.5
    assert links["sessions_opened"] == {"local": 1}
