"""The words of money, times and durations, read from `words/quantities.toml`."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

import msgspec

from npcl_voice.errors import SettingsError
from npcl_voice.meaning.script import romanised
from npcl_voice.meaning.tokens import Token, spelling

__all__ = ["QuantityWords", "Words", "quantity_words", "read_quantity_words"]

_Hours = tuple[int, int, str]
"""From and to, in hours of the day, and the words for it."""


class Words(msgspec.Struct, frozen=True):
    """Words that mean the same, each with what it stands for."""

    exact: Mapping[str, int]
    """In lower case and Latin letters."""
    folded: Mapping[str, int]
    """In their folded spelling."""

    def get(self, token: Token) -> int | None:
        """What a token stands for, 0 where all words are alike; None for any other word."""
        found = self.exact.get(token.plain)
        return self.folded.get(token.fold) if found is None else found

    def __contains__(self, token: object) -> bool:
        return isinstance(token, Token) and (token.plain in self.exact or token.fold in self.folded)


class _Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rupees: str
    paise: str


class _Fractions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    half_more: str
    quarter_more: str
    quarter_less: str
    one_and_half: str
    two_and_half: str
    half: str


class _Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hour: str
    past: str
    short_of: str
    am: str
    pm: str
    before: str
    behind: str
    counted: str
    between: str
    behind_hour: str
    behind_ordinal: str
    half_night: str


class _Days(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    today: str
    tomorrow: str
    yesterday: str
    after_next: str


class _Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    names: tuple[str, ...]


class _Months(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    names: tuple[str, ...]
    date: str


class _Ordinals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    names: str
    tens: str


class _Spans(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ahead_before: str
    ahead_behind: str
    most: str
    back_before: str
    back_behind: str
    between: str
    few: str
    soon: str
    soon_hindi: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    money: _Money
    fractions: _Fractions
    units: dict[str, str]
    clock: _Clock
    parts: dict[str, _Hours]
    days: _Days
    weekdays: _Names
    months: _Months
    ordinals: _Ordinals
    spans: _Spans


class QuantityWords(msgspec.Struct, frozen=True):
    """All of them, ready for use."""

    money: Mapping[str, Words]
    fractions: Mapping[str, Words]
    parted: Words
    """All of these but `half`: what stands before a number, or for one with a half."""
    units: Words
    """Minutes of each."""
    clock: Mapping[str, Words]
    parts: Words
    """Places in `hours`."""
    hours: tuple[tuple[str, int, int], ...]
    """The parts of the day: name, from and to."""
    days: tuple[tuple[int, Words], ...]
    """How many days from today a word may mean."""
    weekdays: Words
    """0 for Monday."""
    months: Words
    date: Words
    ordinals: Words
    spans: Mapping[str, Words]
    soon: Mapping[str, tuple[tuple[str, ...], ...]]
    """Phrases by their first word, as written; the longest first."""
    soon_folded: Mapping[str, tuple[tuple[str, ...], ...]]
    """The same of those that are compared folded."""


def read_quantity_words(text: str, name: str) -> QuantityWords:
    """The words in a TOML text. Raises SettingsError (`name`), naming what is wrong."""
    try:
        return _ready(msgspec.convert(tomllib.loads(text), _File))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise SettingsError(name, f"cannot be used: {error}") from None


@cache
def quantity_words() -> QuantityWords:
    """The packaged words."""
    name = "quantities.toml"
    return read_quantity_words(resources.files(__package__).joinpath("words", name).read_text("utf-8"), name)


def _words(rows: Iterable[tuple[int, str]]) -> Words:
    exact: dict[str, int] = {}
    loose: dict[str, int] = {}
    for value, row in rows:
        written, _, spoken = row.partition("/")
        exact |= {romanised(word).lower(): value for word in written.split()}
        loose |= dict.fromkeys(map(spelling, spoken.split()), value)
    return Words(exact, loose)


def _table(rows: msgspec.Struct) -> dict[str, Words]:
    return {name: _words([(0, row)]) for name, row in msgspec.structs.asdict(rows).items()}


def _phrases(rows: str) -> list[str]:
    return [phrase for row in rows.splitlines() for phrase in row.split("|") if phrase.strip()]


def _by_first(phrases: Iterable[tuple[str, ...]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        found.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(sorted(some, key=len, reverse=True)) for first, some in found.items()}


def _ready(file: _File) -> QuantityWords:
    ordinals = [*enumerate(file.ordinals.names.split(), 1), *zip((20, 30), file.ordinals.tens.split(), strict=True)]
    return QuantityWords(
        money=_table(file.money),
        fractions=_table(file.fractions),
        parted=_words((0, row) for name, row in msgspec.structs.asdict(file.fractions).items() if name != "half"),
        units=_words((int(minutes), row) for minutes, row in file.units.items()),
        clock=_table(file.clock),
        parts=_words(enumerate(row for _, _, row in file.parts.values())),
        hours=tuple((name, begins, ends) for name, (begins, ends, _) in file.parts.items()),
        days=(
            (0, _words([(0, file.days.today)])),
            (1, _words([(0, file.days.tomorrow)])),
            (-1, _words([(0, file.days.yesterday)])),
            (2, _words([(0, file.days.after_next)])),
            (-2, _words([(0, file.days.after_next)])),
        ),
        weekdays=_words(enumerate(file.weekdays.names)),
        months=_words(enumerate(file.months.names, 1)),
        date=_words([(0, file.months.date)]),
        ordinals=_words((value, f"{word} /") for value, word in ordinals),
        spans=_table(file.spans),
        soon=_by_first(tuple(phrase.split()) for phrase in _phrases(file.spans.soon)),
        soon_folded=_by_first(tuple(map(spelling, phrase.split())) for phrase in _phrases(file.spans.soon_hindi)),
    )
