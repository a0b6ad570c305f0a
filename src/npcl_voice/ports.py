"""Every seam of the house, and what crosses it.

Rooms with windows fit these shapes and know each other by them alone. `tests/contracts` holds one
suite for each port, run on the fake and on every real one.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import msgspec

from npcl_voice.audio.frame import Format, Frame
from npcl_voice.conversation.commands import ChangeEngine, Command
from npcl_voice.conversation.events import CallEvent, EngineOffered, ModelJoined, ModelLost, ModelSent
from npcl_voice.domain.accounts import Account
from npcl_voice.domain.company import Company, packaged_company
from npcl_voice.domain.complaints import Callback, CallbackDraft, Complaint, Draft, Registered
from npcl_voice.domain.consumers import Consumer, Premises
from npcl_voice.domain.handover import Handover, Packet
from npcl_voice.domain.identity import Verdict
from npcl_voice.domain.outages import Outage
from npcl_voice.realtime.events import ClientEvent, ServerEvent

__all__ = [
    "Channel",
    "Clock",
    "Desk",
    "Detector",
    "Engine",
    "Link",
    "LinkEvent",
    "Observer",
    "Situation",
    "Speech",
    "Voice",
]


class Clock(Protocol):
    """A call's time. In rehearsals it moves only when nobody works."""

    def now(self) -> float:
        """Seconds since some start; never goes back."""
        ...

    async def sleep_until(self, deadline: float) -> None:
        """Return when `now()` has reached `deadline`, at once if it has."""
        ...

    def work(self) -> AbstractContextManager[None]:
        """While inside, somebody works: a rehearsal's time stands still."""
        ...


class Channel(Protocol):
    """Where a caller is: sound both ways, keys, and the end of it."""

    format: Format
    """The format of the caller's frames and of those to play."""

    def events(self) -> AsyncIterator[CallEvent]:
        """`CallAnswered` first, `CallerHungUp` last; between them what the caller does.

        `Played` comes in here too, and the exact figure right after `pause` and `stop`.
        """
        ...

    def play(self, frame: Frame) -> None:
        """Queue a frame of any length; never waits. Drops and counts what does not fit."""
        ...

    def pause(self) -> None:
        """Fall silent within one frame and keep the queue."""
        ...

    def resume(self) -> None:
        """Go on where the voice paused."""
        ...

    def stop(self, stream: int) -> None:
        """Drop the queue; what is played next belongs to `stream`."""
        ...

    async def close(self) -> None:
        """Hang up and let go of the line; safe to call twice."""
        ...


class Speech(Protocol):
    """One session with whoever listens and answers: a Realtime server, wherever it runs."""

    lasts_s: float | None
    """Seconds that the session will last, as its server said at the start; None where it did not say."""

    def send(self, event: ClientEvent) -> None:
        """Queue an event; never waits."""
        ...

    def events(self) -> AsyncIterator[ServerEvent]:
        """What the server says, `session.created` first, to the end of the session.

        Raises UnavailableError or RefusedError when the session breaks.
        """
        ...

    async def close(self) -> None:
        """End the session; safe to call twice."""
        ...


class Engine(Protocol):
    """Somebody who can be asked for a session."""

    name: str
    """`openai`, `local` or another name, as in reports."""
    embedded: bool
    """Whether its model is our own dialogue policy."""

    async def open(self, caller: str) -> Speech:
        """A session that its server has admitted: `session.created` has come and is its first event.

        `caller` tells one caller from another towards the server: a keyed hash, never a number, or
        empty. Raises UnavailableError or RefusedError, each with its reason.
        """
        ...


LinkEvent = ModelJoined | ModelSent | ModelLost | EngineOffered


class Link(Protocol):
    """One call's way to its engines, one session at a time."""

    def events(self) -> AsyncIterator[LinkEvent]:
        """Who joins, what it says, and that it is gone; the first engine is asked when this begins.

        After `ModelLost` nothing comes until `change` is called; a session that was changed while it
        lived tells nothing more.
        """
        ...

    def send(self, event: ClientEvent) -> None:
        """Queue an event for the engine that joined last; never waits. Without one it is dropped."""
        ...

    def change(self, change: ChangeEngine) -> None:
        """Go on elsewhere; never waits. `ModelJoined` or `ModelLost` follows."""
        ...

    async def close(self) -> None:
        """End the session that there is; safe to call twice."""
        ...


class Detector(Protocol):
    """Whether somebody speaks, for as long as no engine listens."""

    def hears(self, frame: Frame) -> bool:
        """Take the caller's next sound; whether there is speech in it."""
        ...


class Voice(Protocol):
    """Our own mouth, for fixed phrases."""

    def say(
        self, phrase: str, values: dict[str, str], language: str, format: Format
    ) -> AsyncIterator[tuple[str, Frame]]:
        """Sentence by sentence: the text and its sound.

        Raises UnavailableError when it cannot speak.
        """
        ...


class Desk(Protocol):
    """The company's records, as a call may use them.

    Every method raises UnavailableError when the store does not answer. What a method returns
    after writing is committed.
    """

    async def consumer(self, consumer_number: str) -> Consumer | None:
        """The consumer of that number, if there is one."""
        ...

    async def area(self, name: str) -> str | None:
        """The area's name as on record, if it is one that we supply."""
        ...

    async def premises(self, area: str, house: str) -> Premises:
        """The premises of that house in that area, on record or made up from both."""
        ...

    async def open_outage(self, area: str) -> Outage | None:
        """The newest known outage of that area that is not over, marked as expired when its time has passed."""
        ...

    async def complaint(self, complaint_number: str) -> Complaint | None:
        """The complaint of that number, if there is one."""
        ...

    async def register(self, draft: Draft) -> Registered:
        """Write a complaint, its audit row and its outbox job in one transaction.

        The same idempotency key, or an open complaint of the same premises and kind, gives the
        complaint that is there already; the latter counts as a repeat. Raises RuleError: `too_many` for
        one new complaint too many of a calling number, unless it is danger.
        """
        ...

    async def locate(self, complaint_number: str, place: str) -> Complaint:
        """Write where an emergency is, once its caller has said so.

        Raises RuleError for an unknown number, and for a complaint that is no emergency.
        """
        ...

    async def book_callback(self, draft: CallbackDraft) -> Callback:
        """Write a callback once for its idempotency key; while one is owed to that number, that one is given.

        Another window takes the place of the one it had. Raises RuleError: `too_many` for a number that
        was booked too often within a day.
        """
        ...

    async def complaints_from(self, number: str) -> tuple[str, ...]:
        """The complaints that were reported from that telephone number, for the first time or again, in their order."""
        ...

    async def accounts_of(self, mobile: str) -> tuple[str, ...]:
        """The consumer numbers that are registered with that mobile number, in their order."""
        ...

    async def account(self, consumer_number: str) -> Account | None:
        """The account of that number with its newest bill, if there is one. Name and address never leave a tool."""
        ...

    async def verify(self, call_id: str, consumer_number: str, said_name: str) -> Verdict:
        """Compare the name that a caller said, in either script, with the account's; the try is counted.

        Success is remembered for that call. After too many different wrong names, on the call or for the
        account within a day, even the right one is `locked`.
        """
        ...

    async def verified(self, call_id: str) -> str | None:
        """The account for which the caller was verified on that call, the last one where there are more."""
        ...

    async def reopen(self, complaint_number: str, *, key: str, call_id: str, reason: str = "") -> Complaint:
        """Open a closed complaint again, once for its key, with what is still wrong in the caller's words.

        Raises RuleError: `unknown_number`, `already_open`, `cancelled`, `too_late`, and `another_open`
        when the same fault was reported anew meanwhile.
        """
        ...

    async def close(self, complaint_number: str, code: str, *, call_id: str) -> Complaint:
        """Close a complaint by the code that was sent to its consumer.

        Raises RuleError: `unknown_number`, `already_closed`, `cancelled`, `wrong_code`, `too_many_codes`.
        """
        ...

    async def flag_need(self, place: str, *, key: str, call_id: str) -> bool:
        """Note that somebody at that place depends on power; False for a place that is not on record.

        `place` is the key of the premises or the number of a complaint about them.
        """
        ...

    async def hand_over(self, packet: Packet) -> Handover:
        """Write a packet for a person, masked, once for its key; who takes the call, and how long that may take."""
        ...

    async def report_theft(self, area: str, details: str, *, key: str) -> Complaint:
        """Write a report of theft once for its key, without anything that leads to who made it."""
        ...


class Situation(msgspec.Struct, frozen=True):
    """What a tool may know of the call it runs in."""

    call_id: str
    caller_number: str | None = None
    facts: dict[str, str] = {}
    """Slots that the caller confirmed."""
    last_words: str = ""
    """What the assistant said last."""
    callback_within_min: int | None = None
    """In how many minutes the company promises to call back; None while it has named no time."""
    language: str = "en"
    """The language that is spoken now."""
    sources: dict[str, str] = {}
    """Who says so, for each of `facts`."""
    heard: tuple[str, ...] = ()
    """What the caller said last, the newest at the end."""
    hazard: str | None = None
    """The kind of danger that was spoken of in this call."""
    summary: str = ""
    """The matter, its goal and what was promised, in plain words."""
    now: datetime | None = None
    """What time it is, with a zone; None where nobody says."""
    wanted: bool = True
    """False where the caller's own words would have to ask for what the tool does, and do not."""
    made: dict[str, tuple[str, ...]] = {}
    """The new cases of this call so far, by the tool that made them; under `callback` the numbers to be called."""
    company: Company = msgspec.field(default_factory=packaged_company)
    """The company's own data: what may be said of its rules."""


class Observer(Protocol):
    """Somebody who follows a call."""

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """One step of the call, as it happened; never waits, never raises."""
        ...
