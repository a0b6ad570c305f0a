"""What the parts of a conversation share while they decide one step."""

from collections import deque
from collections.abc import Callable
from typing import Any

from npcl_voice.conversation.briefing import MOST_TURNS
from npcl_voice.conversation.claims import Claim, Ledger
from npcl_voice.conversation.commands import Command, Outcome, Report, ReportLine, SendToModel, StateChanged
from npcl_voice.conversation.context import Context
from npcl_voice.conversation.dialogue import Heard, Policy
from npcl_voice.conversation.events import CallAnswered
from npcl_voice.conversation.exchange import Exchange
from npcl_voice.conversation.floor import FLOORS, Floor, FloorEvent, state_name
from npcl_voice.conversation.history import History
from npcl_voice.conversation.outcome import Tally
from npcl_voice.conversation.phrases import PhraseBook
from npcl_voice.conversation.timers import Timers
from npcl_voice.conversation.turns import Turns
from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.events import ClientEvent

__all__ = ["CallState"]

MAX_UNKNOWN = 16
"""So many turns wait for their words at once; an engine that tells of more invents them."""


class CallState:
    """The state of one call that more than one part touches."""

    def __init__(self, policy: Policy, book: PhraseBook, new_turns: Callable[[], Turns], ledger: Ledger) -> None:
        self.now = 0.0
        self.out: list[Command] = []
        self.book = book
        self.exchange = Exchange(policy, book.opening())
        self.history = History()
        self.floor = Floor.INITIAL
        self.timers = Timers()
        self.tally = Tally()
        self.ledger = ledger
        self.embedded = False
        """Whether the engine's model is our own dialogue policy, which says nothing that no tool has told it."""
        self.heard: deque[str] = deque(maxlen=MOST_TURNS)
        """What the caller said and typed, the newest at the end."""
        self.answered: CallAnswered | None = None
        self.client: ClientSession | None = None
        self._new_turns = new_turns
        self.turns = new_turns()
        self.taken: set[str] = set()
        """Turns that are the caller's beyond doubt."""
        self.inputs: dict[str, Heard | None] = {}
        """What the caller put in since the last answer, by item; None until its words are known."""
        self.awaited: set[str] = set()
        """Items whose words must be known before our first sound."""
        self.tools: dict[str, tuple[str, dict[str, Any]]] = {}
        """Tools that run now: name and arguments by `call_key`."""
        self.own_tools: dict[str, tuple[str, dict[str, Any]]] = {}
        """Tools that the conversation itself has called: nobody waits for them with an answer."""
        self.raised: set[str] = set()
        """Kinds of danger for which a ticket was asked for, by whomever."""
        self.session = 0
        """The engine's session that this is: the first is 1."""
        self.turn_ended_at: float | None = None
        """When the caller's last turn ended, until the answer to it is heard."""
        self.asked_at = 0.0
        """When the engine was last asked for anything."""
        self.hanging_up: Outcome | None = None
        """How the call will end, once it is going to."""
        self.danger = False
        """Whether the caller has spoken of danger."""
        self.keying = False
        """Whether keys were pressed that are no answer yet."""
        self.device_away = False
        """Whether the caller's microphone or loudspeaker is gone: their silence says nothing then."""
        self._shown: StateChanged | None = None

    @property
    def line(self) -> CallAnswered:
        """The open line; an answer, a phrase or a turn is impossible before."""
        assert self.answered is not None
        return self.answered

    @property
    def engine(self) -> ClientSession:
        """The engine; it has spoken, or heard somebody speak, so there is one."""
        assert self.client is not None
        return self.client

    @property
    def context(self) -> Context:
        """What is known of the matter."""
        return self.exchange.context

    def call_key(self, call_id: str) -> str:
        """What this call knows a tool's call by: engines number theirs anew in each session."""
        return call_id if self.session <= 1 else f"{call_id}.{self.session}"

    def expect_words(self, item_id: str) -> None:
        """A turn is an item now, and its words come later; of turns that never get any, the oldest are given up."""
        waiting = [known for known, heard in self.inputs.items() if heard is None]
        for known in waiting[: max(0, len(waiting) + 1 - MAX_UNKNOWN)]:
            del self.inputs[known]
        self.inputs.setdefault(item_id, None)

    def new_turns(self) -> None:
        """Another engine: it has heard nobody speak yet."""
        self.turns = self._new_turns()
        self.taken.clear()

    def weigh(self, sentence: str, number: int, *, whole: bool) -> tuple[Claim, ...]:
        """What a sentence claims, against what is known now; `number` counts the sentences of the call."""
        unheard = any(heard is None for heard in self.inputs.values())
        self.ledger.knows((slot.value for slot in self.context.slots.values()), unheard=unheard)
        return self.ledger.weigh(sentence, number, self.now, whole=whole)

    def send(self, events: list[ClientEvent]) -> None:
        """Have these sent to the engine."""
        self.out.extend(SendToModel(event) for event in events)

    def report(self, line: ReportLine) -> None:
        """Have this told to whoever follows the call."""
        self.out.append(Report(line))

    def move(self, event: FloorEvent) -> None:
        """Move the floor."""
        self.floor = FLOORS[self.floor].get(event, self.floor)

    def show(self) -> None:
        """Tell floor and matter, when they have changed."""
        matter = self.context.matter
        state = StateChanged(state_name(self.floor, matter), self.floor.value, matter.value)
        if state != self._shown:
            self._shown = state
            self.report(state)
