"""The ledger of one call: what its tools have confirmed, what its caller has told, and what may be said."""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from npcl_voice.conversation.claims.facts import Answered, Brief, Facts
from npcl_voice.conversation.claims.judging import Claim, claims_in
from npcl_voice.conversation.claims.recited import brief_of
from npcl_voice.conversation.claims.sentences import sentences_of

__all__ = ["Ledger"]

_MOST: Final = 64
"""So many answers of tools, and so many turns of the caller's, are remembered; the oldest go first."""
_MOST_CHARS: Final = 2_000
"""A sentence is judged by so many letters of it; nobody says a longer one."""
_MINUTE_S: Final = 60


class Ledger:
    """Grows with the call, and judges what is said in it."""

    def __init__(self, *, public: frozenset[str] = frozenset()) -> None:
        """`public` are numbers that anybody may be given: helplines."""
        self._public = public
        self._answers: deque[Answered] = deque(maxlen=_MOST)
        self._told: deque[str] = deque(maxlen=_MOST)
        self._slots: tuple[str, ...] = ()
        self._unheard = False
        self._began: tuple[datetime, float] | None = None
        self._facts: tuple[int, Facts] | None = None
        self._brief: Brief = frozenset()

    def answered(self, at: datetime | None, now: float) -> None:
        """The call is answered at that time, which is `now` on its clock; without one no time can be compared."""
        self._began = None if at is None else (at, now)
        self._facts = None

    def briefed(self, instructions: str, own: Iterable[str] = ()) -> None:
        """The model was told this, which it keeps to itself, but for what stands in phrases of our `own`."""
        self._brief = brief_of(instructions, tuple(own))
        self._facts = None

    def returned(self, name: str, arguments: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        """A tool has answered."""
        self._answers.append(Answered(name, arguments, result))
        self._facts = None

    def told(self, text: str) -> None:
        """The caller has said, typed or keyed this."""
        self._told.append(text[:_MOST_CHARS])
        self._facts = None

    def knows(self, slots: Iterable[str], *, unheard: bool) -> None:
        """What was made of the caller's words so far, and whether some of them are not written down yet."""
        slots = tuple(slots)
        if (slots, unheard) != (self._slots, self._unheard):
            self._slots, self._unheard = slots, unheard
            self._facts = None

    def weigh(self, sentence: str, number: int, now: float, *, whole: bool = True) -> tuple[Claim, ...]:
        """What a sentence claims, as far as it has come; `number` counts the sentences, `now` is the call's clock."""
        return claims_in(sentence[:_MOST_CHARS], self._known(now), whole=whole)

    def judge(self, text: str, now: float) -> tuple[Claim, ...]:
        """What a text claims, sentence by sentence."""
        found = sentences_of(text)
        return tuple(claim for at, one in enumerate(found, 1) for claim in self.weigh(one.text, at, now))

    def _known(self, now: float) -> Facts:
        minute = int(now // _MINUTE_S)
        if self._facts is None or self._facts[0] != minute:
            at = None if self._began is None else self._began[0] + timedelta(seconds=now - self._began[1])
            told = (*self._told, *self._slots)
            facts = Facts(self._answers, told, public=self._public, unheard=self._unheard, now=at, brief=self._brief)
            self._facts = minute, facts
        return self._facts[1]
