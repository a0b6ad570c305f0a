"""Times as they are spoken: "half past nine tonight", "कल सुबह", "in about two hours", "10 दिसंबर तक".

What is said of a time leaves much open: half past nine may be in the morning, "kal" yesterday. So nothing
here is turned into one moment; instead each time knows which moments it may mean.
"""

from collections.abc import Sequence
from fractions import Fraction

from npcl_voice.meaning.moments import Duration, Moment, Soon, SpokenTime
from npcl_voice.meaning.quantities import digit_sense, value_at
from npcl_voice.meaning.quantity_words import Words, quantity_words
from npcl_voice.meaning.tokens import Token

__all__ = ["times_in"]


def times_in(tokens: Sequence[Token]) -> list[SpokenTime]:
    """All times that are named, in order. Takes time in proportion to the length of the text."""
    reader = _Reader(tokens)
    found: list[SpokenTime] = []
    at = 0
    while at < len(tokens):
        one = reader.past_hour(at) or reader.duration(at) or reader.soon(at) or reader.moment(at)
        if one is None:
            at += 1
            continue
        at = one.end
        before = found[-1] if found else None
        if isinstance(one, Moment) and isinstance(before, Moment) and (joined := reader.joined(before, one)):
            found[-1] = joined
        else:
            found.append(one)
    return found


class _Reader:
    """Reads times from tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._words = quantity_words()

    # Durations.

    def duration(self, at: int) -> Duration | None:
        """So many minutes, hours or days."""
        found = self._length(at)
        if found is None:
            return None
        least, most, end = found
        before = [self._at(at - step) for step in (1, 2, 3)]
        behind = [self._at(end), self._at(end + 1)]
        spans = self._words.spans
        far = [one for one in before if one is not None]
        near = far[:2] if far and far[0] in self._words.clock["before"] else far[:1]
        ahead = any(one in spans["ahead_before"] for one in near) or self._any(behind[:1], spans["ahead_behind"])
        ahead = ahead or (self._is(end, "ke") and self._any(behind[1:], spans["ahead_behind"]))
        ahead = ahead or self._words_at(end, "from", "now") or self._words_at(end, "time")
        back = self._any(before[:1], spans["back_before"]) or (
            not ahead and self._any(behind[:1], spans["back_behind"]) and not self._takes_more(end)
        )
        limit = any(one in spans["most"] for one in near) or self._any(behind, spans["most"]) or self._takes_more(end)
        limit = limit or self._words_at(at - 2, "more", "than") or self._words_at(at - 2, "longer", "than")
        return Duration(at, end, least, most, "back" if back else "ahead" if ahead else "plain", most=limit)

    def _takes_more(self, end: int) -> bool:
        """`do ghante se zyada` is a limit where it is denied, and lies not back."""
        behind = self._at(end + 1)
        return self._is(end, "se") and behind is not None and behind.fold in {"jyada", "upar", "adik", "jada"}

    def _length(self, at: int) -> tuple[Fraction, Fraction, int] | None:
        least, most, end = self._count(at)
        if end == at:
            return None
        unit = self._unit(end)
        if unit is None:
            return None
        end += 1
        if self._words_at(end, "and", "a", "half"):
            return least * unit + Fraction(unit, 2), most * unit + Fraction(unit, 2), end + 3
        if unit == _HOUR:  # "one hour (and) thirty minutes"
            link = 1 if self._words_at(end, "and") or self._is(end, "aur") else 0
            more = value_at(self._tokens, end + link)
            if more is not None and self._unit(end + link + more[1]) == 1:
                return least * unit + more[0], most * unit + more[0], end + link + more[1] + 1
        return least * unit, most * unit, end

    def _count(self, at: int) -> tuple[Fraction, Fraction, int]:
        """How many, from and to, and where it ends; at `at` where nothing is counted."""
        first = self._tokens[at]
        fractions, spans = self._words.fractions, self._words.spans
        if first in fractions["half"]:
            step = 2 if self._plain(at + 1) in {"a", "an"} else 1
            return Fraction(1, 2), Fraction(1, 2), at + step
        if first.plain == "quarter" and self._words_at(at + 1, "of", "an"):
            return Fraction(1, 4), Fraction(1, 4), at + 3
        if first.plain in {"a", "an"}:
            if self._plain(at + 1) == "couple":
                return Fraction(2), Fraction(2), at + (3 if self._plain(at + 2) == "of" else 2)
            if self._unit(at + 1) is not None:
                return Fraction(1), Fraction(1), at + 1
            if self._plain(at + 1) != "few":
                return Fraction(0), Fraction(0), at
            at += 1
        if self._at(at) in spans["few"]:
            return Fraction(2), Fraction(12), at + 1
        found = value_at(self._tokens, at)
        if found is None:
            return Fraction(0), Fraction(0), at
        value, used = found
        end = at + used
        link = 1 if self._at(end) in spans["between"] or self._raw(end) == "-" else 0
        other = value_at(self._tokens, end + link)
        if other is not None and other[0] > value and self._unit(end + link + other[1]) is not None:
            return value, other[0], end + link + other[1]
        if self._plain(end) == "working" or self._plain(end) == "more":
            end += 1
        return value, value, end

    def _unit(self, at: int) -> int | None:
        token = self._at(at)
        return None if token is None else self._words.units.get(token)

    # Times that say nothing.

    def soon(self, at: int) -> Soon | None:
        """A phrase for any time."""
        token = self._tokens[at]
        for phrase in self._words.soon.get(token.plain, ()):
            if tuple(one.plain for one in self._tokens[at : at + len(phrase)]) == phrase:
                return None if phrase == ("soon",) and self._plain(at + 1) == "as" else Soon(at, at + len(phrase))
        for phrase in self._words.soon_folded.get(token.fold, ()):
            if tuple(one.fold for one in self._tokens[at : at + len(phrase)]) == phrase:
                return Soon(at, at + len(phrase))
        return None

    # Moments.

    def moment(self, at: int) -> Moment | None:
        """A time of day, a part of the day, or a day."""
        return self._clock(at) or self._date(at) or self._day(at) or self._part(at)

    def joined(self, one: Moment, other: Moment) -> Moment | None:
        """Both as one, where nothing but small words stands between them and none is named twice."""
        if not self._joins(one.end, other.start) or other.start - one.end > 2:
            return None
        twice = (
            (one.minute is not None and other.minute is not None)
            or (one.part is not None and other.part is not None and one.part != other.part)
            or (one.days and other.days and set(one.days).isdisjoint(other.days))
            or (one.weekday is not None and other.weekday is not None)
            or (one.day is not None and other.day is not None)
        )
        if twice:
            return None
        days = tuple(set(one.days) & set(other.days)) if one.days and other.days else one.days or other.days
        return Moment(
            one.start,
            other.end,
            minute=other.minute if one.minute is None else one.minute,
            exact=one.exact or other.exact,
            part=one.part or other.part,
            days=days,
            weekday=other.weekday if one.weekday is None else one.weekday,
            month=one.month or other.month,
            day=one.day or other.day,
        )

    def _joins(self, start: int, end: int) -> bool:
        """Whether nothing but small words stands there."""
        return all(token in self._words.clock["between"] for token in self._tokens[start:end])

    def _part(self, at: int) -> Moment | None:
        token = self._tokens[at]
        if token in self._words.clock["half_night"] and self._fold(at + 1) == "rat":
            return Moment(at, at + 2, minute=0, part="midnight")
        place = self._words.parts.get(token)
        if place is None or self._plain(at - 1) in {"long", "whole", "entire", "all"}:
            return None
        name = self._words.hours[place][0]
        minute = 0 if name == "midnight" else None
        today = (0,) if token.plain == "tonight" else ()
        return Moment(at, at + 1, minute=minute, part=name, days=today)

    def _day(self, at: int) -> Moment | None:
        token = self._tokens[at]
        if token.plain == "tonight":
            return None
        if self._words_at(at, "day", "after", "tomorrow"):
            return Moment(at, at + 3, days=(2,))
        days = tuple(days for days, words in self._words.days if token in words)
        weekday = self._words.weekdays.get(token)
        if days or weekday is not None:
            return Moment(at, at + 1, days=days, weekday=weekday)
        return None

    def _date(self, at: int) -> Moment | None:
        token = self._tokens[at]
        if token.kind == "date":
            return _written_date(token.raw, at)
        month = self._words.months.get(token)
        if month is not None:
            found = self._day_of_month(at + 2 if self._plain(at + 1) == "the" else at + 1)
            return Moment(at, found[1], month=month, day=found[0]) if found else None
        found = self._day_of_month(at)
        if found is None:
            return None
        day, end = found
        link = 1 if self._plain(end) in {"of", "day"} else 0
        follows = self._at(end + link)
        month = None if follows is None else self._words.months.get(follows)
        if month is not None:
            end += link + 1
            end += self._is_year(end)
            return Moment(at, end, month=month, day=day)
        if follows is not None and (follows in self._words.date or (follows.plain == "date" and not link)):
            return Moment(at, end + 1, day=day)
        by = self._plain(at - 2) in {"by", "until", "till", "on", "before", "of", "is"}
        led = self._plain(at - 1) == "the" and (by or self._at(at - 2) in self._words.weekdays)
        alone = self._at(end) is None or self._at(end) in self._words.clock["behind_ordinal"]
        named = token.kind == "ordinal" or (token in self._words.ordinals and alone)
        return Moment(at, end, day=day) if led and named else None

    def _is_year(self, at: int) -> bool:
        token = self._at(at)
        return token is not None and token.kind == "figure" and len(token.raw) == len("2026")

    def _day_of_month(self, at: int) -> tuple[int, int] | None:
        token = self._at(at)
        if token is None:
            return None
        if token.kind == "ordinal":
            return int(token.raw[:-2]), at + 1
        ordinal = self._words.ordinals.get(token)
        if ordinal is not None:
            return ordinal, at + 1
        found = value_at(self._tokens, at)
        if found is None or found[0].denominator != 1 or not 1 <= found[0] <= _LAST_DAY:
            return None
        value, end = int(found[0]), at + found[1]
        follows = self._at(end)
        ones = None if follows is None else self._words.ordinals.get(follows)
        if ones is not None and value in {20, 30} and ones < _TEN:
            return value + ones, end + 1
        return value, end

    def _clock(self, at: int) -> Moment | None:
        return self._written_clock(at) or self._hindi_clock(at) or self._spoken_clock(at)

    def _written_clock(self, at: int) -> Moment | None:
        token = self._tokens[at]
        clock = self._words.clock
        behind = self._at(at + 1)
        marked = behind is not None and any(behind in clock[name] for name in ("hour", "am", "pm"))
        marked = marked or (self._at(at - 1) in clock["before"] and not self._counts(at + 1))
        if token.kind == "clock":
            hour, minute = map(int, token.raw.split(":"))
        elif token.kind == "figure" and "." in token.raw and "," not in token.raw and marked:
            hour, minute = int(token.raw.split(".")[0]), int(token.raw.split(".")[1].ljust(2, "0")[:2])
        else:
            return None
        return self._at_hour(at, at + 1, hour, minute) if hour < _HOURS and minute < _HOUR else None

    def past_hour(self, at: int) -> Moment | None:
        """A time told from an hour: "half past nine", "quarter to ten", "ten minutes past nine"."""
        hour = self._hour(at + 1)
        if self._plain(at) == "half" and hour is not None and self._unit(at + 2) is None:
            return self._at_hour(at, hour[1], hour[0], 30) if not self._counts(hour[1]) else None  # "half nine"
        if self._plain(at) == "half":
            minutes, end = 30, at + 1
        elif self._plain(at) == "quarter":
            minutes, end = 15, at + 1
        else:
            found = value_at(self._tokens, at)
            if found is None or found[0].denominator != 1 or not 0 < found[0] < _HOUR:
                return None
            minutes, end = int(found[0]), at + found[1]
            end += self._unit(end) == 1
        way = self._plain(end)
        hour = self._hour(end + 1) if way in {"past", "to", "after", "before"} else None
        if hour is None or self._unit(hour[1]) is not None or (way in {"after", "before"} and minutes not in {15, 30}):
            return None
        if way in {"to", "before"}:
            return self._at_hour(at, hour[1], (hour[0] - 1) % 12 or 12, _HOUR - minutes)
        return self._at_hour(at, hour[1], hour[0], minutes)

    def _hindi_clock(self, at: int) -> Moment | None:
        """`saadhe nau baje`, `dedh baje`, `nau bajkar bees minute`, `das bajne mein paanch minute`."""
        clock, spans = self._words.clock, self._words.fractions
        token = self._tokens[at]
        parted = any(token in words for name, words in spans.items() if name != "half")
        found = value_at(self._tokens, at)
        if found is None or not 0 < found[0] < _DAY_HOURS:
            return None
        value, end = found[0], at + found[1]
        follows = self._at(end)
        named = follows in clock["hour"]
        if (
            parted
            and not named
            and (follows in self._words.units or follows in clock["counted"] or value > _HALF_DAY_HOURS + 1)
        ):
            return None
        if follows in clock["past"]:
            more = value_at(self._tokens, end + 1)
            if more is None:
                return None
            stop = end + 1 + more[1]
            stop += self._unit(stop) == 1
            return self._at_hour(at, stop, int(value), int(more[0]))
        if follows in clock["short_of"]:
            more = value_at(self._tokens, end + 2)
            if more is None or self._unit(end + 2 + more[1]) != 1:
                return None
            return self._at_hour(at, end + 3 + more[1], (int(value) - 1) % 12 or 12, _HOUR - int(more[0]))
        if not named and not parted:
            return None
        return self._at_hour(at, end + named, int(value) or _HALF_DAY_HOURS, int(value % 1 * _HOUR))

    def _spoken_clock(self, at: int) -> Moment | None:
        """A time told by its hour: "nine thirty pm", "nine o'clock", "by nine", "nau tak"."""
        clock = self._words.clock
        hour = self._hour(at)
        if hour is None:
            return None
        value, end = hour
        led = self._at(at - 1) in clock["before"] or (
            self._plain(at - 1) == "the" and self._at(at - 2) in clock["before"]
        )
        minute = self._minute(end)
        stop = end if minute is None else minute[1]
        follows = self._at(stop)
        named = follows is not None and any(follows in clock[name] for name in ("hour", "am", "pm"))
        told = follows is not None and (follows in self._words.parts or self._in_the_part(stop))
        mark = self._plain(stop) in {"mark", "sharp"}
        told = told or follows in clock["behind"] or (self._is(stop, "ka") and self._fold(stop + 1) in {"same", "time"})
        if minute is not None and (named or told or mark or (led and not self._counts(stop))):
            return self._at_hour(at, stop, value, minute[0])
        follows = self._at(end)
        named = follows is not None and any(follows in clock[name] for name in ("hour", "am", "pm"))
        told = follows is not None and (
            follows in self._words.parts or self._in_the_part(end) or follows in clock["behind"]
        )
        if named or told or (led and not self._counts(end)):
            return self._at_hour(at, end, value, 0)
        return None

    def _in_the_part(self, at: int) -> bool:
        """`in the evening`, `at night`, `tomorrow morning`."""
        for step in (1, 2):
            token = self._at(at + step)
            if token is not None and token in self._words.parts:
                return self._joins(at, at + step)
        return False

    def _counts(self, at: int) -> bool:
        """Whether the number before `at` counts something, or goes on."""
        token = self._at(at)
        if token is None or token.kind == "sign":
            return False
        if token in self._words.units or digit_sense(token) is not None or token.kind != "word":
            return True
        day = any(token in words for _, words in self._words.days) or token in self._words.weekdays
        return not (day or token in self._words.clock["behind_hour"] or token in self._words.parts)

    def _hour(self, at: int) -> tuple[int, int] | None:
        """An hour of the twelve, and where it ends."""
        token = self._at(at)
        if token is None:
            return None
        if token.kind == "figure":
            return (int(token.raw), at + 1) if token.raw.isdigit() and 1 <= int(token.raw) < _DAY_HOURS else None
        sense = digit_sense(token)
        if sense is None or sense.kind != "number" or not 1 <= sense.value <= _HALF_DAY_HOURS or sense.letter:
            return None
        return sense.value, at + 1

    def _minute(self, at: int) -> tuple[int, int] | None:
        """Minutes said behind the hour: "thirty", "oh five", "forty five"."""
        token = self._at(at)
        sense = None if token is None else digit_sense(token)
        if sense is not None and (sense.letter or (sense.kind == "number" and sense.value == 0)):
            ones = value_at(self._tokens, at + 1)
            return (int(ones[0]), at + 1 + ones[1]) if ones is not None and 0 < ones[0] < _TEN else None
        if token is None or (token.kind == "word" and sense is None) or token.kind not in {"word", "figure"}:
            return None
        found = value_at(self._tokens, at)
        if found is None or found[0].denominator != 1 or not _TEN <= found[0] < _HOUR:
            return None
        return int(found[0]), at + found[1]

    def _at_hour(self, start: int, end: int, hour: int, minute: int) -> Moment:
        clock = self._words.clock
        follows = self._at(end)
        if follows is not None and follows in clock["hour"]:
            end += 1
            follows = self._at(end)
        if follows is not None and (follows in clock["am"] or follows in clock["pm"]):
            later = 12 if follows in clock["pm"] else 0
            return Moment(start, end + 1, minute=(hour % 12 + later) * 60 + minute, exact=True)
        exact = hour > _HALF_DAY_HOURS or hour == 0
        return Moment(start, end, minute=(hour if exact else hour % 12) * 60 + minute, exact=exact)

    # Tokens.

    def _at(self, at: int) -> Token | None:
        return self._tokens[at] if 0 <= at < len(self._tokens) else None

    def _plain(self, at: int) -> str:
        token = self._at(at)
        return "" if token is None else token.plain

    def _fold(self, at: int) -> str:
        token = self._at(at)
        return "" if token is None else token.fold

    def _raw(self, at: int) -> str:
        token = self._at(at)
        return "" if token is None else token.raw

    def _is(self, at: int, folded: str) -> bool:
        return self._fold(at) == folded

    def _words_at(self, at: int, *words: str) -> bool:
        return tuple(self._plain(at + step) for step in range(len(words))) == words

    @staticmethod
    def _any(tokens: Sequence[Token | None], words: Words) -> bool:
        return any(token in words for token in tokens)


def _written_date(raw: str, at: int) -> Moment | None:
    parts = [int(part) for part in raw.replace("/", "-").split("-")]
    day, month = (parts[2], parts[1]) if len(raw.split("-")[0]) == len("2026") else (parts[0], parts[1])
    return Moment(at, at + 1, day=day, month=month) if 1 <= day <= _LAST_DAY and 1 <= month <= 12 else None


_HOUR, _HOURS, _DAY_HOURS, _HALF_DAY_HOURS, _TEN, _LAST_DAY = 60, 24, 24, 12, 10, 31
