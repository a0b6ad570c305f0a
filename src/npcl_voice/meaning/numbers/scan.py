"""One pass over a text: the numbers in it, value by value, with what stands between them."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from npcl_voice.meaning.numbers.unit import Between, Said, Unit
from npcl_voice.meaning.numbers.values import MOST_REPEATS, Values
from npcl_voice.meaning.numbers.words import plain_word

__all__ = ["Scanned", "scanned"]

_PAUSE: Final = re.compile(r"[,;।…]|[.?!](?!\d)")
_STOP: Final = re.compile(r"[.?!;।](?!\d)")
_MOST_COUNTED: Final = 2
"""Before a measure, a number of up to so many digits counts something: it is no part of a dictation."""
_PLEASE: Final = frozenset(map(plain_word, ("do", "दो")))
_ENGLISH_AFTER_DO: Final = frozenset("not you i we it they this that".split())
_LAST_DIGITS: Final = frozenset("234")
"""So many digits are told together: "the last two are ..."."""
_ALONE: Final = 3
"""So many everyday words in a row that may be digits are digits."""
_OPTIONAL, _MISHEARD = 1.0, 2.0
"""What it costs to take an everyday word, or a misheard one, for a digit."""


class Scanned(msgspec.Struct, frozen=True):
    """The values of a text in order."""

    parts: tuple[Said, ...]
    tail: Between
    """What stands behind the last."""

    @property
    def nothing_else(self) -> bool:
        """Whether every word of the text has to do with a number."""
        return not self.tail.gap and not any(part.before.gap for part in self.parts)


class _Part(msgspec.Struct):
    """A part in the making."""

    unit: Unit
    counted: bool
    before: Between
    pause: bool
    stop: bool
    """Whether a sentence ended before it."""
    request: bool
    """Whether it is `do`, which asks for something where no number is beside it."""
    please: bool
    """Whether it stands behind a verb, as the `do` of a request: it begins no number."""
    denied: bool = False
    heard: str = ""
    """The digit that a misheard word may be."""


class _Scan(Values):
    def __init__(self, text: str, kindly: bool) -> None:
        super().__init__(text)
        self.kindly = kindly
        self.found: list[_Part] = []
        self.between = Between()
        self.end = 0
        """Where the last value ended."""

    def add(self, unit: Unit, index: int, heard: str = "") -> None:
        between = self.between
        pause = between.filled or between.gap > 0 or _PAUSE.search(self.text, self.end, unit.start) is not None
        stop = _STOP.search(self.text, self.end, unit.start) is not None
        request = unit.weak and self.tokens[index].text in _PLEASE
        please = request and index > 0 and self.word(index - 1) in self.words.stems
        counted = not unit.weak and not heard
        self.found.append(_Part(unit, counted, between, pause, stop, request, please, heard=heard))
        self.end = unit.end
        self.between = Between()

    def note(self, what: Between) -> None:
        """Add to what stands before the next value."""
        self.between |= what

    def run(self) -> Scanned:
        index = 0
        while index < len(self.tokens):
            index += self.step(index)
        if not self.between.gap and not any(part.before.gap for part in self.found):
            for part in self.found:
                part.counted = part.counted or not (part.heard or part.request)
        _count(self.found)
        return self.settled()

    def step(self, index: int) -> int:
        """Take what stands at `index`; how many tokens it was."""
        if length := self.phrase(index, self.words.restarts):
            self.note(Between(fresh=True, filled=True))
            return length
        if length := self.phrase(index, self.words.correcting):
            self.note(Between(marks=1))
            return length
        found = self.unit(index) or self.misspelt(index)
        if found is not None:
            return self.value(found[0], index, found[1])
        if length := self.doublings(index):
            self.note(Between(filled=True))
            return length
        word = self.word(index)
        heard = self.words.heard.get(word, "") if self.kindly else ""
        if heard:
            token = self.tokens[index]
            self.add(Unit(heard, token.start, token.end, "digit", stem=token.start), index, heard)
        elif word in self.words.corrections:
            if word == "instead" and self.word(index + 1) == "of":
                self.note(Between(contrast=True))
            else:
                self.note(Between(marks=1, soft=word in self.words.softer))
            if word in self.words.denials and self.found and self.tokens[index - 1].end == self.end:
                self.found[-1].denied = _PAUSE.search(self.text, self.end, self.tokens[index].start) is None
        elif word in self.words.lasts:
            self.note(Between(last=True, filled=True, gap=1))
            return 1 + self.how_many(index + 1)
        elif word in self.words.softer:
            self.note(Between(soft=True, filled=True, gap=0 if self.is_filler(word, index) else 1))
        elif word in self.words.contrasts:
            self.note(Between(contrast=True, gap=1))
        elif self.is_filler(word, index):
            self.note(Between(filled=True))
        else:
            self.note(Between(gap=1))
        return 1

    def how_many(self, index: int) -> int:
        """How many words the number at `index` takes that only says how many of the last digits come now."""
        found = self.plain(index)
        if found is None or found[0].digits not in _LAST_DIGITS:
            return 0
        following = index + found[1]
        return found[1] if self.unit(following) or self.unit(following + 1) else 0  # "last two are nine eight"

    def is_filler(self, word: str, index: int) -> bool:
        sense = self.sense(index)
        return word in self.words.fillers or (sense is not None and sense.kind in {"times", "scale"})

    def misspelt(self, index: int) -> tuple[Unit, int] | None:
        """A word beside a number that is close to one of Hindi's."""
        word = self.word(index)
        beside = (self.found and not self.between.gap) or self.sense(index + 1) is not None
        sense = self.words.near(word) if word and beside else None
        if sense is None:
            return None
        token = self.tokens[index]
        unit = Unit(
            str(sense.value), token.start, token.end, "words", stem=token.start, tongue="hi",
            script=self.script(token), weak=True,
        )  # fmt: skip
        return unit, 1

    def value(self, unit: Unit, index: int, used: int) -> int:
        following = index + used
        if unit.times == 1 and len(unit.digits) <= _MOST_COUNTED:
            word = self.word(following)
            if word in self.words.waits:
                self.note(Between(filled=True))
                return used + 1
            if word in self.words.measures:
                self.note(Between(gap=1))
                return used + 1
            again = self.sense(following)
            if again is not None and again.kind == "repeats":
                return self.times(unit, index, used)
        if unit.weak and self.tokens[index].text in _PLEASE and self.word(following) in _ENGLISH_AFTER_DO:
            self.note(Between(gap=1))
            return used
        sighed = self.word(following) in self.words.corrections or self.phrase(following, self.words.restarts)
        if unit.letter and sighed:
            if not self.kindly:  # "oh, sorry"
                self.note(Between(filled=True))
                return used
            unit = msgspec.structs.replace(unit, digits="", also=(("0", _OPTIONAL),))
        self.add(unit, index)
        return used

    def times(self, unit: Unit, index: int, used: int) -> int:
        """`three times zero`, or `zero three times`, which it is behind a zero with no pause."""
        last = self.found[-1].unit if self.found and self.between == Between() else None
        behind = last is not None and last.digits == "0" and not _PAUSE.search(self.text, last.end, unit.start)
        if not behind and (found := self.repeated(unit, index + used)) is not None:
            self.add(found[0], index)
            return used + found[1]
        count = int(unit.digits)
        if last is not None and len(last.digits) == 1 and 2 <= count <= MOST_REPEATS:
            end = self.tokens[index + used].end
            changed = {"digits": last.digits * (count - 1), "start": unit.start, "stem": unit.start, "end": end}
            self.add(msgspec.structs.replace(last, **changed, form="words", weak=False, also=()), index)
        else:
            self.note(Between(gap=1))
        return used + 1

    def settled(self) -> Scanned:
        """The parts that count, and the others as words in between."""
        parts: list[Said] = []
        between = Between()
        pause = False
        for place, part in enumerate(self.found):
            between |= part.before
            pause |= part.pause
            unit = part.unit
            if not part.counted:
                if not self.kindly or (part.heard and not _supported(self.found, place)):
                    between |= Between(gap=1)
                    pause = True
                    continue
                price = _MISHEARD if part.heard else _OPTIONAL
                also = tuple((digits, price + more) for digits, more in ((unit.digits, 0.0), *unit.also))
                unit = msgspec.structs.replace(unit, digits="", also=also)
            parts.append(Said(unit, between, pause, part.denied))
            between = Between()
            pause = bool(part.heard)
        return Scanned(tuple(parts), between | self.between)


def _supported(found: Sequence[_Part], place: int) -> bool:
    """Whether a number stands right behind the part at `place`, and none or another right before it."""
    if place + 1 == len(found) or not found[place + 1].counted or found[place + 1].before.gap:
        return False
    return place == 0 or bool(found[place].before.gap) or found[place - 1].counted


def _count(found: Sequence[_Part]) -> None:
    """Everyday words count beside numbers, between them, and three in a row."""

    def close(place: int) -> bool:
        before = found[place].before
        return not (before.gap or before.filled or before.marks or found[place].stop)

    for place in range(1, len(found)):
        if found[place - 1].counted and close(place) and not found[place].heard:
            found[place].counted = True
    for place in range(len(found) - 2, -1, -1):
        part = found[place]
        if found[place + 1].counted and close(place + 1) and not part.heard and not part.please:
            part.counted = True
    for place in range(1, len(found) - 1):
        part, following = found[place], found[place + 1]
        gap = part.before.gap or following.before.gap
        if found[place - 1].counted and following.counted and not gap and not part.heard:
            part.counted = True
    row: list[_Part] = []
    for place, part in enumerate(found):
        if part.heard or part.please or not close(place):
            row = []
        if part.heard or part.please:
            continue
        row.append(part)
        if len(row) >= _ALONE:
            for one in row[-_ALONE:]:
                one.counted = True


def scanned(text: str, *, kindly: bool = False) -> Scanned:
    """The values of a text, `kindly` with everyday words that may be digits. Takes time in proportion to its length."""
    return _Scan(text, kindly).run()
