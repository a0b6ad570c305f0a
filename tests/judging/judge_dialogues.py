"""Counts how many scripted dialogues end as they should: `python -m tests.judging.judge_dialogues`.

Each line is a caller who answers the question that is open, typed into a real call that the embedded engine
answers; the verdict is what the store holds afterwards, and what was told. `--failures` lists what went wrong
in the open half and in the dialogues to practise on, and only there.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from npcl_voice.conversation.machine import Conversation
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from tests.judging.typed_calls import Held, flat, held, rows_of

__all__ = ["HALVES", "LEAST", "PRACTICE", "Dialogue", "judged"]

HALVES = ("open", "sealed")
LEAST = 0.93
"""Of both halves together."""
PRACTICE = ("practice", "practice_b", "practice_c")
"""Dialogues that were all read while what they showed was mended."""
MOST_LINES = 25
"""Nobody has the patience for more."""
PRIORITIES = {"P0": "emergency"}
"""Names of the domain for what the store calls otherwise."""
OPEN = (None, "help", "menu")
"""Questions that the script's opening answers, as long as there is more of it."""


@dataclass(frozen=True)
class Dialogue:
    """A dialogue that is over."""

    row: dict[str, Any]
    call: Held
    asked: tuple[str | None, ...]
    """The question that each line of the caller's answered."""

    @property
    def wrongs(self) -> list[str]:
        """Where its end is another than the script's."""
        wanted, call = self.row["expect"], self.call
        wrongs = _complaints(wanted["complaints"], call)
        counts = {"callbacks": call.after.callbacks, "vulnerable": call.after.needs}
        wrongs += [f"{name} {got}, not {wanted[name]}" for name, got in counts.items() if got != int(wanted[name])]
        verified = call.after.verified[-1] if call.after.verified else None
        if verified != wanted["verified"]:
            wrongs.append(f"verified {verified}, not {wanted['verified']}")
        if call.after.records != call.before.records:
            wrongs.append("records changed")
        said = flat(" ".join(call.said))
        wrongs += [f"never told {text!r}" for text in wanted["told"] if flat(text) not in said]
        wrongs += [f"told {text!r}" for text in wanted["never_told"] if flat(text) in said]
        return wrongs


def _complaints(wanted: list[dict[str, Any]], call: Held) -> list[str]:
    left, wrongs = call.after.changed_since(call.before), []
    for one in wanted:
        fits = next((row for row in left if _fits(one, row)), None)
        if fits is None:
            wrongs.append(f"no complaint {one}")
        else:
            left.remove(fits)
    return wrongs + [f"complaint {row}" for row in left]


def _fits(wanted: dict[str, Any], row: dict[str, Any]) -> bool:
    same = all(row[name] == wanted[name] for name in ("kind", "status", "consumer_number"))
    priority = wanted.get("priority")
    return (
        same
        and row["area"].casefold() == wanted["area"].casefold()
        and wanted["house"] in {None, row["house"]}
        and priority in {None, row["priority"], *(name for name, ours in PRIORITIES.items() if ours == row["priority"])}
        and wanted.get("repeats") in {None, row["repeats"]}
    )


def judged(half: str) -> list[Dialogue]:
    """The dialogues of one half, each in a call of its own."""

    async def calls() -> list[Dialogue]:
        clock = RehearsalClock()
        with tempfile.TemporaryDirectory() as folder:
            return [await _call(Path(folder), clock, row) for row in rows_of("dialogues", half)]

    return run_rehearsal(calls())


async def _call(folder: Path, clock: RehearsalClock, row: dict[str, Any]) -> Dialogue:
    asked: list[str | None] = []

    async def typing(conversation: Conversation) -> AsyncIterator[str]:
        opening = list(row["opening"])
        answers = {question: list(lines) for question, lines in row["answers"].items()}
        for said in range(MOST_LINES):
            if said == row["hang_up_after"]:
                return
            question = conversation.context.question
            asked.append(question)
            if opening and (said == 0 or question in OPEN):
                yield opening.pop(0)
                continue
            lines = answers.get(question or "", [])
            # Who has said everything says the last again: a question is asked again for the same answer.
            yield lines.pop(0) if len(lines) > 1 else lines[0] if lines else row["default"]

    call = await held(folder, clock, typing, caller_number=row["caller_number"], outages=row["outages"])
    return Dialogue(row, call, tuple(asked))


def report(half: str) -> str:
    """The figures of one half, by language; none of its lines."""
    dialogues = judged(half)
    right = Counter(one.row["language"] for one in dialogues if not one.wrongs)
    whole = Counter(one.row["language"] for one in dialogues)
    shown = ", ".join(f"{name} {right[name]}/{whole[name]}" for name in sorted(whole))
    return f"{half}: {sum(right.values())} of {len(dialogues)} dialogues end as they should\n  {shown}"


def failures() -> list[str]:
    """What went wrong in dialogues that may be read."""
    rows = []
    for one in (one for half in ("open", *PRACTICE) for one in judged(half)):
        if one.wrongs:
            rows += ["", f"{one.row['id']} {one.row['title']} ({one.row['caller_number']})"]
            rows += [f"  ! {wrong}" for wrong in one.wrongs]
            asked = [*one.asked, None]
            for at, text in enumerate(one.call.said):
                rows.append(f"    - {text}")
                if at < len(one.call.typed):
                    rows.append(f"    > {one.call.typed[at]} [{asked[at]}]")
    return rows


if __name__ == "__main__":
    print("\n".join(failures() if "--failures" in sys.argv[1:] else map(report, HALVES)))
