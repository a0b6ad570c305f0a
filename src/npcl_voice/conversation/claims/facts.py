"""What the tools of this call have confirmed, and what its caller has told: all that may be said."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

import msgspec

from npcl_voice.domain.names import words_of
from npcl_voice.domain.times import INDIA
from npcl_voice.meaning.moments import NEAR_MIN, Duration, Moment, Soon, SpokenTime
from npcl_voice.meaning.numbers import number_runs
from npcl_voice.meaning.script import romanised
from npcl_voice.meaning.spoken_times import times_in
from npcl_voice.meaning.tokens import tokens_of

__all__ = ["Answered", "Brief", "Facts"]

Brief = frozenset[tuple[str, ...]]
"""All runs of words that only a model's instructions hold."""

OPEN: Final = frozenset({"registered", "assigned", "in_progress", "reopened"})
"""Statuses of a complaint that is not over."""
CREATES: Final = ("no_supply", "hazard", "report_theft")
"""Tools that register something."""
_REFUSED: Final = {
    "already_open": "reopened",
    "not_closed": "registered",
    "already_closed": "resolved",
    "too_late": "resolved",
    "another_open": "resolved",
    "cancelled": "cancelled",
    "wrong_code": "registered",
    "too_many_codes": "registered",
}
"""The status of a complaint that nothing can be done about, by the reason."""
ANOTHER: Final = "another"
"""Stands for the number of a complaint that is known to be there, and not by its number."""
DUE, PAID, PER_DAY = "due", "paid", "per_day"
_AMOUNTS: Final = {"amount_due": DUE, "amount": PAID, "per_day_inr": PER_DAY}
"""What an amount is for, by the name of its field."""
_SOON_MIN: Final = 180
"""Within so many minutes "soon" is true of a time that is known."""
_LEAST_DIGITS: Final = 3


class Answered(msgspec.Struct, frozen=True):
    """A tool's answer."""

    name: str
    arguments: Mapping[str, Any]
    result: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Whether the tool has done what it was asked for."""
        return self.result.get("ok") is True


class Facts:
    """What is confirmed and told at one moment; it does not change."""

    def __init__(
        self,
        answers: Sequence[Answered],
        told: Sequence[str] = (),
        *,
        public: frozenset[str] = frozenset(),
        unheard: bool = False,
        now: datetime | None = None,
        brief: Brief = frozenset(),
    ) -> None:
        """`told` are the caller's words, `public` numbers that anybody may be given, `now` has a zone.

        `unheard` tells that the caller has said something that is not written down yet. `brief` is what the model was
        told of its task, and keeps to itself.
        """
        self.brief = brief
        self.answers = tuple(answers)
        self.public = public
        self.unheard = unheard
        self.now = None if now is None else now.astimezone(INDIA)
        self._told = tuple(told)

    def did(self, *names: str) -> list[Mapping[str, Any]]:
        """What these tools have answered where they did what they were asked for, the latest last."""
        return [one.result for one in self.answers if one.ok and one.name in names]

    # Numbers.

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The digits of all numbers that tools have confirmed, or named as what stands against what they were asked."""
        found: set[str] = set()
        for one in self.answers:
            values = (
                (*_leaves(one.result), *_leaves(one.arguments)) if one.ok else (str(one.result.get("message", "")),)
            )
            for value in values:
                found |= _digits_of(value)
        return frozenset(found)

    @cached_property
    def complaints(self) -> frozenset[str]:
        """The numbers of complaints among them."""
        return frozenset(str(one["complaint_number"]) for one in self.did(*_ALL) if one.get("complaint_number"))

    @cached_property
    def told_numbers(self) -> frozenset[str]:
        """The digits of all numbers that the caller has told, corrections applied or not."""
        found: set[str] = set()
        for text in self._told:
            runs = number_runs(text)
            found |= {run.said for run in runs} | {run.digits(_LENGTHS) for run in runs}
            found.add("".join(run.digits() for run in runs))
        return frozenset(found - {""})

    # Complaints.

    @cached_property
    def statuses(self) -> dict[str, str]:
        """The latest status of each complaint, by its number; what a tool has refused to do tells of it, too."""
        found = {
            str(one.arguments.get("complaint_number", "")): _REFUSED[reason]
            for one in self.answers
            if not one.ok and (reason := one.result.get("reason")) in _REFUSED
        }
        if any(one.result.get("reason") == "another_open" for one in self.answers):
            found[ANOTHER] = "registered"
        for one in self.did(*_ALL):
            number, status = one.get("complaint_number"), one.get("status")
            if number and (status or str(number) not in found):
                found[str(number)] = str(status or "registered")
        return found

    # Times.

    @cached_property
    def moments(self) -> tuple[datetime, ...]:
        """Every time that a tool has named, in India's zone."""
        return tuple(at for text in self._texts() if (at := _moment(text)) is not None)

    @cached_property
    def expected(self) -> tuple[datetime, ...]:
        """Those at which supply or a repair is to be expected."""
        named = [one.get(name) for one in self.did(*_ALL) for name in ("expected_at", "promise_at")]
        named += [outage.get("expected_at") for outage in self.outages]
        return tuple(at for value in named if (at := _moment(str(value))) is not None)

    @cached_property
    def outages(self) -> tuple[Mapping[str, Any], ...]:
        """Every outage that a tool has named, also where it could not do what it was asked for."""
        named = (one.result.get("outage") for one in self.answers)
        return tuple(outage for outage in named if isinstance(outage, Mapping) and outage)

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Every day that a tool has named."""
        return tuple(day for text in self._texts() if (day := _day(text)) is not None)

    @cached_property
    def windows(self) -> tuple[SpokenTime, ...]:
        """Times that tools have named in words, as "within 30 minutes"."""
        words = (str(one["window"]) for one in self.did(*_ALL) if isinstance(one.get("window"), str))
        named = tuple(time for text in words for time in times_in(tokens_of(text)))
        waits = (one["wait_min"] for one in self.did(*_ALL) if isinstance(one.get("wait_min"), int))
        return named + tuple(Duration(0, 0, Fraction(wait), Fraction(wait), "ahead") for wait in waits)

    @cached_property
    def told_times(self) -> tuple[SpokenTime, ...]:
        """Times that the caller has named."""
        return tuple(time for text in self._told for time in times_in(tokens_of(text)))

    @cached_property
    def hours(self) -> frozenset[int]:
        """Hours after which rules speak of compensation."""
        rules = (rule for one in self.did("compensation") for rule in one.get("rules") or ())
        return frozenset(int(rule["after_hours"]) for rule in rules if rule.get("after_hours") is not None)

    def backs_time(self, said: SpokenTime, *, ahead: bool = False) -> bool:
        """Whether some tool has named that time; with `ahead` only one that has not passed will do."""
        now = self.now
        if isinstance(said, Soon):
            near = now is not None and any(0 <= (at - now).total_seconds() <= _SOON_MIN * 60 for at in self.expected)
            return near or any(isinstance(window, Soon) for window in self.windows)
        if isinstance(said, Duration) and any(said.least_min <= 60 * hours <= said.most_min for hours in self.hours):
            return True
        if any(_same_time(said, window) for window in self.windows):
            return True
        if now is None:
            return False
        clockless = not isinstance(said, Moment) or (said.minute is None and said.part is None)
        slack = timedelta(minutes=NEAR_MIN)
        return any(said.fits(at, now) for at in self.moments if not ahead or at >= now - slack) or (
            clockless and any(_names_day(said) and said.fits_day(day, now.date()) for day in self.days)
        )

    def told_time(self, said: SpokenTime) -> bool:
        """Whether the caller has named that time."""
        return any(_same_time(said, told) for told in self.told_times)

    # Money.

    @cached_property
    def amounts(self) -> dict[str, frozenset[Fraction]]:
        """Every sum that a tool has named, by what it is for."""
        found: dict[str, set[Fraction]] = {}
        for one in self.did(*_ALL):
            for name, value in _fields(one):
                if name in _AMOUNTS and (sum_ := _sum(value)) is not None:
                    found.setdefault(_AMOUNTS[name], set()).add(sum_)
        return {name: frozenset(values) for name, values in found.items()}

    @property
    def talks_of_money(self) -> bool:
        """Whether the latest tool was asked about money."""
        return bool(self.answers) and self.answers[-1].name in {"bill_due", "account_info", "compensation"}

    # Words.

    @cached_property
    def causes(self) -> str:
        """What tools have named as causes, in lower case."""
        causes = [str(outage.get("cause") or "") for outage in self.outages]
        causes += [str(rule.get("event", "")) for one in self.did("compensation") for rule in one.get("rules") or ()]
        return " ".join(causes).lower()

    @cached_property
    def told(self) -> str:
        """All that the caller has said."""
        return " ".join(self._told)

    # Persons and houses.

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of the caller's and of tools, in Latin letters; what a tool was given is not told by it."""
        told = set(words_of(romanised(self.told)))
        for one in self.answers:
            given = words_of(romanised(" ".join(str(value) for value in _leaves(one.arguments))))
            known = words_of(romanised(" ".join(str(value) for value in _leaves(one.result)))) if one.ok else ()
            told |= set(known) - set(given)
        return frozenset(told)

    @cached_property
    def houses(self) -> frozenset[str]:
        """Numbers of houses that tools have told."""
        found = (one.get(name) for one in self.did(*_ALL) for name in ("house", "premises"))
        return frozenset(digits for value in found if value is not None for digits in _digits_of(value))

    @cached_property
    def areas(self) -> frozenset[str]:
        """The places of what was registered, in small letters."""
        found = (one.get(name) for one in self.did(*CREATES) for name in ("area", "place"))
        return frozenset(str(value).casefold() for value in found if value)

    def _texts(self) -> Iterable[str]:
        told = (*(one.result for one in self.answers if one.ok), *self.outages)
        return (value for one in told for value in _leaves(one) if isinstance(value, str))


_ALL: Final = (
    "no_supply", "complaint_status", "hazard", "vulnerable", "report_theft", "bill_due", "account_info", "outage_info",
    "reopen", "callback", "compensation", "escalation", "language", "agent", "out_of_scope", "close_complaint",
)  # fmt: skip
_LENGTHS: Final = (9, 10)


def _fields(value: Any) -> Iterable[tuple[str, Any]]:
    """All that has a name and no parts, anywhere in a tool's answer."""
    match value:
        case Mapping():
            for name, part in value.items():
                if isinstance(part, Mapping | list | tuple):
                    yield from _fields(part)
                else:
                    yield str(name), part
        case list() | tuple():
            for part in value:
                yield from _fields(part)
        case _:
            return


def _leaves(value: Any) -> Iterable[Any]:
    return (part for _, part in _fields(value))


def _digits_of(value: Any) -> set[str]:
    """The numbers in a value; none in a time or an amount."""
    text = str(value)
    if isinstance(value, bool | float) or _moment(text) or _day(text):
        return set()
    digits = "".join(letter for letter in text if letter.isdigit())
    runs = {run.said for run in number_runs(text)}
    return {number for number in runs | {digits} if number}


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if at.tzinfo is None else at.astimezone(INDIA)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _sum(value: Any) -> Fraction | None:
    try:
        return None if isinstance(value, bool) else Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None


def _names_day(said: Duration | Moment) -> bool:
    return isinstance(said, Duration) or said.names_day


def _same_time(one: SpokenTime, other: SpokenTime) -> bool:
    """Whether two times were said alike; what one of them leaves open does not part them."""
    match one, other:
        case Soon(), Soon():
            return True
        case Duration(), Duration():
            return one.least_min == other.least_min and one.most_min == other.most_min
        case Moment(), Moment():
            return one.may_be(other)
        case _:
            return False
