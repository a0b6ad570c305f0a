"""What is done about words that nothing backs: put right aloud where they were heard, and asked for again.

A model may lie as often as it is asked. So it is asked a few times only; then the turn ends with an honest sentence.
"""

from collections.abc import Callable
from typing import Final

from npcl_voice.conversation.claims import ClaimKind
from npcl_voice.conversation.outgoing import Outgoing
from npcl_voice.conversation.state import CallState
from npcl_voice.conversation.witness import Lie

__all__ = ["Correcting"]

MOST: Final = 2
"""Answers to one turn that are asked for anew; after one more lie nothing is asked for."""
CALLED: Final[dict[ClaimKind, str]] = {
    "number": "number",
    "time": "time",
    "amount": "sum of money",
    "commitment": "act or promise",
    "status": "state of affairs",
    "private": "person, address or instruction",
}
"""What an engine is told that it was about."""
NOTE: Final = (
    '[claim] No tool of this call has confirmed the {kind} in: "{text}". {heard} Do not say it unless a tool '
    "gives it. Now answer the caller again: call the tool that fits first, or say plainly that it is not known."
)
HEARD: Final = "The caller heard it begin, and was told that it was not right."
HELD: Final = "The caller has heard nothing of it."


class Correcting:
    """Puts right what an engine says, a few times a turn."""

    def __init__(self, state: CallState, outgoing: Outgoing, ask: Callable[[], None]) -> None:
        """`ask` wants the answer anew."""
        self._state = state
        self._outgoing = outgoing
        self._ask = ask
        self._times = 0

    def new_turn(self) -> None:
        """The caller has said something: the engine may try again."""
        self._times = 0

    def correct(self, lie: Lie, *, heard: bool) -> None:
        """A sentence was taken back, which may have been `heard` in part; its answer is cancelled already."""
        told = NOTE.format(kind=CALLED[lie.kind], text=lie.text, heard=HEARD if heard else HELD)
        self._state.send(self._state.engine.system_text(told))
        self._times += 1
        if self._times > MOST:
            self._outgoing.say("claim_given_up")
            return
        if heard:
            self._outgoing.say(f"claim_{lie.kind}")
        self._ask()
