"""How long a complaint may take: what may be promised aloud, and what is only watched.

The regulator's limits are loaded from a file. A row that nobody has confirmed ages complaints
internally and never becomes a spoken promise (decision D9).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from msgspec import Meta

from npcl_voice.domain.complaints import Kind
from npcl_voice.domain.entries import Entry, Text, read_entries

__all__ = [
    "AreaClass",
    "PromiseRule",
    "due_at",
    "packaged_promises",
    "promise_at",
    "read_promises",
    "rule_for",
    "spoken_compensation",
]

AreaClass = Literal["urban", "rural"]


class PromiseRule(Entry, frozen=True, kw_only=True):
    """One row of the table of limits."""

    event: Text
    """What the rule is about, in words."""
    area_class: Literal["urban", "rural", "any"]
    """Where it holds."""
    confirmed: bool
    """True only when the rule was read in the gazette and is known to bind here."""
    kind: Kind | None = None
    """The kind of complaint it limits; None while no kind says that much."""
    hours: Annotated[float, Meta(gt=0, le=10_000, description="hours, more than 0 and at most 10000")] | None = None
    """From registration to repair; None where no figure is known."""
    compensation: Annotated[int, Meta(ge=0, le=100_000, description="whole rupees from 0 to 100000")] | None = None
    """Rupees for each day of delay; None where none is known."""


def read_promises(text: str) -> tuple[PromiseRule, ...]:
    """The rules in a TOML text of `[[promise]]` tables.

    Raises SettingsError (`promises.toml`), naming what is wrong: a damaged text, or two rules for one
    event in one class of area.
    """
    return read_entries("promises.toml", text, "promise", PromiseRule, _subject)


def _subject(rule: PromiseRule) -> str:
    return f"{rule.event} ({rule.kind}, {rule.area_class})"


@cache
def packaged_promises() -> tuple[PromiseRule, ...]:
    """The rules that come with this program; none of them is confirmed."""
    return read_promises(resources.files(__package__).joinpath("data/promises.toml").read_text("utf-8"))


def rule_for(rules: Sequence[PromiseRule], kind: Kind, area_class: AreaClass) -> PromiseRule | None:
    """The first rule with hours for that kind there, a confirmed one before an unconfirmed one."""
    fitting = [
        rule
        for rule in rules
        if rule.kind == kind and rule.hours is not None and rule.area_class in (area_class, "any")
    ]
    return min(fitting, key=lambda rule: not rule.confirmed, default=None)


def due_at(
    rules: Sequence[PromiseRule], kind: Kind, registered_at: datetime, area_class: AreaClass = "urban"
) -> datetime | None:
    """When a complaint of that kind is late by any rule, confirmed or not: for the company's eyes only."""
    return _after(rule_for(rules, kind, area_class), registered_at)


def promise_at(
    rules: Sequence[PromiseRule], kind: Kind, registered_at: datetime, area_class: AreaClass = "urban"
) -> datetime | None:
    """When a complaint of that kind will be dealt with, as may be said aloud; None without a confirmed rule."""
    rule = rule_for(rules, kind, area_class)
    return _after(rule, registered_at) if rule is not None and rule.confirmed else None


def spoken_compensation(
    rules: Sequence[PromiseRule],
    kind: Kind | None = None,
    *,
    event: str | None = None,
    area_class: AreaClass | None = None,
) -> tuple[PromiseRule, ...]:
    """The rules whose rupees may be said aloud, in their order: confirmed, and with a figure.

    Each of `kind`, `event` (a rule's own words, letter case aside) and `area_class` that is given
    narrows them. None of them confirmed is an empty answer, never a figure that might be true.
    """
    return tuple(
        rule
        for rule in rules
        if rule.confirmed
        and rule.compensation is not None
        and (kind is None or rule.kind == kind)
        and (event is None or rule.event.casefold() == event.casefold())
        and (area_class is None or rule.area_class in (area_class, "any"))
    )


def _after(rule: PromiseRule | None, start: datetime) -> datetime | None:
    if rule is None or rule.hours is None:
        return None
    return start + timedelta(hours=rule.hours)
