"""The numbers of a text: each that was said in one go, and the one that was asked for."""

from collections.abc import Iterator, Sequence
from typing import Final

from npcl_voice.meaning.numbers.kinds import KINDS, NumberKind, local_mobile
from npcl_voice.meaning.numbers.reading import readings
from npcl_voice.meaning.numbers.run import Run
from npcl_voice.meaning.numbers.scan import Scanned, scanned
from npcl_voice.meaning.numbers.unit import Said

__all__ = ["digits_in", "number_runs", "spoken_number"]

_MOST_GROUPS: Final = 16
"""Of a longer text the last groups of values are tried."""
_MOST_PARTS: Final = 80
"""And no more values than the longest number said several times over."""
_WIDEST: Final = 12
"""So many of them may make one number."""
_BETWEEN: Final = 0.25
"""The price of a word in between that belongs to no number, and of so many at most."""
_MOST_BETWEEN: Final = 4
_LEFT_OUT: Final = 0.15
"""The price of a digit that was said and is not in the number."""
_UNHEEDED: Final = 1.5
"""The price of a correction that is not in it."""
_OTHER_SHAPE: Final = 10.0


def number_runs(text: str, *, kindly: bool = False) -> list[Run]:
    """The numbers of a text, each said in one go, in order. Takes time in proportion to its length.

    `kindly` also what may be misheard digits (`to`), as units without digits whose first other reading is one.
    """
    runs = (Run(tuple(group)) for group in _groups(scanned(text, kindly=kindly).parts))
    return [run for run in runs if not all(unit.letter for unit in run.units)]


def digits_in(text: str, lengths: Sequence[int] = ()) -> str:
    """All digits of a dictated number, corrections applied; empty when there is none.

    `lengths` are the accepted ones: where the words can be read as a number of one of them, it is that.
    """
    if lengths and (found := spoken_number(text, lengths)):
        return found
    return "".join(run.digits(lengths) for run in number_runs(text))


def spoken_number(text: str, lengths: Sequence[int], kind: str | None = None) -> str:
    """The number of one of `lengths` digits that `text` tells; empty when it tells none.

    `kind` is one of KINDS or another name: where the words can be read in several ways, what looks like a
    number of that kind is taken. A mobile number comes without what is dialled before it. Bounded work.
    """
    shape = KINDS.get(kind or "")
    best: tuple[float, str] | None = None
    for kindly in (False, True):
        found = _cheapest(scanned(text, kindly=kindly), lengths, shape)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
        if best is not None and best[0] < _OTHER_SHAPE:
            break
    return best[1] if best else ""


def _groups(parts: Sequence[Said]) -> Iterator[list[Said]]:
    """Parts with no other words between them."""
    group: list[Said] = []
    for part in parts:
        if part.before.gap and group:
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _cheapest(said: Scanned, lengths: Sequence[int], shape: NumberKind | None) -> tuple[float, str] | None:
    groups = list(_groups(said.parts[-_MOST_PARTS:]))[-_MOST_GROUPS:]
    prices = [_left_out(group) for group in groups]
    best: tuple[float, str] | None = None
    for first in range(len(groups)):
        for last in range(first, min(first + _WIDEST, len(groups))):
            chosen = [part for group in groups[first : last + 1] for part in group]
            if all(not part.unit.digits or part.unit.letter for part in chosen) and not said.nothing_else:
                continue
            between = sum(
                _BETWEEN * min(groups[place][0].before.gap, _MOST_BETWEEN) for place in range(first + 1, last + 1)
            )
            left_out = sum(prices[:first]) + sum(prices[last + 1 :])
            for digits, price in readings(chosen).items():
                number = _fitting(digits, lengths, shape)
                if number is None:
                    continue
                total = price + between + left_out
                if shape is not None and shape.shape.fullmatch(number) is None and shape.lengths == tuple(lengths):
                    total += _OTHER_SHAPE
                if best is None or total < best[0]:
                    best = (total, number)
    return best


def _left_out(group: Sequence[Said]) -> float:
    """What it costs not to take a group: more where it puts right what was said before."""
    first = group[0].before
    price = _LEFT_OUT * sum(len(part.unit.digits) for part in group)
    return price + (_UNHEEDED if first.corrects or first.last or first.contrast else 0.0)


def _fitting(digits: str, lengths: Sequence[int], shape: NumberKind | None) -> str | None:
    local = local_mobile(digits, lengths) if shape is None or shape.mobile else digits
    return local if len(local) in lengths else None
