"""A connection that is cut before and after every event of a call: it completes, and registers once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import pytest

from npcl_voice.rehearsal.clock import run_rehearsal
from npcl_voice.rehearsal.twin import Faults
from npcl_voice.rehearsal.twin.faults import Cut
from tests.e2e.failing import Rehearsal, open_rehearsal
from tests.e2e.judging import misses

When = Literal["before", "after"]
WHENS: tuple[When, ...] = ("before", "after")

PARTS = 16
"""The sweep comes in so many parts, which run beside each other."""
DELTA_MS = 200
"""Sound in one event: fewer of them, and each one is cut at all the same."""


async def events_of(rehearsal: Rehearsal) -> list[str]:
    """The names of the events of the call when nothing fails; three turns and a farewell, with a complaint."""
    call = await rehearsal.call(Faults(), delta_ms=DELTA_MS)
    assert misses(call) == []
    assert call.engines == ["openai"]
    assert [name for name, _ in call.facts.results] == ["no_supply", "bye"]
    return [str(entry.what.__struct_config__.tag) for entry in call.twin.sessions[0].sent()]


def sweep(folder: Path, wanted: Callable[[int], Sequence[tuple[int, When]]]) -> list[tuple[str, float, float]]:
    """One call for each place; what each was, and its waits. `wanted` chooses, of so many events."""

    async def work() -> tuple[list[tuple[str, float, float]], list[str]]:
        held, missed = [], []
        async with open_rehearsal(folder) as rehearsal:
            names = await events_of(rehearsal)
            for at, when in wanted(len(names)):
                place = f"{when} event {at}, {names[at - 1]}"
                call = await rehearsal.call(Faults((Cut(at=at, when=when),)), delta_ms=DELTA_MS)
                missed += [f"{place}: {one}" for one in misses(call)]
                if not call.twin.strikes.seen >= at:
                    missed.append(f"{place}: there was no such event")
                held.append((place, call.heard_within, call.resumed_within))
        return held, missed

    held, missed = run_rehearsal(work())
    assert missed == []
    return held


@pytest.mark.slow
def test_a_cut_at_some_events(tmp_path: Path) -> None:
    """Every twenty-third place of the sweep."""
    held = sweep(tmp_path, lambda count: [(at, WHENS[at % 2]) for at in range(2, count + 1, 23)])
    assert len(held) > 5


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_a_cut_at_every_event(part: int, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Before and after each, with the same promises as when nothing fails."""
    held = sweep(tmp_path, lambda count: [(at, when) for at in range(1, count + 1) for when in WHENS][part::PARTS])
    heard, resumed = max(held, key=lambda one: one[1]), max(held, key=lambda one: one[2])
    waits = f"heard {heard[1]:.2f} s ({heard[0]}), goes on {resumed[2]:.2f} s ({resumed[0]})"
    record_property("line", f"cut at {len(held)} places of part {part + 1:2} of {PARTS}: at worst {waits}")
