"""Spoken numbers to digits, and digits to words.

A caller says one number in many ways: digit by digit, "double four", pairs as tens ("ninety four
forty four"), with a slip put right on the way ("four, I mean seven"). All of them are read by one
scan, which the masking uses too: what is a number here is a number there.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

import msgspec

__all__ = [
    "CORRECTIONS",
    "DIGIT_WORDS",
    "FILLERS",
    "SCALES",
    "TEEN_WORDS",
    "TENS_WORDS",
    "TIMES",
    "Run",
    "Unit",
    "cardinal",
    "digits_in",
    "group",
    "number_runs",
    "read_back",
    "small_number",
]

DIGIT_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
"""The word of each digit."""

TEEN_WORDS: Final = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS_WORDS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_ONES: Final = {word: digit for digit, word in enumerate(DIGIT_WORDS) if digit}
_TEENS: Final = {word: 10 + place for place, word in enumerate(TEEN_WORDS)}
_TENS: Final = {word: 10 * place for place, word in enumerate(TENS_WORDS, start=2)} | {"fourty": 40, "ninty": 90}
_LETTER_O: Final = frozenset({"oh", "o"})
_ZEROS: Final = frozenset({"zero", "nought", "naught"}) | _LETTER_O
TIMES: Final = {"double": 2, "triple": 3, "treble": 3}
"""Words before a digit that is meant so often."""
SCALES: Final = frozenset({"hundred", "thousand"})
"""Words after a number that is meant so many times larger."""

FILLERS: Final = frozenset(
    "a ah again after and comma dash dot er erm haan hm hmm hyphen i is it its it's ji keypad know like madam make mm "
    "my next number of ok okay phir plus please scratch sir so space that the then uh um wait well yes you".split()
)
"""Words that may stand inside a dictated number without ending it."""

CORRECTIONS: Final = frozenset(
    {"actually", "correction", "instead", "mean", "meant", "no", "nope", "oops", "rather", "sorry"}
)
"""Words after which the speaker says again what was wrong."""

_WITHIN: Final = FILLERS | SCALES | TIMES.keys()
"""A `double` that doubles nothing is a filler, too."""

_MEASURES: Final = frozenset(
    "am pm minute minutes min mins moment moments second seconds sec hour hours day days night nights week weeks month "
    "months year years o'clock oclock times percent".split()
)
_MOST_COUNTED: Final = 2
"""Before one of these, a number of up to so many digits counts something: it is no part of a dictation."""

_TOKEN = re.compile(  # `exact` are ISO 8601 times with their T, and times of day
    r"(?P<exact>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)"
    r"|(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:]))"
    r"|(?P<ordinal>(?<!\d)\d{1,2}(?:st|nd|rd|th)\b)"
    r"|(?P<numeral>\d+)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)",
    re.IGNORECASE,
)
_JOINS = re.compile(r"[\s-]*")
"""What may stand between `twenty` and `four` for 24, or `double` and what is doubled."""


class _Token(msgspec.Struct, frozen=True):
    kind: Literal["exact", "ordinal", "numeral", "word"]
    text: str
    start: int
    end: int


class Unit(msgspec.Struct, frozen=True):
    """One value as it was said: `double four`, `ninety four`, `000054324`."""

    digits: str
    start: int
    end: int
    """Where it stands in the text, `double` included."""
    form: Literal["numeral", "digit", "words"]
    """Numerals; one digit's word; a word or words for several digits."""
    times: int = 1
    """How often the digit (of a numeral its first) was to be taken."""
    stem: int = 0
    """Where the doubled thing itself begins; `start` when nothing is doubled."""
    letter: bool = False
    """Said as the letter O, which alone is no zero."""


class Run(msgspec.Struct, frozen=True):
    """Values that were said in one go, with nothing but fillers and corrections between them."""

    units: tuple[Unit, ...]
    stretches: tuple[int, ...]
    """For each unit how many corrections stood before it."""

    @property
    def start(self) -> int:
        """Where its first value begins."""
        return self.units[0].start

    @property
    def end(self) -> int:
        """Where its last value ends."""
        return self.units[-1].end

    @property
    def said(self) -> str:
        """Every digit, those taken back included."""
        return "".join(unit.digits for unit in self.units)

    def kept(self, lengths: Sequence[int] = ()) -> list[int]:
        """Which digits of `said` stand after all corrections, by their place.

        A correction replaces as many digits as it brings; more than were there, all of them. Where
        that gives none of the accepted `lengths`, the other readings are tried: that it
        replaced one digit and went on, or that it began again.
        """
        rows: list[list[int]] = []
        place = 0
        stretch = -1
        for unit, number in zip(self.units, self.stretches, strict=True):
            if number != stretch:
                rows.append([])
                stretch = number
            rows[-1].extend(range(place, place + len(unit.digits)))
            place += len(unit.digits)
        usual: list[int] = []
        one: list[int] = []
        for row in rows:
            del usual[max(0, len(usual) - len(row)) :]
            usual += row
            del one[-1:]
            one += row
        return next((reading for reading in (usual, one, rows[-1]) if len(reading) in lengths), usual)

    def digits(self, lengths: Sequence[int] = ()) -> str:
        """The number that was meant."""
        said = self.said
        return "".join(said[place] for place in self.kept(lengths))


def _tokens(text: str) -> list[_Token]:
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        word = match.group().lower().replace("’", "'")
        tokens.append(_Token(kind, word, match.start(), match.end()))  # type: ignore[arg-type]
    return tokens


class _Scan:
    """One pass over the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)

    def word(self, index: int, after: int | None = None) -> str:
        """The word at `index`, empty if there is none, or none that joins on to token `after`."""
        if index >= len(self.tokens) or self.tokens[index].kind != "word":
            return ""
        if after is not None and not self.joined(after, index):
            return ""
        return self.tokens[index].text

    def joined(self, first: int, second: int) -> bool:
        gap = self.text[self.tokens[first].end : self.tokens[second].start]
        return _JOINS.fullmatch(gap) is not None

    def below_hundred(self, index: int) -> tuple[int, int]:
        """The value of the words from `index` on, 1 to 99, and how many words it took; 0, 0 for none."""
        word = self.word(index)
        if word in _TENS:
            unit = _ONES.get(self.word(index + 1, after=index), 0)
            return _TENS[word] + unit, 2 if unit else 1
        value = _TEENS.get(word) or _ONES.get(word, 0)
        return value, 1 if value else 0

    def scaled(self, index: int) -> tuple[int, int]:
        """As `below_hundred`, with `hundred` and `thousand`: "two hundred and four"."""
        value, used = self.below_hundred(index)
        if not used:
            return 0, 0
        total = 0
        if self.word(index + used) == "thousand":
            total += 1000 * value
            used += 1
            value, more = self.below_hundred(index + used)
            if self.word(index + used + more) == "thousand":
                return total, used
            used += more
        if value and self.word(index + used) == "hundred":
            total += 100 * value
            used += 1
            link = 1 if self.word(index + used) == "and" else 0
            value, more = self.below_hundred(index + used + link)
            if not more or self.word(index + used + link + more) in SCALES:
                return total, used
            used += link + more
        return total + value, used

    def plain(self, index: int) -> tuple[Unit, int] | None:
        """The value at `index` with nothing doubled, and how many tokens it took."""
        token = self.tokens[index]
        if token.kind == "numeral":
            digits = "".join(str(int(digit)) for digit in token.text)
            return Unit(digits, token.start, token.end, "numeral", stem=token.start), 1
        zero = self.word(index) in _ZEROS
        value, used = (0, 1) if zero else self.scaled(index)
        if not used:
            return None
        single = value < len(DIGIT_WORDS)
        while (
            self.word(index + used) in SCALES
        ):  # "zero hundred": it scales nothing, and must not come to scale another digit
            used += 1
            single = False
        end = self.tokens[index + used - 1].end
        letter = token.text in _LETTER_O
        form: Literal["digit", "words"] = "digit" if single else "words"
        return Unit(str(value), token.start, end, form, stem=token.start, letter=letter), used

    def unit(self, index: int) -> tuple[Unit, int] | None:
        """The value at `index`, and how many tokens it took; None where none begins."""
        stem = index
        while self.word(stem) in TIMES and stem + 1 < len(self.tokens) and self.joined(stem, stem + 1):
            stem += 1
        if self.word(stem) in TIMES:
            return None
        found = self.plain(stem)
        if found is None:
            return None
        said, used = found
        if stem == index:
            counts = len(said.digits) <= _MOST_COUNTED and self.word(index + used) in _MEASURES
            return None if counts else found
        times = TIMES[self.word(stem - 1)]  # of several such words the last counts
        if said.form == "numeral":
            digits = said.digits[0] * (times - 1) + said.digits
        else:
            digits = said.digits * times
        return Unit(digits, self.tokens[index].start, said.end, said.form, times, said.start), used + stem - index

    def runs(self) -> Iterator[Run]:
        units: list[Unit] = []
        stretches: list[int] = []
        stretch = 0
        index = 0
        while index <= len(self.tokens):
            found = self.unit(index) if index < len(self.tokens) else None
            if found:
                units.append(found[0])
                stretches.append(stretch)
                index += found[1]
                continue
            word = self.word(index)
            if word in CORRECTIONS:
                stretch += 1
            elif word not in _WITHIN:
                if not all(unit.letter for unit in units):
                    yield Run(tuple(units), tuple(stretches))
                units, stretches, stretch = [], [], 0
            index += 1


def number_runs(text: str) -> list[Run]:
    """The numbers of a text, each said in one go, in order. Takes time in proportion to its length."""
    return list(_Scan(text).runs())


def digits_in(text: str, lengths: Sequence[int] = ()) -> str:
    """All digits of a dictated number, corrections applied; empty when there is none.

    `lengths` are the accepted ones, ascending; they decide only between readings of a correction.
    """
    return "".join(run.digits(lengths) for run in number_runs(text))


def group(digits: str) -> tuple[str, ...]:
    """Digits in the groups they are spoken in.

    Nine 3-3-3, ten 4-3-3, a mobile number (ten, first 6 to 9) 5-5, up to four in one, others in
    threes with a last group of two to four. Raises ValueError for anything but digits.
    """
    if digits and not (digits.isascii() and digits.isdigit()):
        raise ValueError("only digits can be grouped")
    if len(digits) <= 4:
        return (digits,) if digits else ()
    if len(digits) == 10:
        sizes = [5, 5] if digits[0] in "6789" else [4, 3, 3]
    else:
        threes, rest = divmod(len(digits), 3)
        sizes = [3] * threes + [rest] * (rest == 2)
        sizes[-1] += rest == 1
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    return tuple(digits[end - size : end] for end, size in zip(ends, sizes, strict=True))


def read_back(digits: str) -> str:
    """A number as it is read to a caller, a comma for each short pause.

    "zero zero zero, zero five four, three two one". Raises ValueError for anything but digits.
    """
    return ", ".join(" ".join(DIGIT_WORDS[int(digit)] for digit in part) for part in group(digits))


def small_number(digits: str) -> str:
    """A house number as people say it: up to 99 as a number, longer ones digit by digit.

    Raises ValueError for anything but digits.
    """
    if len(digits) <= 2 and digits[:1] not in {"", "0"} and digits.isascii() and digits.isdigit():
        return cardinal(int(digits))
    return read_back(digits).replace(",", "")


def cardinal(number: int) -> str:
    """A whole number in words, counted the Indian way: thousand, lakh (10^5), crore (10^7)."""
    if number < 0:
        return f"minus {cardinal(-number)}"
    if number < 10:
        return DIGIT_WORDS[number]
    if number < 20:
        return TEEN_WORDS[number - 10]
    if number < 100:
        tens, ones = divmod(number, 10)
        return TENS_WORDS[tens - 2] + (f" {DIGIT_WORDS[ones]}" if ones else "")
    size, name = next(scale for scale in _SCALES if number >= scale[0])
    count, rest = divmod(number, size)
    return f"{cardinal(count)} {name}" + (f" {cardinal(rest)}" if rest else "")


_SCALES: Final = ((10_000_000, "crore"), (100_000, "lakh"), (1000, "thousand"), (100, "hundred"))
