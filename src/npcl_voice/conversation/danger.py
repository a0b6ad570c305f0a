"""Danger first: what is done the moment a caller's words speak of danger, whatever engine has the call.

Three things: our own fixed words of safety before any other word, the call's place among those that
cannot wait, and an emergency ticket even if the line drops after the first sentence. Words heard in part
are enough for the first two, and a caller who is gone before the rest is known gets the ticket all the same.
"""

from collections.abc import Callable

from npcl_voice.conversation.answering import Answering
from npcl_voice.conversation.commands import HazardHeard
from npcl_voice.conversation.outgoing import Outgoing
from npcl_voice.conversation.state import CallState
from npcl_voice.domain.complaints import HazardKind
from npcl_voice.meaning.expectation import ANYTHING
from npcl_voice.meaning.hazards import Hazard, denies_danger, find_hazard

__all__ = ["HazardLane"]

TOOL = "hazard"
MOST_TURNS = 16
"""Turns whose words in part are remembered; an engine that tells of more invents them."""
PLACES = ("area", "outside", "ambiguous", "family")
"""What tells where something is, however vaguely."""


class HazardLane:
    """One call's dangers."""

    def __init__(
        self,
        state: CallState,
        outgoing: Outgoing,
        answering: Answering,
        *,
        embedded: Callable[[], bool],
        interrupt: Callable[[], None],
        warned: Callable[[int], None],
    ) -> None:
        """`embedded` tells whether the policy answers, which raises tickets by itself; `interrupt` takes back
        an answer that is out already; `warned` is told the number of the phrase that words of safety are.
        """
        self._state = state
        self._outgoing = outgoing
        self._answering = answering
        self._embedded = embedded
        self._interrupt = interrupt
        self._warned = warned
        self._partly: dict[str, tuple[Hazard, str]] = {}
        """By turn, the danger in it, and the language that it was told in."""
        self._heard: dict[HazardKind, Hazard] = {}
        """The dangers that were spoken of, each kind once."""

    def partly(self, item_id: str, text: str) -> None:
        """The words of a turn so far: danger in them is not said to the caller before the turn is over.

        The first danger of a turn stands until all its words are known.
        """
        hazard = None if item_id in self._partly else find_hazard(text, whole=False)
        if hazard is None:
            return
        self._state.danger = True
        while len(self._partly) >= MOST_TURNS:
            del self._partly[next(iter(self._partly))]
        self._partly[item_id] = (hazard, self._state.context.language_of(text))

    def committed(self, item_id: str) -> None:
        """The turn is over; its whole words may be long in coming, and danger does not wait for them."""
        if (told := self._partly.pop(item_id, None)) is not None:
            self._warn(*told)

    def heard(self, text: str) -> None:
        """All words of a turn."""
        if self._outgoing.protects and (denies_danger(text) or self._tells_where(text)):
            self._outgoing.let_go()
        if (hazard := find_hazard(text)) is not None:
            self._warn(hazard, self._state.context.language)

    def over(self) -> None:
        """The call ends: whatever danger was heard in it, if only in part, has its ticket."""
        for hazard, _ in self._partly.values():
            self._heard.setdefault(hazard.kind, hazard)
        for kind in self._heard:
            self._raise(kind)

    def _tells_where(self, text: str) -> bool:
        slots = self._state.exchange.policy.understand(text, ANYTHING).slots
        return any(name in slots for name in PLACES)

    def _warn(self, hazard: Hazard, language: str) -> None:
        state = self._state
        state.danger = True
        state.report(HazardHeard(hazard.level))
        if hazard.kind in self._heard:
            return
        self._heard[hazard.kind] = hazard
        if self._outgoing.holds_answer:  # its words were late: danger goes first all the same
            self._interrupt()
        self._warned(self._outgoing.say(f"safety_{hazard.kind}", protected=True, language=language))
        if state.client is not None and not self._embedded():
            self._raise(hazard.kind)

    def _raise(self, kind: HazardKind) -> None:
        """Have the ticket written, unless an engine has done so."""
        if kind not in self._state.raised:
            self._state.raised.add(kind)
            self._answering.run_own(f"danger_{kind}", TOOL, {"kind": kind})
