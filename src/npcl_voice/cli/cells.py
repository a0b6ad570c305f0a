"""Text whose width terminals do not agree on: vowel signs of Devanagari beside their letter.

Unicode calls them spacing marks (general category Mc). Some terminals give each a cell of its own, as the C library's
`wcwidth` does, others none, as `rich` counts. So lines are broken as if each took a cell, and what stands behind
one is put into its column by the terminal's own command.
"""

import unicodedata

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.control import Control
from rich.segment import ControlType, Segment
from rich.text import Text

__all__ = ["Settled", "wrapped"]

_ROOM = "\ue000"
"""Stands behind a mark while lines are broken: a sign of one cell that nobody writes (Unicode, private use)."""


def wrapped(text: Text, width: int, console: Console) -> list[Text]:
    """`text` in lines of at most `width` cells on any terminal; at least one line."""
    marks = [at + 1 for at, sign in enumerate(text.plain) if _is_mark(sign)]
    if not marks:
        return list(text.wrap(console, width)) or [Text()]
    lines = Text(_ROOM).join(text.divide(marks)).wrap(console, width)
    return [Text().join(line.split(_ROOM)) for line in lines]


class Settled:
    """A picture whose lines stay in their columns on any terminal."""

    def __init__(self, picture: RenderableType) -> None:
        self._picture = picture

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Its lines, those with marks in them erased first and set column by column."""
        for at, line in enumerate(console.render_lines(self._picture, options)):
            if at:
                yield Segment.line()
            if not any(_is_mark(sign) for segment in line for sign in segment.text):
                yield from line
                continue
            column = 0
            yield Control((ControlType.ERASE_IN_LINE, 0))  # what a narrower line leaves between its columns
            for segment in line:
                yield segment
                column += segment.cell_length
                yield Control((ControlType.CURSOR_MOVE_TO_COLUMN, min(column, options.max_width - 1)))


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign) == "Mc"
