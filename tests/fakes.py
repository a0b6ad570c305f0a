"""One honest fake for each port, for the tests of other rooms."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime

import msgspec

from npcl_voice.conversation.commands import ChangeEngine
from npcl_voice.conversation.events import ModelJoined, ModelLost, ModelSent, Traits
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.domain.complaints import (
    FIRST_SERIAL,
    Callback,
    CallbackDraft,
    Complaint,
    Draft,
    Registered,
    format_number,
)
from npcl_voice.domain.consumers import Consumer, Premises, made_up
from npcl_voice.domain.outages import Outage
from npcl_voice.domain.promises import packaged_promises, promise_at
from npcl_voice.errors import RefusedError, RuleError, UnavailableError
from npcl_voice.ports import LinkEvent, Speech
from npcl_voice.realtime.events import ClientEvent

__all__ = ["MORNING", "FakeDesk", "OneEngine"]

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
        complaints: Iterable[Complaint] = (),
        outages: Iterable[Outage] = (),
    ) -> None:
        self.wall = wall
        self.consumers = {one.consumer_number: one for one in consumers}
        self.complaints = {one.complaint_number: one for one in complaints}
        self.outages = list(outages)
        self.places = {_place_key(one.premises): one.premises for one in self.consumers.values()}
        self.reports: dict[str, Registered] = {}
        self.callbacks: dict[str, Callback] = {}
        self.away = False
        self.lose_next_answer = False
        self._serial = FIRST_SERIAL

    @classmethod
    def seeded(cls, wall: Callable[[], datetime] = lambda: MORNING) -> "FakeDesk":
        """A desk with what stands in a new database."""
        from npcl_voice.store import seed

        consumers = [
            Consumer(
                consumer_number=one.consumer_number,
                name=one.name,
                mobile=one.mobile,
                premises=Premises(premises_id=one.premises_id, area=one.area, house=one.house),
                demo=True,
            )
            for one in seed.CONSUMERS
        ]
        homes = {one.name: one.premises for one in consumers}
        complaints = [
            Complaint(
                complaint_number=one.number,
                status=one.status,
                kind=one.kind,
                priority=one.priority,
                premises=homes[one.of].premises_id,
                area=homes[one.of].area,
                registered_at=wall() - one.age,
                demo=True,
            )
            for one in seed.COMPLAINTS
        ]
        return cls(wall=wall, consumers=consumers, complaints=complaints)

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
            complaint = Complaint(
                complaint_number=format_number(self._serial),
                status="registered",
                kind=draft.kind,
                priority=draft.priority,
                premises=place.premises_id,
                area=place.area,
                registered_at=now,
                promise_at=promise_at(packaged_promises(), draft.kind, now),
                outage_id=draft.outage_id,
            )
            self._serial += 1
        self.complaints[complaint.complaint_number] = complaint
        registered = Registered(complaint=complaint, repeat=bool(same))
        self.reports[draft.idempotency_key] = registered
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
        callback = self.callbacks.setdefault(
            draft.idempotency_key,
            Callback(
                callback_id=len(self.callbacks) + 1,
                number=draft.number,
                window=draft.window,
                reason=draft.reason,
                outcome="pending",
                booked_at=self.wall(),
            ),
        )
        self._answer_after_writing()
        return callback

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


def _place_key(place: Premises) -> str:
    return made_up(place.area, place.house).premises_id if place.area or place.house else place.premises_id


def _spoken(name: str) -> str:
    return " ".join(name.casefold().split())
