"""Signs whose width terminals do not agree on: no line is too long, and nothing behind one is out of its column."""

import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from npcl_voice.cli.cells import Settled, wrapped
from npcl_voice.cli.drawing import Hands, draw
from npcl_voice.cli.picture import Caption, Picture

ASKED = "आपका दस अंकों का उपभोक्ता नंबर क्या है? यह आपके बिल पर लिखा होता है।"
SEQUENCE = re.compile(r"\x1b\[(\?)?(\d*)([A-Za-z])")
STYLES = ("bold", "dim")
CONSOLE = Console(file=io.StringIO(), width=80)


def shown(text: str, width: int, *, mark: int, before: str = "") -> list[str]:
    """The lines on a terminal that gives a mark so many cells, cuts what is too long, and showed `before`."""
    lines = []
    for row in text.split("\n"):
        cells, at, place = list(before.ljust(width)), 0, 0
        while at < len(row):
            if found := SEQUENCE.match(row, at):
                count, what = int(found[2] or 0), found[3]
                place = count - 1 if what == "G" else place
                cells[place:] = " " * (width - place) if what == "K" else cells[place:]
                at = found.end()
                continue
            wide = {"Mc": mark, "Mn": 0}.get(unicodedata.category(row[at]), 1)
            if wide:
                cells[min(place, width - 1)] = row[at]
            place, at = place + wide, at + 1
        lines.append("".join(cells))
    return lines


def most_cells(text: str) -> int:
    """What it takes where each mark takes one."""
    return Text(text).cell_len + sum(unicodedata.category(sign) == "Mc" for sign in text)


def printed(picture, width: int, height: int = 12) -> str:
    console = Console(file=io.StringIO(), force_terminal=True, color_system=None, width=width, height=height)
    console.print(Settled(picture), end="")
    return console.file.getvalue()


@pytest.mark.parametrize("mark", [0, 1])
def test_two_columns_stay_apart_on_any_terminal(mark) -> None:
    """The rule between them stands in one column, and nothing of the last picture shows."""
    drawn = draw(Picture(captions=(Caption("assistant", ASKED),) * 3), (None, None), Hands(), 120, 12)
    lines = shown(printed(drawn, 120), 120, mark=mark, before="#" * 120)
    assert len(lines) == 12
    assert {line.index("│") for line in lines if "│" in line} == {drawn.plain.split("\n")[8].index("│")}
    assert not any("#" in line for line in lines)


@pytest.mark.parametrize("width", [20, 40, 80])
def test_no_line_is_too_long_where_marks_take_a_cell(width) -> None:
    """All words are there."""
    lines = wrapped(Text(ASKED), width, CONSOLE)
    assert all(most_cells(line.plain) <= width for line in lines)
    assert " ".join(line.plain.strip() for line in lines) == ASKED


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=60), st.integers(2, 30))
def test_nothing_is_lost_between_lines(text, width) -> None:
    """But spaces."""
    lines = wrapped(Text(text), width, CONSOLE)
    assert "".join("".join(line.plain.split()) for line in lines) == "".join(text.split())


def test_a_style_goes_on_behind_a_mark() -> None:
    """A line is taken apart and put together again."""
    (line,) = wrapped(Text.assemble(("मेरी बिजली", "bold"), " ", ("गई", "dim")), 40, CONSOLE)
    bold, dim = ("".join(line.plain[one.start : one.end] for one in line.spans if one.style == name) for name in STYLES)
    assert (bold, dim) == ("मेरी बिजली", "गई")


def test_plain_lines_are_left_as_they_are() -> None:
    """No terminal differs on them."""
    assert printed(Text("power is out\nagain"), 20, 2).rstrip() == "power is out        \nagain"
