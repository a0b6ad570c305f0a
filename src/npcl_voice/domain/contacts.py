"""Who is reached where: helplines, offices, and the people a call may be handed to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from npcl_voice.domain.entries import Entry, Text, read_entries, refuse
from npcl_voice.domain.hours import somebody_there

__all__ = [
    "SPOKEN",
    "Helpline",
    "Office",
    "TransferTarget",
    "read_helplines",
    "read_offices",
    "read_transfers",
    "target_now",
]

Number = Annotated[
    str,
    Meta(
        pattern=r"^\+?[0-9]([0-9-]{0,16}[0-9])?$",
        max_length=18,
        description="a telephone number in figures, with or without hyphens: 0120-6226666",
    ),
]

_DAYS = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_SPAN = f"{_DAYS}(-{_DAYS})? {_CLOCK}-{_CLOCK}"

Hours = Annotated[
    str,
    Meta(pattern=f"^(24x7|{_SPAN}(; {_SPAN})*)$", description="24x7, or days and hours in India: Mon-Fri 10:00-17:00"),
]
"""When somebody is there."""

SPOKEN = ("helpline", "outside_helpline")
"""Helplines that phrases name, so that each must be there and confirmed."""


class Helpline(Entry, frozen=True):
    """A number that callers may be given."""

    name: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$", description="a name in lower case: outside_helpline")]
    """What phrases call it; `helpline` is the company's own, `outside_helpline` that of its neighbour."""
    number: Number
    """As it is written and read aloud."""
    purpose: Text
    """Whose it is and what for, in words."""
    confirmed: bool
    """True where the company or the service itself publishes it; another one is never spoken."""
    channel: Literal["call", "sms", "whatsapp"] = "call"
    """How it is reached."""

    @property
    def digits(self) -> str:
        """The number without its hyphens."""
        return self.number.replace("-", "").removeprefix("+")


class Office(Entry, frozen=True):
    """A place where customers are received."""

    name: Text
    """What people call it."""
    area: Text
    """Where it is."""
    hours: Hours
    """When it is open."""
    confirmed: bool
    """True where the company itself publishes place and hours."""


class TransferTarget(Entry, frozen=True):
    """Somebody a call may be handed to."""

    name: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$", description="a name in lower case: call_centre")]
    """What the program calls it."""
    number: Number
    """As it is dialled."""
    hours: Hours
    """When somebody is there."""
    purpose: Text
    """Which calls go there, in words."""
    confirmed: bool
    """True once the company has agreed to take handed-over calls there; nobody is handed to another one."""


def read_helplines(text: str) -> tuple[Helpline, ...]:
    """The helplines in a TOML text of `[[helpline]]` tables.

    Raises SettingsError (`helplines.toml`): a damaged text, a name twice, or one that phrases name
    missing or not confirmed.
    """
    file = "helplines.toml"
    found = read_entries(file, text, "helpline", Helpline, lambda one: one.name)
    for name in SPOKEN:
        entry = next((one for one in found if one.name == name), None)
        if entry is None:
            raise refuse(file, name, "is missing; callers are told this number")
        if not entry.confirmed or entry.channel != "call":
            raise refuse(file, name, 'callers are told this number; allowed: confirmed = true, channel = "call"')
    return found


def read_offices(text: str) -> tuple[Office, ...]:
    """The offices in a TOML text of `[[office]]` tables. Raises SettingsError (`offices.toml`)."""
    return read_entries("offices.toml", text, "office", Office, lambda one: one.name)


def read_transfers(text: str) -> tuple[TransferTarget, ...]:
    """The targets in a TOML text of `[[transfer]]` tables. Raises SettingsError (`transfers.toml`)."""
    return read_entries("transfers.toml", text, "transfer", TransferTarget, lambda one: one.name)


def target_now(targets: Sequence[TransferTarget], at: datetime) -> tuple[TransferTarget | None, bool]:
    """Whom a call may be handed to at that time, and whether somebody is there.

    The first confirmed target that is open, else the first confirmed one, closed; None without any.
    """
    confirmed = [target for target in targets if target.confirmed]
    there = next((target for target in confirmed if somebody_there(target.hours, at)), None)
    return (there, True) if there is not None else (next(iter(confirmed), None), False)
