"""One caller's talk with the policy: what was heard since the last answer, and that answer.

The embedded engine and the conversation that watches it each keep one. Fed with the same items
they come to the same context, and an answer that nobody heard can be taken back.
"""

import re
from collections import deque
from collections.abc import Sequence

import msgspec

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.dialogue import Heard, Move, Policy, Returned, Spoken, Typed
from npcl_voice.conversation.facts import read_facts

__all__ = ["Exchange", "said_mark"]

SAID = re.compile(r"\[said ([a-z_]+)\] ")


def said_mark(phrase: str) -> str:
    """What stands before the words in the item that tells an engine what our own voice said."""
    return f"[said {phrase}] "


class Exchange:
    """Hears, answers, and forgets an answer on request."""

    def __init__(self, policy: Policy, context: Context | None = None) -> None:
        self.policy = policy
        self.context = context or Context()
        self._pending: list[Heard] = []
        self._before: tuple[Context, tuple[Heard, ...]] | None = None

    def hear(self, heard: Heard) -> None:
        """Something to be answered."""
        self._pending.append(heard)

    def listen(self, heard: Heard) -> None:
        """The caller has said this, in whatever language; it is to be answered with the rest of its turn."""
        if isinstance(heard, Spoken | Typed):
            self.context = self.context.listened(heard.text)

    @property
    def waiting(self) -> bool:
        """Whether something was heard that is not answered yet."""
        return bool(self._pending)

    def take_waiting(self) -> list[Heard]:
        """What was heard and is not answered, to be given to another engine; it waits here no longer."""
        waiting, self._pending = self._pending, []
        self._before = None
        return waiting

    def resume(self, context: Context) -> None:
        """Go on from a facts block; what was heard before it is in it."""
        self.context = context
        self._pending.clear()
        self._before = None

    def note(self, text: str) -> None:
        """A system item: what our own voice said, or the facts block of an earlier engine."""
        if (context := read_facts(text)) is not None:
            self.resume(context)
        elif (said := SAID.match(text)) is not None and said.group(1) == "greeting" and not self.context.last:
            self.context = msgspec.structs.replace(self.context, question="help", last=(Line("greeting"),))

    def answer(self) -> Move:
        """The answer to all that was heard; with nothing heard, the open question again.

        Words of one turn that came in pieces are answered as one. The answer of a tool is always
        told, even when the caller went on speaking meanwhile; what else would have been said
        before the last word of the caller is left out.
        """
        waiting = deque(_turns(self._pending))
        self._pending.clear()
        answered: list[Heard] = []
        heard: list[Heard] = []
        told: tuple[Line, ...] = ()
        before, move = self.context, None
        while waiting and (move is None or move.call is None):
            if move is not None and isinstance(answered[-1], Returned):
                told += move.lines[:-1]
            whole, pieces = waiting.popleft()
            answered.append(whole)
            heard += pieces
            move = self._step(answered[-1])
            self.context = move.context
        if move is None:
            move = self.policy.open(self.context)
            self.context = move.context
        self._pending.extend(piece for _, pieces in waiting for piece in pieces)
        self._before = (before, tuple(heard))
        return Move(move.context, told + move.lines, move.call, move.error)

    def _step(self, heard: Heard) -> Move:
        try:
            return self.policy.step(self.context, heard)
        except Exception as error:  # noqa: BLE001 - the edge of understanding: its bug must not leave a caller in silence
            move = self.policy.stumbled(self.context)
            return msgspec.structs.replace(move, error=type(error).__name__)

    def undo(self) -> None:
        """Nobody heard the last answer: forget it, and hear again what led to it."""
        if self._before is None:
            return
        before, heard = self._before
        spoken = self.context  # what was heard of languages stays heard
        self.context = msgspec.structs.replace(before, language=spoken.language, evidence=spoken.evidence)
        self._pending[:0] = heard
        self._before = None


def _turns(heard: Sequence[Heard]) -> list[tuple[Heard, list[Heard]]]:
    """What was heard, words that follow each other as one, each with the pieces that it came in."""
    out: list[tuple[Heard, list[Heard]]] = []
    for one in heard:
        before, pieces = out[-1] if out else (None, [])
        if isinstance(one, Spoken) and isinstance(before, Spoken):
            out[-1] = (Spoken(f"{before.text} {one.text}"), [*pieces, one])
        elif isinstance(one, Typed) and isinstance(before, Typed):
            out[-1] = (Typed(f"{before.text} {one.text}"), [*pieces, one])
        else:
            out.append((one, [one]))
    return out
