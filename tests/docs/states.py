"""Draws `docs/reference/states.md` from the tables of the floor and the matter."""

import inspect
from collections.abc import Mapping
from enum import Enum

from npcl_voice.conversation.context import MATTERS, Matter, MatterEvent
from npcl_voice.conversation.floor import FLOORS, Floor, FloorEvent, state_name

__all__ = ["states_page"]

QUOTES = '"""'

Table = Mapping[Enum, Mapping[Enum, Enum]]

HEAD = """\
# States

<!-- drawn from the code by `make docs`; change it there -->

Two small machines beat one large one: the *floor* says who may speak, the *matter* what it is about
([ADR 0006](../adr/0006-floor-and-matter.md)). The one state of the source design is derived from both.
An event that has no arrow leaves floor and matter as they are.
"""

STATE = """\
## The source design's state

Complaint from the moment a complaint number was given or a new complaint is being taken, Resolution when its
status or number has been got, otherwise the floor's name.
"""


def states_page() -> str:
    """The whole page: both machines as diagrams and tables, and what follows from them."""
    return "\n".join(
        [
            HEAD,
            "## Floor\n",
            _diagram(FLOORS, Floor.INITIAL, Floor.ENDED),
            _meanings("Floor", Floor),
            _table("Floor", FLOORS, FloorEvent),
            "## Matter\n",
            _diagram(MATTERS, Matter.NONE, None),
            _meanings("Matter", Matter),
            _table("Matter", MATTERS, MatterEvent),
            STATE,
            _states(),
        ]
    )


def _diagram(table: Table, first: Enum, last: Enum | None) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first.value}"]
    for state, row in table.items():
        lines += [f"    {state.value} --> {to.value}: {event.value}" for event, to in row.items()]
    if last is not None:
        lines.append(f"    {last.value} --> [*]")
    return "\n".join([*lines, "```", ""])


def _table(name: str, table: Table, events: type[Enum]) -> str:
    rows = [[name, *(str(event.value) for event in events)]]
    for state, row in table.items():
        rows.append([str(state.value), *(str(row[event].value) if event in row else "" for event in events)])
    return _drawn(rows)


def _meanings(name: str, kind: type[Enum]) -> str:
    """What stands beneath each member, which only the source has."""
    rows = [[name, "Meaning"]]
    for member in kind:
        _, _, beneath = inspect.getsource(kind).partition(f"{member.name} = ")
        rest = beneath.partition("\n")[2].strip()
        meaning = rest.removeprefix(QUOTES).partition(QUOTES)[0] if rest.startswith(QUOTES) else ""
        rows.append([f"`{member.value}`", meaning])
    return _drawn(rows)


def _states() -> str:
    rows = [["Floor \\ matter", *(str(matter.value) for matter in Matter)]]
    rows += [[str(floor.value), *(state_name(floor, matter) for matter in Matter)] for floor in Floor]
    return _drawn(rows)


def _drawn(rows: list[list[str]]) -> str:
    """A table of Markdown whose columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head, *body = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([head, rule, *body, ""])
