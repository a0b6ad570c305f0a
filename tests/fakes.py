"""One honest fake for each port, for the tests of other rooms."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from npcl_voice.conversation.commands import ChangeEngine
from npcl_voice.conversation.events import ModelJoined, ModelLost, ModelSent, Traits
from npcl_voice.domain.accounts import Account
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.domain.callbacks import OWED_OUTCOMES
from npcl_voice.domain.company import Company, packaged_company
from npcl_voice.domain.complaints import (
    CALLBACKS_A_DAY,
    CODE_DIGITS,
    CODES_A_DAY,
    COMPLAINTS_A_DAY,
    FIRST_SERIAL,
    Callback,
    CallbackDraft,
    Complaint,
    Draft,
    Registered,
    after,
    format_number,
    may_be_many,
    priority_of,
    see_that_it_reopens,
)
from npcl_voice.domain.consumers import Consumer, Premises, made_up
from npcl_voice.domain.contacts import target_now
from npcl_voice.domain.handover import Handover, Packet
from npcl_voice.domain.identity import TRIES_SPAN, Verdict, verdict_of
from npcl_voice.domain.names import words_of
from npcl_voice.domain.outages import Outage
from npcl_voice.domain.promises import promise_at
from npcl_voice.errors import RefusedError, RuleError, UnavailableError
from npcl_voice.meaning.script import romanised
from npcl_voice.ports import LinkEvent, Speech
from npcl_voice.realtime.events import ClientEvent
from npcl_voice.store.keys import Keys

__all__ = ["MORNING", "SECRET", "FakeDesk", "OneEngine"]

SECRET = "a secret of the tests"
"""From which closing codes are derived."""

MORNING = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
"""Ten in the morning in India, on a Sunday."""


class OneEngine:
    """A Link with one session to give; without another, its loss is final. `changed` keeps what was asked for."""

    def __init__(self, *sessions: Speech, name: str = "local", reason: str = "test", embedded: bool = True) -> None:
        self.changed: list[ChangeEngine] = []
        self._name = name
        self._reason = reason
        self._traits = Traits(embedded=embedded)
        self._sessions = list(sessions)
        self._session: Speech | None = None
        self._wishes: asyncio.Queue[ChangeEngine] = asyncio.Queue()

    async def events(self) -> AsyncIterator[LinkEvent]:
        while self._sessions:
            self._session = self._sessions.pop(0)
            yield ModelJoined(self._name, self._reason, self._traits)
            code, reason = "close_1000", "the session ended"
            try:
                async for event in self._session.events():
                    yield ModelSent(event)
            except (UnavailableError, RefusedError) as error:
                code, reason = error.reason, str(error)
            yield ModelLost(reason, code, final=not self._sessions)
            if self._sessions:
                await self._wishes.get()

    def send(self, event: ClientEvent) -> None:
        if self._session is not None:
            self._session.send(event)

    def change(self, change: ChangeEngine) -> None:
        self.changed.append(change)
        self._wishes.put_nowait(change)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class Try(NamedTuple):
    """A name or a code that a caller said."""

    what: str
    subject: str
    call_id: str
    said: tuple[str, ...]
    right: bool
    at: datetime


class FakeDesk:
    """The Desk in memory, under the same rules as the real one; `tests/contracts/test_desk.py` proves it.

    `FakeDesk.seeded(wall)` holds the demonstration's consumers and complaints. `away` makes every
    method raise UnavailableError; `lose_next_answer` lets the next write happen and then fails it, as
    a connection does that breaks after the commit.
    """

    def __init__(
        self,
        *,
        wall: Callable[[], datetime] = lambda: MORNING,
        consumers: Iterable[Consumer] = (),
        accounts: Iterable[Account] = (),
        complaints: Iterable[Complaint] = (),
        outages: Iterable[Outage] = (),
        company: Company | None = None,
    ) -> None:
        self.wall = wall
        self.company = company or packaged_company()
        self.keys = Keys(SECRET)
        self.accounts = {one.consumer_number: one for one in accounts}
        known = [*consumers, *(one.consumer for one in self.accounts.values())]
        self.consumers = {one.consumer_number: one for one in known}
        self.complaints = {one.complaint_number: one for one in complaints}
        self.outages = list(outages)
        self.places = {_place_key(one.premises): one.premises for one in self.consumers.values()}
        self.reports: dict[str, Registered] = {}
        self.callers: dict[str, str] = {}
        """Complaint number -> the number that registered it."""
        self.reported: set[tuple[str, str]] = set()
        """A calling number and a complaint that was reported from it, for the first time or again."""
        self.callbacks: dict[str, Callback] = {}
        self.requests: dict[str, str] = {}
        """Key -> the number of the complaint that it brought about."""
        self.tries: list[Try] = []
        self.needs: dict[str, datetime] = {}
        """Premises -> until when somebody there needs power."""
        self.packets: dict[str, tuple[Packet, Handover]] = {}
        self.thefts: dict[str, str] = {}
        """Complaint number -> what was seen."""
        self.away = False
        self.lose_next_answer = False
        self._serial = FIRST_SERIAL

    @classmethod
    def seeded(cls, wall: Callable[[], datetime] = lambda: MORNING, company: Company | None = None) -> "FakeDesk":
        """A desk with what stands in a new database."""
        from npcl_voice.store import seed

        homes = {one.consumer_number: one.premises for one in seed.ACCOUNTS}
        complaints = [
            Complaint(
                complaint_number=one.number,
                status=one.status,
                kind=one.kind,
                priority=one.priority,
                premises=homes[one.of].premises_id,
                area=homes[one.of].area,
                registered_at=wall() - one.age,
                closed_at=None if one.closed is None else wall() - one.closed,
                demo=True,
            )
            for one in seed.COMPLAINTS
        ]
        return cls(wall=wall, accounts=seed.ACCOUNTS, complaints=complaints, company=company)

    async def consumer(self, consumer_number: str) -> Consumer | None:
        self._answer()
        return self.consumers.get(consumer_number)

    async def area(self, name: str) -> str | None:
        self._answer()
        wanted = _spoken(name)
        for area in packaged_areas():
            if wanted in map(_spoken, (area.name, *area.aliases)):
                return area.name
        return None

    async def premises(self, area: str, house: str) -> Premises:
        self._answer()
        place = made_up(area, house)
        return self.places.get(place.premises_id, place)

    async def open_outage(self, area: str) -> Outage | None:
        self._answer()
        found = [one for one in self.outages if one.area == area and one.is_open()]
        newest = max(found, key=lambda one: (one.started_at, one.outage_id), default=None)
        return None if newest is None else newest.as_told(self.wall())

    async def complaint(self, complaint_number: str) -> Complaint | None:
        self._answer()
        return self.complaints.get(complaint_number)

    async def register(self, draft: Draft) -> Registered:
        self._answer()
        known = self.reports.get(draft.idempotency_key)
        if known is not None:
            return msgspec.structs.replace(known, complaint=self.complaints[known.complaint.complaint_number])
        if draft.consumer_number is not None and draft.consumer_number not in self.consumers:
            raise RuleError("unknown_consumer", "there is no consumer of that number")
        if draft.outage_id is not None and draft.outage_id not in {one.outage_id for one in self.outages}:
            raise RuleError("unknown_outage", f"there is no outage {draft.outage_id}")
        place = self._place(draft.premises)
        same = [
            one
            for one in self.complaints.values()
            if one.is_open() and one.premises == place.premises_id and one.kind == draft.kind
        ]
        now = self.wall()
        if same:
            complaint = msgspec.structs.replace(same[0], repeats=same[0].repeats + 1)
        else:
            self._see_that_it_is_not_too_much(draft)
            complaint = Complaint(
                complaint_number=format_number(self._serial),
                status="registered",
                kind=draft.kind,
                priority=draft.priority,
                premises=place.premises_id,
                area=place.area,
                registered_at=now,
                promise_at=promise_at(self.company.promises, draft.kind, now),
                outage_id=draft.outage_id,
            )
            self._serial += 1
            if draft.caller_number is not None:
                self.callers[complaint.complaint_number] = draft.caller_number
        self.complaints[complaint.complaint_number] = complaint
        registered = Registered(complaint=complaint, repeat=bool(same))
        self.reports[draft.idempotency_key] = registered
        if draft.caller_number is not None:
            self.reported.add((draft.caller_number, complaint.complaint_number))
        self._answer_after_writing()
        return registered

    async def locate(self, complaint_number: str, place: str) -> Complaint:
        self._answer()
        known = self.complaints.get(complaint_number)
        if known is None:
            raise RuleError("unknown_number", f"there is no complaint {complaint_number}")
        if known.priority != "emergency":
            raise RuleError("not_an_emergency", f"complaint {complaint_number} is at a supplied place")
        located = msgspec.structs.replace(known, area=place)
        self.complaints[complaint_number] = located
        self._answer_after_writing()
        return located

    async def book_callback(self, draft: CallbackDraft) -> Callback:
        self._answer()
        callback = self.callbacks.get(draft.idempotency_key) or self._book(draft)
        self.callbacks[draft.idempotency_key] = callback
        self._answer_after_writing()
        return callback

    def _book(self, draft: CallbackDraft) -> Callback:
        theirs = {one.callback_id: one for one in self.callbacks.values() if one.number == draft.number}
        owed = max((one for one in theirs.values() if one.outcome in OWED_OUTCOMES), key=_by_id, default=None)
        if owed is not None:
            self.put_callback(msgspec.structs.replace(owed, window=draft.window))
            return msgspec.structs.replace(owed, window=draft.window)
        if sum(one.booked_at > self.wall() - TRIES_SPAN for one in theirs.values()) >= CALLBACKS_A_DAY:
            raise RuleError("too_many", "that number was booked too often within a day")
        return Callback(
            callback_id=len({one.callback_id for one in self.callbacks.values()}) + 1,
            number=draft.number,
            window=draft.window,
            reason=draft.reason,
            outcome="pending",
            booked_at=self.wall(),
        )

    def put_callback(self, callback: Callback) -> None:
        """What an operator or a caller made of a callback that is there."""
        for key, one in self.callbacks.items():
            if one.callback_id == callback.callback_id:
                self.callbacks[key] = callback

    async def complaints_from(self, number: str) -> tuple[str, ...]:
        self._answer()
        return tuple(sorted(complaint for caller, complaint in self.reported if caller == number))

    async def accounts_of(self, mobile: str) -> tuple[str, ...]:
        self._answer()
        return tuple(sorted(number for number, one in self.accounts.items() if one.mobile == mobile))

    async def account(self, consumer_number: str) -> Account | None:
        self._answer()
        return self.accounts.get(consumer_number)

    async def verify(self, call_id: str, consumer_number: str, said_name: str) -> Verdict:
        self._answer()
        account = self.accounts.get(consumer_number)
        if account is None:
            return "unknown_account"
        if any(one.right and (one.call_id, one.subject) == (call_id, consumer_number) for one in self.tries):
            return "verified"
        spoken = romanised(said_name)
        wrong = [one for one in self.tries if one.what == "name" and not one.right]
        since = self.wall() - TRIES_SPAN
        verdict = verdict_of(
            spoken,
            account.name,
            wrong_on_call=sum(one.call_id == call_id for one in wrong),
            wrong_on_account=sum(one.subject == consumer_number and one.at > since for one in wrong),
        )
        if verdict != "locked" and words_of(spoken):
            self._try("name", consumer_number, call_id, words_of(spoken), right=verdict == "verified")
        self._answer_after_writing()
        return verdict

    async def verified(self, call_id: str) -> str | None:
        self._answer()
        found = [one.subject for one in self.tries if one.call_id == call_id and one.right]
        return found[-1] if found else None

    async def reopen(self, complaint_number: str, *, key: str, call_id: str, reason: str = "") -> Complaint:
        self._answer()
        if key in self.requests:
            return self.complaints[self.requests[key]]
        known = self._known(complaint_number)
        limit = self.company.threshold("reopen_within_h")
        see_that_it_reopens(known, 72 if limit is None else limit.value, self.wall())
        for other in self.complaints.values():
            if other.is_open() and (other.premises, other.kind) == (known.premises, known.kind):
                raise RuleError("another_open", f"complaint {other.complaint_number} is open")
        self.requests[key] = complaint_number
        return self._changed(known, status="reopened", closed_at=None, openings=known.openings + 1)

    async def close(self, complaint_number: str, code: str, *, call_id: str) -> Complaint:
        self._answer()
        known = self._known(complaint_number)
        request, right = f"close:{call_id}:{complaint_number}:{known.openings}", self.closing_code(known) == code
        if right and not known.is_open() and request in self.requests:
            return known
        status = after("close", known)
        since = self.wall() - TRIES_SPAN
        wrong = [one for one in self.tries if (one.what, one.subject) == ("code", complaint_number)]
        if sum(one.at > since for one in wrong) >= CODES_A_DAY:
            raise RuleError("too_many_codes", "too many wrong codes")
        if not right:
            if len(code) == CODE_DIGITS and code.isdigit():
                self._try("code", complaint_number, call_id, (code,), right=False)
            self._answer_after_writing()
            raise RuleError("wrong_code", "that is not the code")
        self.requests[request] = complaint_number
        return self._changed(known, status=status, closed_at=self.wall())

    def closing_code(self, complaint: Complaint) -> str:
        """The code that its consumer was sent."""
        return self.keys.closing_code(complaint)

    async def flag_need(self, place: str, *, key: str, call_id: str) -> bool:
        self._answer()
        complaint = self.complaints.get(place)
        premises_id = place if complaint is None else complaint.premises
        if premises_id not in {one.premises_id for one in self.places.values()}:
            return False
        until = self.needs.get(premises_id)
        if key not in self.requests and (until is None or until <= self.wall()):
            self.needs[premises_id] = self.wall() + timedelta(days=365)
        self.requests[key] = place
        self._answer_after_writing()
        return True

    async def hand_over(self, packet: Packet) -> Handover:
        self._answer()
        if packet.idempotency_key not in self.packets:
            target, there = target_now(self.company.transfers, self.wall())
            handover = Handover(
                handover_id=len(self.packets) + 1,
                target=None if target is None else target.name,
                wait_min=self.company.promised("queue_wait_min") if there else None,
                open=there,
            )
            self.packets[packet.idempotency_key] = packet, handover
        self._answer_after_writing()
        return self.packets[packet.idempotency_key][1]

    async def report_theft(self, area: str, details: str, *, key: str) -> Complaint:
        self._answer()
        if key not in self.requests:
            number = format_number(self._serial)
            self._serial += 1
            self.requests[key] = number
            self.thefts[number] = details
            self.complaints[number] = Complaint(
                complaint_number=number,
                status="registered",
                kind="theft",
                priority=priority_of("theft"),
                premises=f"theft/{number}",
                area=area,
                registered_at=self.wall(),
            )
        self._answer_after_writing()
        return self.complaints[self.requests[key]]

    def _known(self, complaint_number: str) -> Complaint:
        known = self.complaints.get(complaint_number)
        if known is None:
            raise RuleError("unknown_number", f"there is no complaint {complaint_number}")
        return known

    def _changed(self, known: Complaint, **changes: object) -> Complaint:
        changed = msgspec.structs.replace(known, **changes)
        self.complaints[known.complaint_number] = changed
        self._answer_after_writing()
        return changed

    def _try(self, what: str, subject: str, call_id: str, said: tuple[str, ...], *, right: bool) -> None:
        if (what, subject, call_id, said) not in {(one.what, one.subject, one.call_id, one.said) for one in self.tries}:
            self.tries.append(Try(what, subject, call_id, said, right, self.wall()))

    def _see_that_it_is_not_too_much(self, draft: Draft) -> None:
        since = self.wall() - TRIES_SPAN
        theirs = [
            complaint
            for complaint in self.complaints.values()
            if draft.caller_number is not None and self.callers.get(complaint.complaint_number) == draft.caller_number
            if complaint.registered_at > since and not may_be_many(complaint)
        ]
        if len(theirs) >= COMPLAINTS_A_DAY and not may_be_many(draft):
            raise RuleError("too_many", "that number registered too many complaints within a day")

    def _place(self, place: Premises) -> Premises:
        for known in self.places.values():
            if known.premises_id == place.premises_id:
                return known
        return self.places.setdefault(_place_key(place), place)

    def _answer(self) -> None:
        if self.away:
            raise UnavailableError("the desk does not answer")

    def _answer_after_writing(self) -> None:
        if self.lose_next_answer:
            self.lose_next_answer = False
            raise UnavailableError("the desk's answer was lost")


def _by_id(callback: Callback) -> int:
    return callback.callback_id


def _place_key(place: Premises) -> str:
    return made_up(place.area, place.house).premises_id if place.area or place.house else place.premises_id


def _spoken(name: str) -> str:
    return " ".join(name.casefold().split())
