"""Numbers in what an assistant says, that stand for a complaint, an account or a telephone."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from npcl_voice.conversation.claims.facts import Facts
from npcl_voice.conversation.claims.lexicon import LANGUAGES, lexicon
from npcl_voice.meaning.numbers import number_runs
from npcl_voice.meaning.quantities import digit_sense, value_at
from npcl_voice.meaning.tokens import Token

__all__ = ["SaidNumber", "numbers_in"]

_LEAST: Final = 4
"""Digits of a number that stands alone; with the word for it before it, one is enough."""
_COMPLAINT_DIGITS: Final = 9
_REACH: Final = 5
"""So many words before a number may say whose it is."""
_FAR: Final = 9
"""And so many that it is only a part of one: "the last four digits of your complaint number are"."""
_WITHIN: Final = frozenset("and aur fir then dash".split())
_TIMES: Final = frozenset({"times", "baar", "bar"})
_MANY: Final = {2: "double", 3: "triple", 4: "quadruple"}
_BEFORE_THAT: Final = (["uske", "pehle"], ["ise", "pehle"], ["use", "pehle"])
_SIGNS: Final = frozenset(",-")
_NOTHING: Final = "xx"
"""Stands where a time or a sum stood."""


class SaidNumber(msgspec.Struct, frozen=True):
    """A number, and what was said of it."""

    digits: str
    label: str | None
    """`complaint` or `other`, where a word before it says so."""
    value: str
    """Its digits where it is read as one value: "fifty four thousand three hundred"."""
    part: str | None
    """`ending` or `starting` where only a part of it is named."""
    last: bool
    """Whether no more than one word stands behind it, of which but the beginning may have come."""
    start: int
    end: int
    """Which tokens name it: from `start` up to and without `end`."""

    def backed_by(self, facts: Facts, *, open_end: bool) -> bool:
        """Whether a tool has confirmed it, the caller has told it, or anybody may know it."""
        told = facts.told_numbers
        if self.label == "complaint":  # the number of an account is not the complaint's
            told = frozenset(number for number in told if len(number) <= _COMPLAINT_DIGITS)
        known = facts.numbers | told | facts.public
        digits = self.digits
        if self._is(digits, known) or self._is(self.value, known) or (facts.unheard and self.label != "complaint"):
            return True
        return open_end and self.last and any(map(self._may_become, known))

    def _may_become(self, number: str) -> bool:
        """Whether it may still be that number: "fifty four thousand" three hundred."""
        if self.part == "ending" and self.digits in number:
            return True
        begins = number.replace("0", "").startswith(self.value.replace("0", ""))
        return number.startswith(self.digits) or (begins and len(self.value) < len(number))

    def known_to(self, facts: Facts) -> bool:
        """Whether it is a number that a tool has confirmed, or that anybody may know."""
        return self._is(self.digits, facts.numbers | facts.public)

    def _is(self, digits: str, known: frozenset[str]) -> bool:
        if digits in known or digits.lstrip("0") in {number.lstrip("0") for number in known if number.strip("0")}:
            return True
        if digits[1:2] == "0" and "0" * int(digits[0]) + digits[2:] in known:
            return True  # "four zeros, five four three two four"
        if self.part == "ending":
            return any(number.endswith(digits) for number in known)
        if self.part == "starting":
            return any(number.startswith(digits) for number in known)
        rest = next(
            (digits[len(number) :] for number in known if len(number) >= _LEAST and digits.startswith(number)), None
        )
        return rest == "" or (rest is not None and self._is(rest, known))


def numbers_in(
    tokens: Sequence[Token], covered: Sequence[tuple[int, int]], led: Sequence[Token] = ()
) -> Iterator[SaidNumber]:
    """The numbers of a clause; what is `covered` is a time or a sum, and none.

    What is said of a number may stand in the clause before, of which a clause that begins with one is `led`.
    """
    text, starts = "", []
    signs = lexicon("hi").grammar["signs"]
    hindi = any(
        token.plain in signs or ((sense := digit_sense(token)) and sense.tongue == "hi" and token.plain != "do")
        for token in tokens
    )
    for at, token in enumerate(tokens):
        starts.append(len(text))
        said = (
            _belongs(token)
            and (hindi or token.plain != "do")
            and not any(begins <= at < ends for begins, ends in covered)
        )
        text += (_times_of(tokens, at) or token.raw.replace(",", "") if said else _NOTHING) + " "
    for run in number_runs(text):
        first = max(place for place, start in enumerate(starts) if start <= run.start)
        after = next((place for place, start in enumerate(starts) if start >= run.end), len(tokens))
        ahead = tokens[:first] if first else led
        before = ahead[-_REACH:]
        behind = tokens[after : after + 1]
        digits = run.digits()
        if _any(tokens[after : after + 2], "in_front"):  # "five four three two four, and four zeros before it"
            digits = digits.rstrip("0")
        label = _label(before)
        if _is_other(before, behind) or not digits.strip("0"):
            continue
        part = _part(ahead[-_FAR:])
        if len(digits) >= _LEAST or (part and len(digits) > 1) or (label == "complaint" and _next_to(before)):
            yield SaidNumber(
                digits, label, _value(tokens, first) or digits, part, after >= len(tokens) - 1, first, after
            )


def _times_of(tokens: Sequence[Token], at: int) -> str | None:
    """What stands for a token of "three times zero": nothing for "times"."""
    if tokens[at].plain in _TIMES and at + 1 < len(tokens):
        return "" if _counts(tokens[at + 1]) else None
    found = digit_sense(tokens[at])
    if found is None or at + 2 >= len(tokens) or tokens[at + 1].plain not in _TIMES or not _counts(tokens[at + 2]):
        return None
    return _MANY.get(found.value)


def _counts(token: Token) -> bool:
    return digit_sense(token) is not None


def _value(tokens: Sequence[Token], at: int) -> str | None:
    found = value_at(tokens, at)
    return str(found[0]) if found is not None and found[1] > 1 else None


def _belongs(token: Token) -> bool:
    """Whether it may stand in a number: nothing was misheard here, so no word is guessed at."""
    return (
        token.kind not in {"word", "sign"}
        or digit_sense(token) is not None
        or token.fold in _WITHIN
        or token.raw in _SIGNS
        or token.plain in _TIMES
    )


def _any(tokens: Sequence[Token], name: str) -> bool:
    return any(
        (token.fold if words.loose else token.plain) in words.labels[name]
        for words in map(lexicon, LANGUAGES)
        for token in tokens
        if token.kind == "word"
    )


def _part(before: Sequence[Token]) -> str | None:
    """Whether it is only the end or the beginning of one: "ends in", "the last four digits", `uske pehle`."""
    if [token.fold for token in before[-2:]] in _BEFORE_THAT:
        return "starting"
    for name in ("ending", "starting"):
        if _any(before, name) or (_any(before, f"{name}_digits") and _any(before, "digits")):
            return name
    return None


def _label(before: Sequence[Token]) -> str | None:
    """The nearest word that says whose number it is."""
    for token in reversed(before):
        for name in ("complaint", "other"):
            if (
                _any([token], name)
                and token.plain not in {"number", "nanbar", "no"}
                and token.fold not in {"nanbar", "number"}
            ):
                return name
    return None


def _next_to(before: Sequence[Token]) -> bool:
    """Whether the word for it stands close before it: "complaint number 42", "docket is 42"."""
    return any(_any([token], "complaint") for token in before[-4:]) and any(
        token.plain in {"number", "no", "is", "id", "hai"} or token.fold in {"nanbar", "number"}
        for token in before[-3:]
    )


def _is_other(before: Sequence[Token], behind: Sequence[Token]) -> bool:
    """Whether it counts something, or belongs to an address or a key."""
    return (
        _any(before[-1:], "house")
        or _any(behind, "units")
        or (_any(before[-2:], "house") and _any(before[-1:], "other"))
    )
