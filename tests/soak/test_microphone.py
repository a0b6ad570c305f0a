"""Calls at a desk over and over: echo, barge-in, devices that vanish; on a virtual sound card, in real time."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from npcl_voice.rehearsal.caller import Manner, SyntheticCaller
from tests.e2e.desk_call import DeskCall, call_at_the_desk
from tests.e2e.virtual_card import PULSE_IS_THERE, WHY_NO_PULSE, Room, VirtualCard
from tests.soak.report import record

pytestmark = [pytest.mark.soak, pytest.mark.skipif(not PULSE_IS_THERE, reason=WHY_NO_PULSE)]

CALLS = 10
ROOM = Room(gain_db=-6, delay_ms=80)


def answered_itself(call: DeskCall) -> bool:
    """Whether more was heard of the caller than the caller said."""
    said = [turn.text for turn in call.caller.turns if turn.who == "caller"]
    return len(call.said("caller")) > len(said)


@pytest.mark.parametrize("echo", ["half_duplex", "livekit"])
async def test_the_assistant_never_answers_itself(echo: str, tmp_path: Path) -> None:
    """Ten calls on open speakers."""
    calls = [await call_at_the_desk(tmp_path / f"{at}", ROOM, NPCL_ECHO=echo) for at in range(CALLS)]
    figures: dict[str, Any] = {
        "answered itself": sum(map(answered_itself, calls)),
        "ended right": sum(call.complaints == call.caller.heard_numbers != [] for call in calls),
        "seconds": [round(call.seconds) for call in calls],
    }
    record(f"microphone-echo-{echo}", figures)
    assert figures["answered itself"] == 0


async def test_a_caller_interrupts_through_a_canceller(tmp_path: Path) -> None:
    """Barge-in by voice on open speakers."""
    call = await call_at_the_desk(tmp_path, ROOM, manner=Manner(barge_in_ms=2_000), NPCL_ECHO="livekit")
    greeting = call.of("transcript")[0]
    cut = [one["ms"] for one in call.of("latency") if one["stage"] == "barge_in"]
    record("microphone-barge-in", {"heard_ms of the greeting": greeting.get("heard_ms"), "barge_in ms": cut})
    assert cut


async def test_the_device_is_taken_away_ten_times(tmp_path: Path) -> None:
    """At random moments, for up to a second; every call goes on."""
    chance = random.Random(4)
    away: list[float] = []
    calls = []
    for at in range(CALLS):
        moment, gone = chance.uniform(6, 40), chance.uniform(0.1, 1.0)

        async def take_it_away(
            card: VirtualCard, _caller: SyntheticCaller, moment: float = moment, gone: float = gone
        ) -> None:
            await asyncio.sleep(moment)
            card.stop()
            await asyncio.sleep(gone)
            card.start()

        calls.append(await call_at_the_desk(tmp_path / f"{at}", disturb=take_it_away))
        away.append(round(gone, 2))
    figures = {
        "calls held to their end": sum(call.code == 0 for call in calls),
        "ended right": sum(call.complaints == call.caller.heard_numbers != [] for call in calls),
        "away s": away,
        "time to recover": [
            line.rpartition("after ")[2] for call in calls for line in call.output.splitlines() if "is back" in line
        ],
    }
    record("microphone-device-lost", figures)
    assert figures["calls held to their end"] == CALLS
