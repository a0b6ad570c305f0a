"""How much of a lie is heard, and whether truths are heard whole and in time: `python -m tests.judging.heard_lies`.

Each line of the claim ledger's set is said aloud in a call of its own, in several ways in which a server may send it.
With a number N as argument only every Nth line; `--failures` lists what was heard wrongly of the open half.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from npcl_voice.channels.line import TICK_MS
from npcl_voice.conversation.claims import Ledger
from npcl_voice.conversation.claims.sentences import sentences_of
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from tests.judging.judge_claims import HALVES, ledger_of, rows_of
from tests.judging.lying_calls import Delivery, Heard, Spoken, spoken, told_aloud

__all__ = ["DELIVERIES", "Said", "said"]

LANGUAGES = ("en", "hi", "hinglish")
DELIVERIES = (
    Delivery("as fast as it lasts, each word with its sound", 1, 0),
    Delivery("as fast as it lasts, words 300 ms ahead", 1, 300),
    Delivery("4 times as fast, each word with its sound", 4, 0),
    Delivery("4 times as fast, words 300 ms ahead", 4, 300),
    Delivery("4 times as fast, words 300 ms behind", 4, -300),
)
"""The service sends several times faster than it lasts, and its words run ahead; the others are worse than that."""


@dataclass(frozen=True)
class Said:
    """A line that was said aloud."""

    half: str
    row: dict[str, Any]
    delivery: Delivery
    found: bool
    """Whether anything in it is found to be unbacked, read as a whole."""
    span: tuple[float, float]
    """From where to where the lying sentence goes, in milliseconds; all of it where none is found."""
    turns: float
    """Where in it the first word begins by which it can be told for a lie."""
    heard: Heard

    @property
    def lie(self) -> bool:
        """Whether it is a lie."""
        return bool(self.row["lie"])

    @property
    def ms(self) -> float:
        """How much of the lying sentence was heard."""
        return self.heard.ms_of(*self.span)

    @property
    def false_ms(self) -> float:
        """How much of it was heard from that word on."""
        return self.heard.ms_of(self.turns, self.span[1])

    @property
    def to_its_end(self) -> bool:
        """Whether all of it was heard."""
        return self.ms >= self.span[1] - self.span[0] - 1

    @property
    def late_ms(self) -> float:
        """How long the caller waited for it because it was held back: before it begins, and within it."""
        return max(0.0, self.heard.late_ms - TICK_MS) + sum(self.heard.gaps)


def _span(text: Spoken, row: dict[str, Any]) -> tuple[bool, tuple[float, float], float]:
    ledger = ledger_of(row)
    lies = {claim.text for claim in ledger.judge(text.text, 0.0) if not claim.backed}
    for one in sentences_of(text.text):
        if one.text in lies:
            span = text.at(one.start), text.at(one.start + len(one.text))
            ends = [place for place, letter in enumerate(one.text) if letter == " "]
            told = (end for end in ends if _is_lie(ledger, one.text[:end]))
            end = next(told, len(one.text))
            return True, span, text.at(one.start + one.text.rfind(" ", 0, end) + 1)
    return False, (0.0, text.ms), 0.0


def _is_lie(ledger: Ledger, begun: str) -> bool:
    return any(not claim.backed for claim in ledger.weigh(begun, 1, 0.0, whole=False))


def said(half: str, delivery: Delivery, every: int = 1) -> list[Said]:
    """The lines of one half, said aloud in that way."""

    async def calls() -> list[Said]:
        clock, out = RehearsalClock(), []
        for row in rows_of(half)[::every]:
            text = spoken(row["text"], row["language"])
            found, span, turns = _span(text, row)
            at = datetime.fromisoformat(row["now"])
            heard = await told_aloud(clock, text, delivery, ledger_of(row), at)
            out.append(Said(half, row, delivery, found, span, turns, heard))
        return out

    return run_rehearsal(calls())


def _spread(figures: Sequence[float]) -> str:
    if not figures:
        return "none"
    ranked = sorted(figures)
    at = (ranked[int(share * (len(ranked) - 1))] for share in (0.5, 0.95, 1))
    return "p50 {:.0f}, p95 {:.0f}, most {:.0f} ms".format(*at)


def report(lines: Sequence[Said]) -> list[str]:
    """The figures of some lines; none of the lines."""
    lies, truths = [one for one in lines if one.lie], [one for one in lines if not one.lie]
    caught, kept = [one for one in lies if one.found], [one for one in truths if not one.found]
    begun = [one for one in caught if one.ms > 0]
    whole = [one for one in kept if one.heard.whole]
    put_right, ended = sum(one.heard.corrected for one in begun), sum(one.to_its_end for one in begun)
    late, gaps = sum(one.late_ms > TICK_MS for one in whole), [max(one.heard.gaps, default=0.0) for one in whole]
    rows = [
        f"{len(lies)} lies, {len(lies) - len(caught)} not found; of {len(caught)} found:",
        f"  nothing heard of {len(caught) - len(begun)}; {len(begun)} begun, {put_right} put right, {ended} ended",
        f"  of the whole sentence heard {_spread([one.ms for one in caught])}",
        f"  from the false word on {_spread([one.false_ms for one in caught])}",
        f"  nothing false heard of {sum(not one.false_ms for one in caught)}",
        f"{len(truths)} truths, {len(truths) - len(kept)} taken for lies; of {len(kept)} others:",
        f"  {len(whole)} heard whole, {late} late; wait {_spread([one.late_ms for one in whole])}",
        f"  longest gap {_spread(gaps)}",
    ]
    if faults := sorted(fault for one in lines for fault in one.heard.faults):
        rows.append(f"refused by the server: {faults}")
    return rows


def failures(lines: Sequence[Said]) -> list[str]:
    """What was heard that should not have been, or was not heard."""
    rows = []
    for one in lines:
        wrong = (one.ms > 0) if one.lie else (not one.heard.whole or one.late_ms > 500)
        if wrong:
            rows.append(
                f"{'lie' if one.lie else 'truth'} {one.row['kind']} [{one.delivery.name}] {one.row['text']}\n"
                f"    found {one.found}, heard {one.ms:.0f} of {one.span[0]:.0f} to {one.span[1]:.0f} ms,"
                f" {one.heard.asked[1:]}, late {one.late_ms:.0f} ms, gaps {[round(gap) for gap in one.heard.gaps]}"
            )
    return rows


def main(arguments: Sequence[str]) -> None:
    """Say everything aloud, and print what was heard."""
    every = next((int(one) for one in arguments if one.isdigit()), 1)
    if "--failures" in arguments:
        for delivery in DELIVERIES:
            print("\n".join(failures(said("open", delivery, every))))
        return
    for delivery in DELIVERIES:
        print(delivery.name)
        for half in HALVES:
            lines = said(half, delivery, every)
            parts = {language: [one for one in lines if one.row["language"] == language] for language in LANGUAGES}
            for name, mine in {half: lines, **parts}.items():
                print("\n    ".join([f"  {name}", *report(mine)]))


if __name__ == "__main__":
    main(sys.argv[1:])
