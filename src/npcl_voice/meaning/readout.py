"""Amounts, dates, times and durations as they are said aloud, in English and in Hindi.

The Indian way: lakh and crore, the day before the month, in Hindi quarters and halves of hours by their
own words (`सवा`, `डेढ़`, `ढाई`, `साढ़े`, `पौने`). Hindi has one word for yesterday and tomorrow, so the
date is always said with it.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from npcl_voice.domain.times import INDIA
from npcl_voice.meaning.numbers.saying import Language, cardinal, hindi_cardinal, read_back

__all__ = [
    "HINDI_MONTHS",
    "MONTHS",
    "amount",
    "clock",
    "day",
    "day_of_month",
    "duration",
    "money",
    "number",
    "ordinal",
    "time_of_day",
    "year",
]


class _Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    months: str
    weekdays: str
    today: str
    tomorrow: str
    yesterday: str


@cache
def _names() -> Mapping[Language, _Names]:
    text = resources.files("npcl_voice.meaning").joinpath("words", "readout.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[Language, _Names])


MONTHS: Final = tuple(_names()["en"].months.split())
"""The months as they are written, in English."""
HINDI_MONTHS: Final = tuple(_names()["hi"].months.split())
"""The same in Hindi."""

_ORDINALS: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_WEEK: Final = 7
"""So many days from now a day is known by its name."""
_HOUR: Final = 60
_MOST_RUPEES: Final = Decimal(10**12)


def ordinal(number: int) -> str:
    """`number` as a place in a row: 24 is `twenty fourth`."""
    head, _, last = cardinal(number).rpartition(" ")
    last = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{head} {last}".strip()


def number(digits: str, language: Language) -> str:
    """Somebody's number, digit by digit in groups. Raises ValueError for anything but digits."""
    return read_back(digits, language)


def amount(rupees: str, language: Language) -> str:
    """A sum such as `123456.50` in words, paise rounded to whole ones.

    Raises ValueError for what is no sum, is negative, or has more than twelve digits before the point.
    """
    try:
        sum_ = Decimal(rupees).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise ValueError(f"{rupees!r} is no sum of money") from None
    if not sum_.is_finite() or not 0 <= sum_ < _MOST_RUPEES:
        raise ValueError(f"{rupees!r} is no sum that is read aloud")
    return money(*divmod(int(sum_ * 100), 100), language)


def money(whole: int, paise: int, language: Language) -> str:
    """So many rupees and paise in words: `one lakh rupees and fifty paise`."""
    say = cardinal if language == "en" else hindi_cardinal
    one, many, one_part, parts = _MONEY[language]
    words = [f"{say(whole)} {one if whole == 1 else many}"] if whole or not paise else []
    if paise:
        words.append(f"{say(paise)} {one_part if paise == 1 else parts}")
    return (" and " if language == "en" else " ").join(words)


_MONEY: Final[Mapping[Language, tuple[str, str, str, str]]] = {
    "en": ("rupee", "rupees", "paisa", "paise"),
    "hi": ("रुपया", "रुपये", "पैसा", "पैसे"),
}


def clock(at: datetime, language: Language, now: datetime) -> str:
    """A time of day in India with the part of the day: "nine thirty tonight", "रात साढ़े नौ बजे".

    English says `tonight` and the like of today, else `at night`. Both times have a zone.
    """
    at = at.astimezone(INDIA)
    words = time_of_day(at.hour, at.minute, language)
    part = _part(at.hour, _ENGLISH_PARTS)
    today = at.date() == now.astimezone(INDIA).date()
    return f"{words.removesuffix(part)}{_TODAYS[part]}" if today and words.endswith(part) else words


def time_of_day(hour: int, minute: int, language: Language) -> str:
    """The same where the day is not known, `hour` from 0 to 23: "nine thirty at night"."""
    if language == "hi":
        return f"{_part(hour, _HINDI_PARTS)} {_hindi_clock(hour % 12 or 12, minute)}"
    if not minute and hour in _TWELVE:
        return _TWELVE[hour]
    minutes = "o'clock" if not minute else cardinal(minute) if minute > 9 else f"oh {cardinal(minute)}"
    return f"{cardinal(hour % 12 or 12)} {minutes} {_part(hour, _ENGLISH_PARTS)}"


_TWELVE: Final = {0: "twelve midnight", 12: "twelve noon"}
_ENGLISH_PARTS: Final = ((4, "at night"), (12, "in the morning"), (17, "in the afternoon"), (20, "in the evening"))
_HINDI_PARTS: Final = ((4, "रात"), (12, "सुबह"), (16, "दोपहर"), (20, "शाम"))
"""Parts of the day with the hour at which each ends; the rest is the first again."""
_TODAYS: Final = {
    "at night": "tonight",
    "in the morning": "this morning",
    "in the afternoon": "this afternoon",
    "in the evening": "this evening",
}


def _part(hour: int, parts: tuple[tuple[int, str], ...]) -> str:
    return next((name for end, name in parts if hour < end), parts[0][1])


def _hindi_clock(hour: int, minute: int) -> str:
    if minute in _QUARTERS:
        return f"{_quarters(hour, minute)} बजे"
    return f"{hindi_cardinal(hour)} बजकर {hindi_cardinal(minute)} मिनट"


_QUARTERS: Final = frozenset({0, 15, 30, 45})


def _quarters(count: int, minute: int, twelve: int = 12) -> str:
    """Hours and a quarter, a half or three quarters, at least one hour; the hour after `twelve` is one."""
    match minute, count:
        case 30, 1:
            return "डेढ़"
        case 30, 2:
            return "ढाई"
        case 30, _:
            return f"साढ़े {hindi_cardinal(count)}"
        case 15, _:
            return f"सवा {hindi_cardinal(count)}"
        case 45, _:
            return f"पौने {hindi_cardinal(1 if count == twelve else count + 1)}"
        case _:
            return hindi_cardinal(count)


def day(at: datetime, language: Language, now: datetime) -> str:
    """A day in India: "tomorrow, twenty fourth November", "चौबीस नवंबर, मंगलवार".

    Today is `today` alone. Next to it stand the date and the word for it, within a week the date and the
    weekday, else the date, with its year when that is another one. Both times have a zone.
    """
    there, here = at.astimezone(INDIA).date(), now.astimezone(INDIA).date()
    names = _names()[language]
    away = (there - here).days
    if away == 0:
        return names.today
    named = there.year != here.year and abs(away) >= _WEEK
    on = day_of_month(there.day, there.month, language, in_year=there.year if named else None)
    if abs(away) == 1:
        return f"{names.tomorrow if away > 0 else names.yesterday}, {on}"
    if away == _DAY_AFTER and language == "hi":
        return f"परसों, {on}"
    if abs(away) >= _WEEK:
        return on
    weekday = names.weekdays.split()[there.weekday()]
    return f"{weekday}, {on}" if language == "en" else f"{on}, {weekday}"


_DAY_AFTER: Final = 2


def day_of_month(on: int, month: int, language: Language, *, in_year: int | None = None) -> str:
    """A date, with its year where that is named: "tenth December", "दस दिसंबर"."""
    name = _names()[language].months.split()[month - 1]
    words = f"{ordinal(on) if language == 'en' else hindi_cardinal(on)} {name}"
    return words if in_year is None else f"{words} {year(in_year, language)}"


def year(number: int, language: Language) -> str:
    """A year as it is said: `twenty twenty six`, `दो हज़ार छब्बीस`."""
    if language == "hi":
        return hindi_cardinal(number)
    return cardinal(number) if number % 100 < 10 else f"{cardinal(number // 100)} {cardinal(number % 100)}"


def duration(minutes: int, language: Language) -> str:
    """A length of time: "one and a half hours", "डेढ़ घंटा". Raises ValueError for a negative one."""
    if minutes < 0:
        raise ValueError("a length of time is not negative")
    hours, rest = divmod(minutes, _HOUR)
    return _english_duration(hours, rest) if language == "en" else _hindi_duration(hours, rest)


def _english_duration(hours: int, rest: int) -> str:
    if rest == 30:
        return f"{cardinal(hours)} and a half hours" if hours else "half an hour"
    words = [f"{cardinal(hours)} {'hour' if hours == 1 else 'hours'}"] if hours else []
    if rest or not hours:
        words.append(f"{cardinal(rest)} {'minute' if rest == 1 else 'minutes'}")
    return " ".join(words)


def _hindi_duration(hours: int, rest: int) -> str:
    if not hours:
        return "आधा घंटा" if rest == 30 else f"{hindi_cardinal(rest)} मिनट"
    if hours == 1 and rest == 15:
        return "सवा घंटा"
    if rest in _QUARTERS:
        single = hours == 1 and rest in {0, 30}
        return f"{_quarters(hours, rest, twelve=0)} {'घंटा' if single else 'घंटे'}"
    return f"{hindi_cardinal(hours)} {'घंटा' if hours == 1 else 'घंटे'} {hindi_cardinal(rest)} मिनट"
