"""While no engine listens: the caller's sound is looked at here, and only where there is something in it."""

import asyncio
from collections.abc import AsyncIterator

from npcl_voice.audio.frame import PCM_24K, Frame
from npcl_voice.call import RECENT_MS
from npcl_voice.conversation.events import CallerAudio, ModelLost
from npcl_voice.ports import LinkEvent
from npcl_voice.rehearsal.clock import run_rehearsal
from tests.fakes import OneEngine
from tests.test_call import Caller, Engine, Witness, held, ongoing


class Nobody(OneEngine):
    """A Link whose engine never comes."""

    async def events(self) -> AsyncIterator[LinkEvent]:
        await asyncio.Event().wait()
        yield ModelLost("never", "gone")


class Asked:
    """A Detector that takes what is loud for speech, and counts what it is asked."""

    frames = 0

    def hears(self, frame: Frame) -> bool:
        Asked.frames += 1
        return any(frame.data)


def test_a_silent_caller_s_sound_is_not_looked_at_while_nobody_listens() -> None:
    """It is silence all the same; once something is loud, the second before it is looked at, too."""

    async def work() -> None:
        caller, witness = Caller(voice=True), Witness()
        silent = PCM_24K.silence(PCM_24K.samples_in(20))
        loud = Frame(b"\x00\x20" * PCM_24K.samples_in(20), PCM_24K)
        for frame in (*[silent] * 200, *[loud] * 3, silent):
            caller.does.put_nowait(CallerAudio(frame))
        caller.does.put_nowait(None)
        call = ongoing(caller, Engine(), witness, detector=Asked)
        call._link = Nobody()
        await held(call)
        speech = [event.speech for event in witness.of(CallerAudio)]
        assert speech == [*[False] * 200, True, True, True, False]
        assert Asked.frames == RECENT_MS // 20 + 4

    run_rehearsal(work())
