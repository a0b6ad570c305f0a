"""Complaints: their kinds, their life, and the rule that one fault has one number."""

from datetime import datetime, timedelta
from typing import Literal, assert_never, get_args

import msgspec

from npcl_voice.domain.consumers import Premises
from npcl_voice.domain.times import as_shown
from npcl_voice.errors import RuleError

__all__ = [
    "CALLBACKS_A_DAY",
    "CODES_A_DAY",
    "CODE_DIGITS",
    "COMPLAINTS_A_DAY",
    "COMPLAINT_DIGITS",
    "FIRST_SERIAL",
    "HAZARD_KINDS",
    "KINDS",
    "OPEN_STATUSES",
    "Callback",
    "CallbackDraft",
    "Complaint",
    "Draft",
    "HazardKind",
    "Kind",
    "Priority",
    "Registered",
    "Status",
    "Step",
    "after",
    "format_number",
    "is_complaint_number",
    "may_be_many",
    "priority_of",
    "reopen_until",
    "see_that_it_reopens",
]

HazardKind = Literal["wire_down", "fire", "shock", "sparking", "pole_damaged"]
Kind = Literal[
    "no_supply",
    "fluctuation",
    "meter_reading",
    "wire_down",
    "fire",
    "shock",
    "sparking",
    "pole_damaged",
    "theft",
    "other",
]
Priority = Literal["emergency", "high", "medium", "low"]
Status = Literal["registered", "assigned", "in_progress", "resolved", "reopened", "cancelled"]
Step = Literal["assign", "close", "reopen"]
"""What may be done with a complaint."""

KINDS: tuple[Kind, ...] = get_args(Kind)
HAZARD_KINDS: frozenset[str] = frozenset(get_args(HazardKind))
OPEN_STATUSES: frozenset[str] = frozenset({"registered", "assigned", "in_progress", "reopened"})

COMPLAINT_DIGITS = 9

CODE_DIGITS = 6
"""Of the code by which a consumer closes a complaint."""

CODES_A_DAY = 3
"""Wrong codes for one complaint within a day; then none is taken, whoever calls."""

COMPLAINTS_A_DAY = 10
"""New complaints of one calling number within a day; danger is never counted and never refused."""

CALLBACKS_A_DAY = 3
"""Callbacks to one number within a day."""

FIRST_SERIAL = 54324
"""The first number to give out: those below belong to the demonstration's complaints."""


class Complaint(msgspec.Struct, frozen=True):
    """A complaint as it is on record."""

    complaint_number: str
    """Nine digits with leading zeros."""
    status: Status
    kind: Kind
    priority: Priority
    premises: str
    """The premises' key."""
    area: str
    registered_at: datetime
    promise_at: datetime | None = None
    """When it is promised to be dealt with; only confirmed promises are stored as such."""
    repeats: int = 0
    """How often it was reported again while open."""
    outage_id: int | None = None
    demo: bool = False
    closed_at: datetime | None = None
    """When it was closed last; None while it is open, and where nobody noted it."""
    openings: int = 1
    """How often it was opened: once, and once more with each reopening. Each has a closing code of its own."""

    def is_open(self) -> bool:
        """Whether work is still owed."""
        return self.status in OPEN_STATUSES

    def as_shown(self) -> dict[str, str | int | bool | None]:
        """The complaint as commands print it and scripts read it; the names and their order hold."""
        return {
            "complaint_number": self.complaint_number,
            "status": self.status,
            "kind": self.kind,
            "priority": self.priority,
            "premises": self.premises,
            "area": self.area,
            "registered_at": as_shown(self.registered_at),
            "promise_at": as_shown(self.promise_at) if self.promise_at else None,
            "repeats": self.repeats,
            "demo": self.demo,
        }


class Draft(msgspec.Struct, frozen=True):
    """A complaint about to be written."""

    idempotency_key: str
    """The same key never makes a second row: one key a call and fault."""
    kind: Kind
    priority: Priority
    premises: Premises
    call_id: str
    consumer_number: str | None = None
    caller_number: str | None = None
    outage_id: int | None = None


class Registered(msgspec.Struct, frozen=True):
    """What became of a draft, after commit."""

    complaint: Complaint
    repeat: bool
    """True when an open complaint of the same premises and kind was there already."""


class CallbackDraft(msgspec.Struct, frozen=True):
    """A callback about to be booked."""

    idempotency_key: str
    number: str
    """Whom to call: ten digits."""
    window: str
    """When, in words for the operator, such as `within 30 minutes` or `as soon as possible`."""
    reason: str
    call_id: str


class Callback(msgspec.Struct, frozen=True):
    """A callback as it is on record."""

    callback_id: int
    number: str
    window: str
    reason: str
    outcome: str
    """`pending` until somebody called, then an outcome of `domain.callbacks`."""
    booked_at: datetime
    demo: bool = False


def after(step: Step, complaint: Complaint) -> Status:
    """The status of a complaint once that step is taken.

    Work that is owed may be given to a team, or to another one, and be closed; only what was closed
    is reopened. Raises RuleError (`already_closed`, `already_open`, `not_open`, `cancelled`), saying
    what to do instead.
    """
    number = complaint.complaint_number
    if complaint.status == "cancelled":
        raise RuleError("cancelled", f"complaint {number} was cancelled; register a new one")
    match step:
        case "assign":
            if not complaint.is_open():
                raise RuleError("not_open", f"complaint {number} is closed; reopen it before you assign it")
            return "assigned"
        case "close":
            if not complaint.is_open():
                raise RuleError("already_closed", f"complaint {number} is closed already; reopen it if work is owed")
            return "resolved"
        case "reopen":
            if complaint.is_open():
                raise RuleError("already_open", f"complaint {number} is open ({complaint.status}); assign or close it")
            return "reopened"
        case _:
            assert_never(step)


def see_that_it_reopens(complaint: Complaint, hours: int, now: datetime) -> None:
    """See that a caller may have it opened again at `now`, `hours` after its closing at most.

    Raises RuleError: what `after` refuses, and `too_late`; then a new complaint is registered.
    """
    after("reopen", complaint)
    closed_at = complaint.closed_at or complaint.registered_at  # nobody noted it: not later than this
    if now > reopen_until(closed_at, hours):
        number = complaint.complaint_number
        raise RuleError("too_late", f"complaint {number} was closed more than {hours} hours ago; register a new one")


def reopen_until(closed_at: datetime, hours: int) -> datetime:
    """Until when a complaint that was closed then is opened again; afterwards a new one is registered."""
    return closed_at + timedelta(hours=hours)


def may_be_many(one: Draft | Complaint) -> bool:
    """Whether no limit holds for it: danger is taken down however often it is called in."""
    return one.kind in HAZARD_KINDS or one.priority == "emergency"


def format_number(serial: int) -> str:
    """The complaint number of a serial: nine digits with leading zeros.

    Raises ValueError for a serial that does not fit.
    """
    if not 0 <= serial < 10**COMPLAINT_DIGITS:
        msg = f"{serial} does not fit into {COMPLAINT_DIGITS} digits"
        raise ValueError(msg)
    return f"{serial:0{COMPLAINT_DIGITS}d}"


def is_complaint_number(text: str) -> bool:
    """Whether `text` has the shape of a complaint number."""
    return len(text) == COMPLAINT_DIGITS and text.isascii() and text.isdigit()


def priority_of(kind: Kind) -> Priority:
    """How urgent a kind is by itself."""
    return "emergency" if kind in HAZARD_KINDS else _PRIORITIES[kind]


_PRIORITIES: dict[str, Priority] = {
    "no_supply": "high",
    "fluctuation": "medium",
    "meter_reading": "low",
    "theft": "medium",
    "other": "medium",
}
