"""A picture of a call as lines of a terminal: one column from 40 cells on, two from 110.

Everything is laid out here line by line, so that nothing is ever wider or higher than the terminal.
What does not fit goes, the least important first. Colour never stands alone: whatever it says, a
sign or a word says too.
"""

import io
from collections.abc import Iterable, Sequence

import msgspec
from rich.console import Console
from rich.text import Text

from npcl_voice.cli.cells import wrapped
from npcl_voice.cli.levels import Levels
from npcl_voice.cli.picture import Caption, Picture, Tool, Wait
from npcl_voice.conversation.floor import Floor

__all__ = ["Hands", "draw", "transcript"]

TWO_COLUMNS = 110
"""Cells from which the panels stand beside the captions."""
SIDE = 48
"""Cells of the panels' column: the longest row of a wait, and a consumer number with its source."""
LABEL = 11
"""Cells of a row's label: the longest is `Assistant`."""
FEWEST_CAPTIONS = 6
"""Lines of captions below which panels go: they are what the view is for."""
QUIETEST_DB = -60.0
"""Where a meter begins; a quiet room is about there."""
HIDDEN = {"place_rejected", "which_side", "family", "recorded", "doubted", "doubted_at", "doubted_kind", "doubt_asked"}
"""Slots that are notes of the policy to itself."""

NAMES = {
    "caller": ("Caller", "bold cyan"),
    "assistant": ("Assistant", "bold green"),
    "danger": ("! Danger", "bold red"),
    "records": ("Records", "dim"),
    "engine": ("Engine", "dim"),
}

FLOORS = {
    Floor.INITIAL.value: ("nobody's yet", "the line opens"),
    Floor.GREETING.value: ("assistant", "greeting"),
    Floor.LISTENING.value: ("caller", "may speak"),
    Floor.PROCESSING.value: ("assistant", "thinking"),
    Floor.RESPONDING.value: ("assistant", "speaking"),
    Floor.ENDED.value: ("nobody's", "the call is over"),
}
"""Who has the floor, and what they do with it."""

_NOWHERE = Console(file=io.StringIO(), width=80)
"""Wrapping asks a console for its tabs; nothing is ever written there."""
_CONTROL = dict.fromkeys((*range(32), *range(127, 160)), " ")
"""What a caller or a model says may hold no control code of the terminal."""


class Hands(msgspec.Struct, frozen=True):
    """What the person who watches can do, and has done."""

    help: tuple[tuple[str, str], ...] = ()
    """Keys, and what each does."""
    muted: bool = False
    talking: bool | None = None
    """Whether the caller has the floor by the talk key; None where that need not be said."""
    note: str = ""
    """One line to the person."""


def draw(picture: Picture, levels: Levels, hands: Hands, width: int, height: int, *, paced: bool = True) -> Text:
    """The whole screen: `height` lines of at most `width` cells. `paced`: whether times are measured."""
    head = [_header(picture, hands, width)]
    foot = _footer(hands, width)
    body = height - len(head) - len(foot) - 2
    if body < 2:  # not even a window: who has the floor is what fits
        return _joined([*head, *_captions(picture, width, max(0, height - 2)), _floor_row(picture, width)][:height])
    rule = Text("─" * width, "dim")
    if width >= TWO_COLUMNS:
        side = _fitting(_sections(picture, levels, SIDE, paced=paced), body)
        left = _captions(picture, width - SIDE - 3, body, records=False)
        middle = [_beside(*pair, width - SIDE - 3) for pair in zip(left, _filled(side, body), strict=True)]
    else:
        panels = _fitting(_rows(picture, levels, width, paced=paced), max(1, body - FEWEST_CAPTIONS - 1))
        middle = [*_captions(picture, width, body - len(panels) - 1), rule, *panels]
    return _joined([*head, rule, *middle, rule, *foot])


def transcript(picture: Picture, width: int) -> Text:
    """All that was said and done, for reading after the call; the end of the call cuts like a caller does."""
    cut = [Caption("assistant", one.heard, one.text[len(one.heard) :].strip()) for one in picture.on_air if one.heard]
    return _joined([line for caption in (*picture.captions, *cut) for line in _caption(caption, width)])


# The frame.


def _header(picture: Picture, hands: Hands, width: int) -> Text:
    minutes, seconds = divmod(int(picture.elapsed_s), 60)
    right = Text(f"{minutes:02d}:{seconds:02d}", "bold")
    if hands.muted:
        right = Text.assemble(("microphone off", "bold yellow"), "   ", right)
    if picture.danger is not None:
        right = Text.assemble((f"! DANGER {picture.danger}", "bold red"), "   ", right)
    left = Text("NPCL Voice Assistant", "bold")
    if right.cell_len + left.cell_len + 2 > width:
        left = Text()
    return _cut(Text.assemble(left, " " * max(0, width - left.cell_len - right.cell_len), right), width)


def _footer(hands: Hands, width: int) -> list[Text]:
    if hands.note:
        return [_cut(Text(_clean(hands.note), "bold"), width)]
    keys = [Text.assemble((key, "bold"), " ", (what, "dim")) for key, what in hands.help]
    if hands.talking is not None:
        keys.insert(0, Text("you are heard", "bold") if hands.talking else Text("press space to talk", "bold"))
    return [_cut(Text("   ").join(keys) if keys else Text("Ctrl-C hangs up", "dim"), width)]


# Captions.


def _captions(picture: Picture, width: int, height: int, *, records: bool = True) -> list[Text]:
    """The newest captions, and what is being said now; always `height` lines."""
    lines = _saying(picture, width)
    for caption in reversed(picture.captions):
        if len(lines) >= height:
            break
        if records or caption.who != "records":
            lines = _caption(caption, width) + lines
    return _filled(lines[-height:] if height else [], height)


def _caption(caption: Caption, width: int) -> list[Text]:
    said = Text(_clean(caption.text))
    if caption.who == "danger":
        said = Text(f"{caption.text}: the caller speaks of danger", "bold red")
    elif caption.who in {"records", "engine"}:
        said.stylize("dim")
    if caption.unheard:
        said = Text(" ").join(part for part in (said, Text(_clean(caption.unheard), "strike dim")) if part)
        said.append(" (cut)", "dim")
    return _row(*NAMES[caption.who], said, width)


def _saying(picture: Picture, width: int) -> list[Text]:
    """What is on its way: the assistant's words as far as they were heard, and the caller's so far."""
    lines: list[Text] = []
    for one in picture.on_air:
        if one.text:
            coming = one.text[len(one.heard) :]
            said = Text.assemble(_clean(one.heard), (_clean(coming), "dim"))
            lines += _row(*NAMES["assistant"], said, width)
    if picture.keyed:
        lines += _row(*NAMES["caller"], Text(f"keys {picture.keyed} ..."), width)
    elif picture.speaking or picture.listening or picture.partial:
        lines += _row(*NAMES["caller"], Text(f"{_clean(picture.partial)} ...".lstrip(), "italic"), width)
    return lines


# Panels.


def _floor(picture: Picture) -> Text:
    """Who has the floor."""
    if picture.speaking and picture.end is None:
        over = ", over the assistant" if picture.paused else ""
        return Text(f"● caller, speaking{over}", "bold cyan")
    who, what = FLOORS[picture.floor]
    if picture.paused and picture.on_air:
        what = "paused"
    elif picture.listening and picture.floor == Floor.LISTENING.value:
        who, what = "assistant", "making out the words"
    elif running := _running(picture):
        what = f"asking the records, {_clean(running.name)}"
    sounding = picture.on_air and not picture.paused
    mark = "● " if sounding else "  "
    return Text.assemble((f"{mark}{who}, {what}", "green" if who == "assistant" else ""))


def _running(picture: Picture) -> Tool | None:
    return next((tool for tool in picture.tools if tool.result is None), None)


def _floor_row(picture: Picture, width: int) -> Text:
    return _row("Floor", "dim", _floor(picture), width)[0]


def _matter(picture: Picture) -> Text:
    context = picture.context
    matter, goal = context.matter.value, context.goal
    said = "not known yet" if matter == "none" and goal is None else matter if matter != "none" else ""
    return Text(", ".join(part for part in (said, _words(goal or "")) if part))


def _slots(picture: Picture) -> list[Text]:
    """What the caller told us, and whether it is certain."""
    told = []
    for name, slot in picture.context.slots.items():
        if name not in HIDDEN:
            sign = Text("✓", "green") if slot.verified else Text("?", "yellow")
            told.append(
                Text.assemble((_words(name), "dim"), f" {_clean(slot.value)} ", sign, (f" {slot.source}", "dim"))
            )
    return told


def _tool(tool: Tool, width: int) -> list[Text]:
    """A call of a tool: what was asked, and what was answered."""
    if tool.result is None:
        return _indented(Text.assemble(_clean(tool.name), (" ... asked", "dim")), width)
    fine = tool.result.get("ok") is True
    sign = Text(" ✓", "green") if fine else Text(" ! refused", "bold yellow")
    lines = _indented(Text.assemble(_clean(tool.name), sign), width)
    for mark, values in (("<", tool.arguments), (">", tool.result)):
        for name, value in values.items():
            if name != "ok" and value:  # what is empty, false or nought says little here
                shown = _clean(value if isinstance(value, str) else msgspec.json.encode(value).decode())
                lines += _indented(Text.assemble((f"{mark} {_words(name)} ", "dim"), shown), width, by=2)
    return lines


def _meter(name: str, db: float | None, cells: int) -> Text:
    """One side's level, from -60 dB to full scale."""
    share = 0.0 if db is None else min(1.0, max(0.0, 1 - db / QUIETEST_DB))
    lit = round(share * cells)
    style = "bold yellow" if db is not None and db > -1 else NAMES[name][1].removeprefix("bold ")
    figure = f"{db:4.0f} dB" if db is not None and lit else "  quiet"
    return Text.assemble((f"{name:<10}", "dim"), ("━" * lit, style), ("─" * (cells - lit), "dim"), f" {figure}")


def _wait(wait: Wait, *, aligned: bool = False) -> Text:
    """One wait against its budget."""
    stage = _words(wait.stage)
    budget = "" if wait.budget_ms is None else f" of {wait.budget_ms:.0f}"
    if aligned:
        turn = f"turn {wait.turn}" if wait.turn else "start"
        budget = "" if wait.budget_ms is None else f" of {wait.budget_ms:4.0f}"
        text = Text.assemble((f"{turn:<8}", "dim"), f"{stage:<12}", f"{wait.ms:6.0f}{budget:<8}", (" ms", "dim"))
    else:
        text = Text.assemble((f"{stage} ", "dim"), f"{wait.ms:.0f}{budget}", (" ms", "dim"))
    if wait.over:
        text.append(" ! over", "bold yellow")
    elif wait.budget_ms is not None:
        text.append(" ✓", "green")
    return text


def _engine(picture: Picture) -> Text:
    engine = picture.engine
    if engine is None:
        return Text("none yet")
    text = Text(_clean(engine.name))
    if engine.lost:
        text = Text(f"! {_clean(engine.name)} is lost", "bold yellow")
    if picture.reconnects:
        text.append(f", changed {picture.reconnects}×")
    if picture.tokens:
        text.append(f", {picture.tokens} tokens")
    if not engine.lost:  # last, for it may be long
        text.append(f", {_clean(engine.reason)}", "dim")
    return text


class _Panel(msgspec.Struct, frozen=True):
    """Some lines, and how soon they go when there is too little room."""

    lines: list[Text]
    rank: int
    """The highest goes first."""


def _rows(picture: Picture, levels: Levels, width: int, *, paced: bool) -> list[_Panel]:
    """The panels beneath the captions, a label before each."""
    slots = Text("   ").join(_slots(picture)) if _slots(picture) else Text("nothing yet", "dim")
    cells = max(4, min(16, (width - LABEL) // 2 - 20))
    meters = Text("   ").join(_meter(name, db, cells) for name, db in zip(("caller", "assistant"), levels, strict=True))
    last = [wait for wait in picture.waits if wait.turn == picture.waits[-1].turn]
    turn = [Text(f"turn {last[-1].turn}", "dim")] if last and last[-1].turn else []
    waits = Text("   ").join([*turn, *map(_wait, last)]) if last else _no_waits(paced=paced)

    def row(label: str, value: Text, rank: int, most: int = 1) -> _Panel:
        return _Panel(_row(label, "dim", value, width)[:most], rank)

    return [
        row("Floor", _floor(picture), 0),
        row("Matter", _matter(picture), 2),
        row("Known", slots, 1, 2),
        row("Latency", waits, 3, 2),
        row("Levels", meters, 4),
        row("Engine", _engine(picture), 5),
    ]


def _sections(picture: Picture, levels: Levels, width: int, *, paced: bool) -> list[_Panel]:
    """The panels beside the captions, a title above each."""

    def section(title: str, lines: Iterable[Text], rank: int) -> _Panel:
        return _Panel([Text(title, "bold"), *lines, Text()], rank)

    def each(values: Iterable[Text]) -> list[Text]:
        return [line for value in values for line in _indented(value, width)]

    waits = [_wait(wait, aligned=True) for wait in picture.waits[-8:]] or [_no_waits(paced=paced)]
    tools = [line for tool in picture.tools[-3:] for line in _tool(tool, width)]
    meters = [_meter(name, db, width - 22) for name, db in zip(("caller", "assistant"), levels, strict=True)]
    # What grows stands beneath what does not, so that as little as possible moves.
    return [
        section("Floor", each([_floor(picture)]), 0),
        section("Levels", each(meters), 5),
        section("Matter", each([_matter(picture)]), 1),
        section("Engine", each([_engine(picture)]), 6),
        section("Known", each(_slots(picture) or [Text("nothing yet", "dim")]), 2),
        section("Records", tools or each([Text("not asked yet", "dim")]), 3),
        section("Latency", each(waits), 4),
    ]


def _no_waits(*, paced: bool) -> Text:
    return Text("nothing measured yet" if paced else "not measured at this pace", "dim")


def _fitting(panels: Sequence[_Panel], height: int) -> list[Text]:
    """As many panels as there is room for; the least important go first, the last one is shortened."""
    left = list(panels)
    while len(left) > 1 and sum(len(panel.lines) for panel in left) > height:
        left.remove(max(left, key=lambda panel: panel.rank))
    return [line for panel in left for line in panel.lines][:height]


# Lines.


def _row(label: str, style: str, value: Text, width: int) -> list[Text]:
    """A label and what it says, wrapped beside it."""
    return _hung(Text(f"{label:<{LABEL}}", style), value, width)


def _indented(value: Text, width: int, *, by: int = 0) -> list[Text]:
    return _hung(Text("  " + " " * by), value, width)


def _hung(first: Text, value: Text, width: int) -> list[Text]:
    indent = Text(" " * first.cell_len)
    parts = wrapped(value, max(1, width - first.cell_len), _NOWHERE)
    for part in parts:
        part.rstrip()
    return [_cut(Text.assemble(first if at == 0 else indent, part), width) for at, part in enumerate(parts)]


def _beside(left: Text, right: Text, width: int) -> Text:
    return Text.assemble(left, " " * (width - left.cell_len), (" │ ", "dim"), right)


def _filled(lines: Sequence[Text], height: int) -> list[Text]:
    return [*lines, *(Text() for _ in range(height - len(lines)))]


def _cut(line: Text, width: int) -> Text:
    line.truncate(width)
    return line


def _joined(lines: Iterable[Text]) -> Text:
    joined = Text("\n", no_wrap=True, end="").join(lines)
    joined.no_wrap, joined.end = True, ""
    return joined


def _clean(text: str) -> str:
    return text.translate(_CONTROL)


def _words(name: str) -> str:
    return _clean(name).replace("_", " ")
