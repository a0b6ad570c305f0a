"""Sentence templates, expanded: what callers may say, written once.

`(a|b|)` is a choice, an empty branch included, and choices may stand inside one another. `{place}`
is a named part, filled with each of the values handed in. The language model of the ears and the
examples of the understanding are made from the same templates, so what can be heard can be understood.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["MOST_SENTENCES", "expand"]

MOST_SENTENCES: Final = 100_000
"""An unlimited expansion beyond this is a mistake in the template, and is refused."""

MOST_NESTING: Final = 20
"""Choices within choices; a template of ours needs three."""

_PIECE = re.compile(r"[(|)]|\{[^{}]*\}|[{}]|[^(|){}]+")
_PART_NAME = re.compile(r"\{[a-z][a-z0-9_]*\}")


class _Choice:
    """One of several branches; each branch is a row of words and choices."""

    def __init__(self, branches: Sequence[Sequence["str | _Choice"]]) -> None:
        self.branches = [(_count(branch), list(branch)) for branch in branches]
        self.count = sum(size for size, _ in self.branches)
        """How many readings it has."""

    def reading(self, index: int) -> str:
        """Reading number `index`, counted through the branches in order."""
        for size, branch in self.branches[:-1]:
            if index < size:
                return _reading(branch, index)
            index -= size
        return _reading(self.branches[-1][1], index)


def _count(row: Sequence[str | _Choice]) -> int:
    return math.prod(1 if isinstance(piece, str) else piece.count for piece in row)


def _reading(row: Sequence[str | _Choice], index: int) -> str:
    words = []
    for piece in reversed(row):
        if isinstance(piece, str):
            words.append(piece)
        else:
            index, rest = divmod(index, piece.count)
            words.append(piece.reading(rest))
    return "".join(reversed(words))


def _parse(template: str, parts: Mapping[str, Sequence[str]]) -> list[str | _Choice]:
    """The template as a row. Raises ValueError, naming the template and what is wrong with it."""
    open_choices: list[list[list[str | _Choice]]] = [[[]]]
    for piece in _PIECE.findall(template):
        row = open_choices[-1][-1]
        if piece == "(":
            if len(open_choices) > MOST_NESTING:
                raise ValueError(f"template {template!r}: more than {MOST_NESTING} choices inside one another")
            open_choices.append([[]])
        elif piece == "|":
            if len(open_choices) == 1:
                raise ValueError(f"template {template!r}: '|' stands outside of parentheses")
            open_choices[-1].append([])
        elif piece == ")":
            if len(open_choices) == 1:
                raise ValueError(f"template {template!r}: ')' without '('")
            choice = _Choice(open_choices.pop())
            open_choices[-1][-1].append(choice)
        elif piece[0] in "{}":
            row.append(_part(template, piece, parts))
        else:
            row.append(piece)
    if len(open_choices) > 1:
        raise ValueError(f"template {template!r}: '(' without ')'")
    return open_choices[0][0]


def _part(template: str, piece: str, parts: Mapping[str, Sequence[str]]) -> _Choice:
    if _PART_NAME.fullmatch(piece) is None:
        raise ValueError(f"template {template!r}: {piece!r} is no named part such as {{place}}")
    values = parts.get(piece[1:-1])
    if values is None:
        raise ValueError(f"template {template!r}: nobody knows the part {piece}")
    if not values:
        raise ValueError(f"template {template!r}: the part {piece} has no values")
    return _Choice([[value] for value in values])


def expand(template: str, parts: Mapping[str, Sequence[str]], limit: int | None = None) -> list[str]:
    """Every sentence of a template, in a fixed order, each once, blanks tidied.

    With a `limit`, at most so many: when there are more, they are taken from all over the template
    rather than from its beginning, and always the same ones. Values of `parts` are taken as they
    are. Raises ValueError for a template that cannot be read, for a part without values, and,
    without a limit, for more than MOST_SENTENCES readings.
    """
    if limit is not None and limit < 0:
        raise ValueError(f"limit must not be negative, and is {limit}")
    row = _parse(template, parts)
    readings = _count(row)
    if limit is None and readings > MOST_SENTENCES:
        raise ValueError(f"template {template!r}: {readings} readings, and at most {MOST_SENTENCES} are taken")
    wanted = readings if limit is None else min(limit, readings)
    stride = 1 if wanted == readings else _scattering_stride(readings)
    sentences = (" ".join(_reading(row, number * stride % readings).split()) for number in range(wanted))
    return list(dict.fromkeys(sentences))


def _scattering_stride(readings: int) -> int:
    """A step through `readings` that meets each once and lands far from the last: near the golden section."""
    stride = round(readings * 0.618) or 1
    while math.gcd(stride, readings) != 1:
        stride += 1
    return stride
