"""The scripted twin holds whole calls, in memory and on the rehearsal's clock."""

import pytest

from npcl_voice.audio.frame import PCM_24K, PCMA, PCMU, Format
from npcl_voice.realtime import happenings as h
from npcl_voice.rehearsal.clock import run_rehearsal
from tests.rehearsal.twin.talking import (
    COMPLAINT,
    NUMBER,
    SENTENCES,
    talking,
    twin,
    whole_call,
)


@pytest.mark.parametrize("line", [PCMU, PCMA, PCM_24K], ids=["pcmu", "pcma", "pcm"])
def test_a_caller_reports_an_outage(line: Format) -> None:
    """Every sentence is heard in its words, the tool is called once, and its number is told."""

    async def work() -> None:
        async with talking(twin(line=line), line) as talk:
            said = await whole_call(talk)
            assert [one.text for one in talk.of(h.Heard)] == list(SENTENCES)
            assert "ten digit consumer number" in said[0]
            assert NUMBER in said[1]
            assert COMPLAINT in said[2]
            assert talk.tools == [("no_supply", f'{{"consumer_number": "{NUMBER}"}}'), ("bye", "{}")]

    run_rehearsal(work())
