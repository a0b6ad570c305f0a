"""Listens to what the assistant is about to say, and tells of each claim in it whether it is backed.

Words come ahead of their sound, piece by piece. Each sentence is judged when it is whole; before that only
where it has begun like one that nothing backs, so that its sound can be kept back until it is whole.
"""

from typing import Final

import msgspec

from npcl_voice.conversation.claims import ClaimKind, Sentence, Sentences
from npcl_voice.conversation.claims.triggers import may_claim
from npcl_voice.conversation.commands import Claimed, Doubted
from npcl_voice.conversation.playback import ItemId
from npcl_voice.conversation.state import CallState

__all__ = ["Lie", "Witness"]

GRAVEST: Final[tuple[ClaimKind, ...]] = ("private", "number", "time", "amount", "commitment", "status")
"""Of several claims that nothing backs the first of these is put right."""


class Lie(msgspec.Struct, frozen=True):
    """A sentence that claims what nothing backs."""

    text: str
    kind: ClaimKind
    letters: int
    """How many letters of its item stand before it."""


class Witness:
    """One call's sentences, as they come."""

    def __init__(self, state: CallState) -> None:
        self._state = state
        self._items: dict[ItemId, Sentences] = {}
        self._doubted: set[ItemId] = set()
        self._judged = 0

    def doubts(self, item: ItemId) -> bool:
        """Whether what has come of the item's last sentence is backed by nothing so far."""
        return item in self._doubted

    def hears(self, item: ItemId, words: str) -> Lie | None:
        """More words of an item of the engine's; the first lie in them, if there is one."""
        text = self._items.setdefault(item, Sentences())
        whole = text.feed(words)
        if whole:
            self._doubted.discard(item)
        lie = self._first_lie(whole)
        if lie is None:
            self._look_ahead(item, text.rest)
        return lie

    def ends(self, item: ItemId) -> Lie | None:
        """Nothing more comes of it."""
        text = self._items.pop(item, None)
        self._doubted.discard(item)
        return None if text is None else self._first_lie(text.end())

    def reads(self, text: str) -> Lie | None:
        """A text that has come as a whole: written for a caller who reads, or a phrase of our own."""
        found = Sentences()
        return self._first_lie([*found.feed(text), *found.end()])

    def items_of(self, item_id: str | None = None) -> list[ItemId]:
        """The parts of one item that have not ended, or of all."""
        return [item for item in self._items if item_id in {None, item.item_id}]

    def forget(self) -> None:
        """Nothing more is heard of anything that was begun."""
        self._items.clear()
        self._doubted.clear()

    def _first_lie(self, sentences: list[Sentence]) -> Lie | None:
        for sentence in sentences:
            self._judged += 1
            claims = self._state.weigh(sentence.text, self._judged, whole=True)
            for claim in claims:
                self._state.report(Claimed(claim.text, claim.kind, claim.backed, self._judged))
            unbacked = {claim.kind for claim in claims if not claim.backed}
            if unbacked and not self._state.embedded:
                return Lie(sentence.text, next(kind for kind in GRAVEST if kind in unbacked), sentence.start)
        return None

    def _look_ahead(self, item: ItemId, begun: Sentence) -> None:
        """Whether a sentence has begun like a lie; once it has, it is doubted until it is whole."""
        if self._state.embedded or item in self._doubted or not may_claim(begun.text):
            return
        claims = self._state.weigh(begun.text, self._judged + 1, whole=False)
        if any(not claim.backed for claim in claims):
            self._doubted.add(item)
            self._state.report(Doubted(begun.text))
