"""A call that goes over to a person: what that person must know, and who there is to take it."""

from typing import Literal

import msgspec

__all__ = ["Fact", "HandOutcome", "Handover", "Packet"]

HandOutcome = Literal["transferred", "queued", "callback"]
"""What becomes of the call: put through, waiting for a person, or called back later."""


class Fact(msgspec.Struct, frozen=True):
    """Something that was found out on the call."""

    name: str
    """Such as `area` or `complaint_number`."""
    value: str
    source: str
    """Who says so, such as `caller, confirmed`, `calling number` or `record`."""


class Packet(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed over, so that the caller need not say anything twice."""

    idempotency_key: str
    """The same key never makes a second row."""
    call_id: str
    reason: str
    """Why a person is wanted."""
    summary: str
    """The matter, in plain words."""
    facts: tuple[Fact, ...] = ()
    last_words: tuple[str, ...] = ()
    """What the caller said last, the newest at the end."""
    hazard: str | None = None
    """A kind of danger that was spoken of; its handover goes before all others."""
    language: str = "en"
    caller_number: str | None = None
    """Ten digits, whom to call back."""
    outcome: HandOutcome = "callback"


class Handover(msgspec.Struct, frozen=True):
    """A packet as it is on record, and who takes it."""

    handover_id: int
    target: str | None
    """The name of a transfer target that the company has confirmed; None while there is none."""
    wait_min: int | None
    """Minutes in the queue, where the company has named a figure that may be told."""
    open: bool
    """Whether somebody is there now."""
