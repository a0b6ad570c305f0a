"""Which number was meant, where its length is known.

What was said can often be read in several ways: a correction may replace one digit or a whole group,
`saath` may be 60 or a misspelt 7, a group may have been said twice. Every way has a price, and the
cheapest that has a wanted length is taken. Hardly any way makes a number longer than it was said, so that
half a number is not taken for a whole one.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from npcl_voice.meaning.numbers.unit import Said

__all__ = ["readings"]

_MOST_READINGS: Final = 64
"""So many are carried on from one unit to the next, the cheapest."""
_LONGEST: Final = 48
"""In digits; nothing so long is a number of anybody's."""

_LEAST_PARTS: Final = 4
"""Fewer values are no number with something to say about it."""
_SAME_AGAIN: Final = 1.0
"""A group that was said twice."""
_IN_OTHER_WORDS: Final = 0.9
"""A digit that was said once more in the other language."""
_JOINED: Final = 1.0
"""`sixty do` as 62, in spite of the two languages."""
_ONES: Final = frozenset("123456789")
_WAS_DENIED: Final = 0.3
"""The digit behind `not` does not count."""
_DENIED_AFTER: Final = 0.6
"""Nor does the one before `nahi`."""
_NOT_DENIED: Final = 1.0
"""It does after all."""
_NOT_DENIED_EITHER: Final = 0.2
"""And so do those behind it."""
_SOFT: Final = 1.2
"""What may be a correction is one."""
_FILLS: Final = 1.5
"""What is a correction more often than not is none."""
_LAST: Final = 0.2
"""The last digit, or as many as are said now, are replaced."""
_ELSEWHERE: Final = 1.0
"""A digit in the middle is replaced by another: "two seven one, not two, three"."""
_SO_MANY: Final = 1.2
"""`four zero` at the beginning, and a pause, as four zeros."""
_COUNTS: Final = frozenset("3456")


def readings(parts: Sequence[Said]) -> dict[str, float]:
    """All numbers that the parts can be read as, with the price of each; bounded, and never empty."""
    found = {"": 0.0}
    for place, part in enumerate(parts):
        if place and part.before.corrects:
            found = _pruned(_corrected(found, parts, place))
        elif place and part.pause:
            found = _pruned(_said_twice(found, parts, place))
            if part.before.soft or part.before.last:
                found = _pruned(chain(found.items(), _softly(found, parts, place)))
        found = _pruned(_appended(found, parts, place))
    return _pruned(chain(found.items(), _elsewhere(parts), _many_zeros(parts)))


def _pruned(found: Iterator[tuple[str, float]]) -> dict[str, float]:
    cheapest: dict[str, float] = {}
    for digits, price in found:
        if len(digits) <= _LONGEST and price < cheapest.get(digits, float("inf")):
            cheapest[digits] = price
    ranked = sorted(cheapest.items(), key=lambda reading: reading[1])
    return dict(ranked[:_MOST_READINGS]) or {"": 0.0}


def _appended(found: dict[str, float], parts: Sequence[Said], place: int) -> Iterator[tuple[str, float]]:
    part = parts[place]
    unit = part.unit
    choices = [(unit.digits, 0.0), *unit.also]
    if denied := _denied(parts, place):
        choices = [(digits, price + denied) for digits, price in choices]
        choices.append(("", _WAS_DENIED))
    if part.denied:
        choices.append(("", _DENIED_AFTER))
    before = parts[place - 1].unit if place else None
    joins = before is not None and before.open_tens and not part.pause and unit.digits in _ONES
    if (
        before is not None
        and before.digits == unit.digits
        and _word_of(before.tongue, before.form) != _word_of(unit.tongue, unit.form)
    ):
        choices.append(("", _IN_OTHER_WORDS))
    for digits, price in found.items():
        for more, extra in choices:
            yield digits + more, price + extra
        if joins and digits.endswith("0"):
            yield digits[:-1] + unit.digits, price + _JOINED


def _denied(parts: Sequence[Said], place: int) -> float:
    """What it costs to take a value behind `not`, up to the next pause; 0 for one that is not denied."""
    at = place
    while at > 0 and not (parts[at].before.contrast or parts[at].pause or parts[at].before.marks):
        at -= 1
    if not parts[at].before.contrast:
        return 0.0
    return _NOT_DENIED if at == place else _NOT_DENIED_EITHER


def _word_of(tongue: str, form: str) -> str:
    return "figures" if form == "numeral" else tongue


def _said_twice(found: dict[str, float], parts: Sequence[Said], place: int) -> Iterator[tuple[str, float]]:
    """Behind a pause the speaker may say again what was just said, and go on."""
    brought, _ = _brought(parts, place)
    for digits, price in found.items():
        yield digits, price
        for size in range(2, len(digits) + 1):
            if brought.startswith(digits[len(digits) - size :]):
                yield digits[: len(digits) - size], price + _SAME_AGAIN


def _corrected(found: dict[str, float], parts: Sequence[Said], place: int) -> Iterator[tuple[str, float]]:
    """Before the part at `place` digits were taken back: one, a group, as many as come now, or all."""
    part = parts[place]
    brought, group = _brought(parts, place)
    last = len(parts[place - 1].unit.digits)
    for digits, price in found.items():
        if not digits or part.before.soft:  # "I mean" may fill a pause
            yield digits, price + (_FILLS if digits else 0.0)
        for size in range(1, len(digits) + 1):
            yield digits[: len(digits) - size], price + _price(part, digits, size, (brought, group, last))


def _softly(found: dict[str, float], parts: Sequence[Said], place: int) -> Iterator[tuple[str, float]]:
    """As `_corrected`, where it is not sure that anything was taken back."""
    if parts[place].before.last:
        _, group = _brought(parts, place)
        for digits, price in found.items():
            yield digits[:-1], price + _LAST
            yield digits[: max(0, len(digits) - group)], price + _LAST
        return
    for digits, price in _corrected(found, parts, place):
        yield digits, price + _SOFT


def _elsewhere(parts: Sequence[Said]) -> Iterator[tuple[str, float]]:
    """Behind the whole number, one of its digits and what it should be: "..., six, no, nine"."""
    if len(parts) < _LEAST_PARTS or not (parts[-1].before.marks and parts[-2].pause):
        return
    wrong, right = parts[-2].unit.digits, parts[-1].unit.digits
    if len(wrong) != 1 or len(right) != 1:
        return
    for digits, price in readings(parts[:-2]).items():
        if digits.count(wrong) == 1:
            yield digits.replace(wrong, right), price + _ELSEWHERE


def _many_zeros(parts: Sequence[Said]) -> Iterator[tuple[str, float]]:
    """How many zeros there are, one zero, and a pause: "four zero, five three"."""
    if len(parts) < _LEAST_PARTS or parts[1].pause or not parts[2].pause:
        return
    count, zero = parts[0].unit.digits, parts[1].unit.digits
    if zero == "0" and count in _COUNTS:
        for digits, price in readings(parts[2:]).items():
            yield "0" * int(count) + digits, price + _SO_MANY


def _brought(parts: Sequence[Said], place: int) -> tuple[str, int]:
    """The digits that come until the next correction, and how many of them until the next pause."""
    digits = ""
    group = 0
    for other in range(place, len(parts)):
        if other > place and parts[other].before.corrects:
            break
        if other > place and parts[other].pause and not group:
            group = len(digits)
        digits += parts[other].unit.digits
    return digits, group or len(digits)


def _price(part: Said, digits: str, size: int, sizes: tuple[str, int, int]) -> float:
    """What it costs to take `size` digits back: little where what comes looks like what was there."""
    brought, group, last = sizes
    if size == len(digits):
        price = 0.0 if part.before.fresh else 1.0
    elif part.before.fresh:
        price = 2.0
    elif size == group:
        price = 0.5
    elif size == len(brought):
        price = 0.6
    elif size == last:
        price = 0.7
    elif size == 1:
        price = 0.8
    else:
        price = 1.6
    if size >= 2:
        old, new = digits[len(digits) - size :], brought[:size]
        alike = sum(map(str.__eq__, old, new))
        if alike >= len(new) - 1 and alike:
            price -= 0.45 if size > 2 else 0.25
    return max(price, 0.0)
