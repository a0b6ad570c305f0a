"""A call whose own program breaks: told, counted, and gone on with."""

from collections.abc import Sequence

import pytest

from npcl_voice.call import MOST_FAILURES, OngoingCall
from npcl_voice.conversation.commands import Command
from npcl_voice.conversation.events import CallerText, CallEvent, ProcessingFailed, SayFailed
from npcl_voice.rehearsal.clock import run_rehearsal
from tests.test_call import SAY, Caller, Engine, Mouth, Witness, held, ongoing


def breaking(call: OngoingCall, times: int) -> None:
    """Let the conversation break over so many typed lines."""
    handle, left = call.conversation.handle, [times]

    def handled(event: CallEvent, now: float) -> list[Command]:
        if isinstance(event, CallerText) and left[0]:
            left[0] -= 1
            raise KeyError(event.text)
        return handle(event, now)

    call.conversation.handle = handled  # type: ignore[method-assign]


def test_a_bug_of_ours_is_told_and_the_call_goes_on() -> None:
    """The caller hears of it, it is counted by its class, and the next line is answered."""

    async def work() -> None:
        caller, engine, counted = Caller(), Engine(), []

        def act(event: CallEvent, _commands: Sequence[Command]) -> None:
            if isinstance(event, ProcessingFailed):
                caller.does.put_nowait(CallerText("my power is out"))
                caller.does.put_nowait(None)

        witness = Witness(act)
        caller.does.put_nowait(CallerText("boom"))
        call = ongoing(caller, engine, witness, failed=lambda where, error: counted.append((where, error)))
        breaking(call, 1)
        await held(call)
        assert counted == [("conversation", "KeyError")]
        assert [type(event) for event in witness.events if isinstance(event, CallerText | ProcessingFailed)] == [
            CallerText,
            ProcessingFailed,
            CallerText,
        ]
        assert SAY["stumbled_over"] in witness.words()
        assert witness.outcome == "hung_up"

    run_rehearsal(work())


def test_a_program_that_breaks_over_everything_ends_the_call_with_the_bug() -> None:
    """It does not get better, and somebody should see why."""

    async def work() -> None:
        caller, engine = Caller(), Engine()
        for _ in range(MOST_FAILURES + 1):
            caller.does.put_nowait(CallerText("boom"))
        call = ongoing(caller, engine, Witness())
        breaking(call, MOST_FAILURES + 1)
        with pytest.raises(KeyError):
            await call.hold()
        assert (caller.closed, engine.closed) == (1, 1)

    run_rehearsal(work())


def test_a_bug_in_the_voice_is_a_phrase_that_failed() -> None:
    """As if the mouth were away; its class is counted."""

    async def work() -> None:
        caller, engine, counted = Caller(voice=True), Engine(), []

        def act(event: CallEvent, _commands: Sequence[Command]) -> None:
            if isinstance(event, SayFailed):
                caller.does.put_nowait(None)

        witness = Witness(act)
        call = ongoing(
            caller,
            engine,
            witness,
            voice=Mouth(ZeroDivisionError("a bug")),
            failed=lambda where, error: counted.append((where, error)),
        )
        await held(call)
        assert counted == [("voice", "ZeroDivisionError")]
        assert witness.of(SayFailed)[0].reason == "ZeroDivisionError"

    run_rehearsal(work())
