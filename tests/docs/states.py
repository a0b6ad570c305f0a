"""Draws `docs/reference/states.md` from the tables of the floor and the matter.

    python -m tests.docs.states >docs/reference/states.md

`make test` compares the page with what the tables give.
"""

from collections.abc import Mapping
from enum import Enum

from npcl_voice.conversation.context import MATTERS, Matter, MatterEvent
from npcl_voice.conversation.floor import FLOORS, Floor, FloorEvent, state_name

__all__ = ["page"]

Table = Mapping[Enum, Mapping[Enum, Enum]]

HEAD = """\
# The states of a call

Drawn from the code by `python -m tests.docs.states`; change the tables there, not this page.

Two small machines beat one large one: the *floor* says whose turn it is, the *matter* what the call is about.
The one state that the source design names is derived from both.
"""

FLOOR = """\
## The floor

Who speaks: `Floor` and `FLOORS` in `src/npcl_voice/conversation/floor.py`. An event that is not listed for a
floor leaves it as it is.
"""

MATTER = """\
## The matter

What the call is about, as far as it has got: `Matter` and `MATTERS` in
`src/npcl_voice/conversation/context.py`. An event that is not listed for a matter leaves it as it is.
"""

STATE = """\
## The source design's state

Complaint from the moment a complaint number was given or a new complaint is being taken, Resolution when its
status or number has been got; else the floor's name.
"""


def page() -> str:
    """The whole page."""
    return "\n".join(
        [
            HEAD,
            FLOOR,
            _diagram(FLOORS, Floor.INITIAL, Floor.ENDED),
            _table("Floor", FLOORS, FloorEvent),
            MATTER,
            _diagram(MATTERS, Matter.NONE, None),
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


if __name__ == "__main__":
    print(page(), end="")
