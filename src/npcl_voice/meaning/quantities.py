"""How much was said: numbers as values, and sums of money, in English and Hindi.

`numbers` reads what is dictated, digit by digit; here "two thousand three hundred" and "dhai hazaar" are
values. A value alone may be anything, so whoever reads one looks at what stands beside it.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final

import msgspec

from npcl_voice.meaning.numbers.words import Sense, number_words, plain_word
from npcl_voice.meaning.quantity_words import Words, quantity_words
from npcl_voice.meaning.tokens import Token

__all__ = ["Amount", "amounts_in", "digit_sense", "sum_at", "value_at"]


class Amount(msgspec.Struct, frozen=True):
    """A sum of money."""

    rupees: Fraction
    start: int
    end: int
    """Which tokens name it: from `start` up to and without `end`."""


_PARTS: Final = {"half_more": Fraction(1, 2), "quarter_more": Fraction(1, 4), "quarter_less": Fraction(-1, 4)}
"""What such a word before a number adds to it."""
_ALONE: Final = {"one_and_half": Fraction(3, 2), "two_and_half": Fraction(5, 2)}
_LINKS: Final = frozenset({"and", "aur", "evam"})
_MOST_DIGITS: Final = 8


def digit_sense(token: Token) -> Sense | None:
    """What a token is in a number, if it is a word of one."""
    return _sense(token.raw) if token.kind == "word" else None


@lru_cache(maxsize=16384)
def _sense(word: str) -> Sense | None:
    return number_words().sense(plain_word(word))


def value_at(tokens: Sequence[Token], at: int) -> tuple[Fraction, int] | None:
    """The value that is named from token `at` on, and how many tokens name it; None where none is.

    "2,345.50", "two thousand three hundred and forty five", "saadhe teen hazaar", "one and a half".
    """
    if at >= len(tokens) or not _begins(tokens[at]):
        return None
    reader = _Values(tokens)
    found = reader.fraction(at) or reader.whole(at)
    if found is not None and [_plain(tokens, at + found[1] + step) for step in range(3)] == ["and", "a", "half"]:
        return found[0] + Fraction(1, 2), found[1] + 3
    return found


def _begins(token: Token) -> bool:
    """Whether a value can begin with it."""
    return token.kind == "figure" or digit_sense(token) is not None or token in quantity_words().parted


def amounts_in(tokens: Sequence[Token]) -> list[Amount]:
    """The sums of money that are named with their currency, in order."""
    out: list[Amount] = []
    at = 0
    while at < len(tokens):
        found = _amount_at(tokens, at)
        if found is None:
            at += 1
        else:
            out.append(found)
            at = found.end
    return out


def _amount_at(tokens: Sequence[Token], start: int) -> Amount | None:
    rupees, paise = (quantity_words().money[name] for name in ("rupees", "paise"))
    led = start < len(tokens) and (tokens[start] in rupees or tokens[start].raw == "₹")
    found = sum_at(tokens, start + led)
    if found is None:
        return None
    value, used = found
    end = start + led + used
    if not led and _is(tokens, end, paise):
        return Amount(value / 100, start, end + 1)
    if _raw(tokens, end) == "/" and _raw(tokens, end + 1) == "-":
        led, end = True, end + 2
    named = _is(tokens, end, rupees)
    if not led and not named:
        return None
    end += named
    link = 1 if _plain(tokens, end) in _LINKS or _raw(tokens, end) == "," else 0
    rest = sum_at(tokens, end + link)
    if rest is not None and _is(tokens, end + link + rest[1], paise):
        return Amount(value + rest[0] / 100, start, end + link + rest[1] + 1)
    return Amount(value, start, end)


def sum_at(tokens: Sequence[Token], at: int) -> tuple[Fraction, int] | None:
    """As `value_at`, of what is a sum of money: "one two three four rupees", "thirteen fifty"."""
    return _spelled_out(tokens, at) or value_at(tokens, at)


def _spelled_out(tokens: Sequence[Token], at: int) -> tuple[Fraction, int] | None:
    """A sum that is said digit by digit: "one two three four rupees"."""
    if (found := _by_hundreds(tokens, at)) is not None:
        return found
    digits = ""
    for token in tokens[at : at + _MOST_DIGITS]:
        sense = digit_sense(token)
        if sense is None or sense.kind != "number" or sense.value >= _TEN:
            break
        digits += str(sense.value)
    return (Fraction(digits), len(digits)) if len(digits) > 1 else None


def _by_hundreds(tokens: Sequence[Token], at: int) -> tuple[Fraction, int] | None:
    """A sum whose hundreds are left out: "one fifty rupees", "thirteen oh five"."""
    reader = _Values(tokens)
    found = reader.below_hundred(at)
    if found is None or not 0 < found[0] < _HUNDRED or tokens[at].kind == "figure":
        return None
    end = at + found[1]
    sense = digit_sense(tokens[end]) if end < len(tokens) else None
    zero = sense is not None and (sense.letter or (sense.kind == "number" and not sense.value))
    rest = reader.below_hundred(end + zero)
    if rest is None or tokens[end + zero].kind == "figure" or (rest[0] >= _TEN) is zero or rest[0] >= _HUNDRED:
        return None
    end += zero + rest[1]
    more = digit_sense(tokens[end]) if end < len(tokens) else None
    return None if more is not None else (found[0] * _HUNDRED + rest[0], end - at)


def _is(tokens: Sequence[Token], at: int, words: Words) -> bool:
    return at < len(tokens) and tokens[at] in words


def _plain(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].plain if at < len(tokens) else ""


def _raw(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].raw if at < len(tokens) else ""


class _Values:
    """Reads values from tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens

    def fraction(self, at: int) -> tuple[Fraction, int] | None:
        """A value with a half or a quarter in it."""
        words = quantity_words().fractions
        for name, value in _ALONE.items():
            if _is(self._tokens, at, words[name]):
                return self._scaled(value, at, 1)
        for name, more in _PARTS.items():
            if _is(self._tokens, at, words[name]):
                found = self.below_hundred(at + 1)
                if found is not None:
                    return self._scaled(found[0] + more, at, 1 + found[1])
                return self._scaled(1 + more, at, 1)
        return None

    def whole(self, at: int) -> tuple[Fraction, int] | None:
        """A value without one: a figure, or words from the largest scale down."""
        total, scaled, used = Fraction(0), 0, 0
        if (scale := self._scale(at)) and self._alone(at):
            return self._scaled(Fraction(1), at, 0)
        while (found := self.below_hundred(at + used)) is not None:
            value, more = found
            low = 0  # the smallest scale of this part
            while (scale := self._scale(at + used + more)) and (not low or scale > low):
                value, low, more = value * scale, scale, more + 1
                if scale == _HUNDRED and (rest := self._rest(at + used + more)) is not None:
                    value, more = value + rest[0], more + rest[1]
            if scaled and (not low or low >= scaled) and value >= scaled:
                break
            total, used = total + value, used + more
            if not low:
                return total, used
            scaled = low
            if (part := self.fraction(at + used)) is not None and part[0] < low:
                return total + part[0], used + part[1]
            used += 1 if self._plain(at + used) == "and" and self.below_hundred(at + used + 1) is not None else 0
        return (total, used) if used else None

    def _alone(self, at: int) -> bool:
        """`sau rupaye`, "a hundred": one of it."""
        sense = digit_sense(self._tokens[at])
        return (sense is not None and sense.tongue == "hi") or (at > 0 and self._plain(at - 1) in {"a", "one"})

    def _rest(self, at: int) -> tuple[Fraction, int] | None:
        """What follows a hundred within one part: "three hundred (and) forty five thousand"."""
        link = 1 if self._plain(at) == "and" else 0
        found = self.below_hundred(at + link)
        if found is None or self._scale(at + link + found[1]) == _HUNDRED or found[0] >= _HUNDRED:
            return None
        return found[0], found[1] + link

    def _scaled(self, value: Fraction, at: int, used: int) -> tuple[Fraction, int]:
        """`dhai hazaar`, and whatever smaller follows."""
        scale = self._scale(at + used)
        if not scale:
            return value, used
        value, used = value * scale, used + 1
        link = 1 if self._plain(at + used) == "and" else 0
        rest = self.whole(at + used + link)
        return (value + rest[0], used + link + rest[1]) if rest is not None and rest[0] < scale else (value, used)

    def below_hundred(self, at: int) -> tuple[Fraction, int] | None:
        """A figure of any size, or words for less than a hundred."""
        if at >= len(self._tokens):
            return None
        token = self._tokens[at]
        if token.kind == "figure":
            return Fraction(token.raw.replace(",", "")), 1
        sense = digit_sense(token)
        if sense is None or sense.kind not in {"number", "tens"} or sense.letter:
            return None
        if sense.kind == "tens":
            ones = digit_sense(self._tokens[at + 1]) if at + 1 < len(self._tokens) else None
            if ones is not None and ones.kind == "number" and ones.tongue == "en" and 0 < ones.value < _TEN:
                return Fraction(sense.value + ones.value), 2
        return Fraction(sense.value), 1

    def _scale(self, at: int) -> int:
        sense = digit_sense(self._tokens[at]) if at < len(self._tokens) else None
        return sense.value if sense is not None and sense.kind == "scale" else 0

    def _plain(self, at: int) -> str:
        return _plain(self._tokens, at)


_TEN, _HUNDRED = 10, 100
