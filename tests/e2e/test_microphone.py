"""A whole call through the real microphone channel, on a sound card that only exists here."""

import asyncio
from pathlib import Path

import pytest

from npcl_voice.rehearsal.caller import SyntheticCaller
from tests.e2e.desk_call import call_at_the_desk
from tests.e2e.virtual_card import PULSE_IS_THERE, WHY_NO_PULSE, Room, VirtualCard

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not PULSE_IS_THERE, reason=WHY_NO_PULSE)]


async def test_a_call_on_open_speakers_outlives_its_sound_card(tmp_path: Path) -> None:
    """Its own echo is no caller, and the server of all devices may go and come back in mid-call."""

    async def take_it_away(card: VirtualCard, caller: SyntheticCaller) -> None:
        # A busy machine takes its time until then.
        while not any(turn.who == "caller" for turn in caller.turns):  # noqa: ASYNC110 - nobody else is told of it
            await asyncio.sleep(0.1)
        await asyncio.sleep(3)
        card.stop()
        await asyncio.sleep(0.7)
        card.start()

    call = await call_at_the_desk(tmp_path, Room(gain_db=-6), disturb=take_it_away)
    assert call.code == 0, call.output
    assert "The sound device is back" in call.output, call.output
    assert call.of("end")[0]["outcome"] == "complaint_registered"
    assert call.caller.heard_numbers == call.complaints == call.of("end")[0]["complaint_numbers"]
    greeting = call.said("assistant")[0].split(",")[0].lower()
    assert not any(greeting in said for said in call.said("caller"))
