"""How many spoken numbers are read as they were meant: `python -m tests.judging.judge_numbers`.

Counts only; `--failures` shows what was misread of the open half.
"""

import argparse
import json
import re
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from npcl_voice.meaning import readout
from npcl_voice.meaning.numbers import spoken_number

__all__ = ["Case", "Value", "cases", "misread", "said_wrong", "score", "values"]

SET = Path(__file__).parent / "numbers"
HALVES = ("open", "sealed")


class Case(msgspec.Struct, frozen=True):
    """One spoken number."""

    text: str
    digits: str
    kind: str
    lengths: tuple[int, ...]
    script: str
    form: str


def cases(half: str) -> list[Case]:
    """The numbers of one half."""
    lines = (SET / f"{half}.jsonl").read_text("utf-8").splitlines()
    return [msgspec.convert(json.loads(line), Case) for line in lines]


def misread(case: Case) -> str | None:
    """What was read instead of the number; None where it was read right."""
    read = spoken_number(case.text, case.lengths, case.kind)
    return None if read == case.digits else read


def score(half: str) -> tuple[Counter[str], Counter[str]]:
    """How many numbers were read right, and how many there are: `all`, and by script and form."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for case in cases(half):
        keys = ("all", f"script {case.script}", f"form {case.form}", f"kind {case.kind}")
        total.update(keys)
        if misread(case) is None:
            right.update(keys)
    return right, total


class Value(msgspec.Struct, frozen=True):
    """Something that is read aloud, and the ways in which it may be."""

    what: str
    value: str
    language: str
    accepted: tuple[str, ...]
    groups: tuple[str, ...] = ()


def values() -> list[Value]:
    """What is to be read aloud."""
    lines = (SET / "spoken_out.jsonl").read_text("utf-8").splitlines()
    return [msgspec.convert(json.loads(line), Value) for line in lines]


def said_wrong(value: Value) -> str | None:
    """How a value is read aloud where that is not accepted; capitals and commas do not count."""
    said = _said(value)
    return None if _bare(said) in map(_bare, value.accepted) else said


def _said(value: Value) -> str:
    language = value.language
    assert language in {"en", "hi"}
    match value.what:
        case "amount":
            return readout.amount(value.value, language)
        case "time":
            at = datetime.fromisoformat(f"2026-11-24T{value.value}:00+05:30")
            return readout.clock(at, language, at)
        case "date":
            at = datetime.fromisoformat(f"{value.value}T12:00:00+05:30")
            return readout.day(at, language, at + timedelta(days=10))  # the set has no weekdays
        case "duration":
            return readout.duration(int(value.value), language)
        case _:
            return readout.number(value.value, language)


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[,.;|।-]", " ", text.lower()).split())


def main() -> None:
    """Print the counts of both halves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failures", action="store_true", help="show what is misread of the open half")
    parser.add_argument("--half", choices=HALVES, action="append", help="only this half")
    chosen = parser.parse_args()
    for half in chosen.half or HALVES:
        right, total = score(half)
        for key in total:
            print(f"{half:7} {key:24} {right[key]:4} of {total[key]:4}  {100 * right[key] / total[key]:5.1f} %")
    wrong = [(value, said) for value in values() if (said := said_wrong(value)) is not None]
    print(f"read aloud: {len(values()) - len(wrong)} of {len(values())}")
    if chosen.failures:
        for value, said in wrong:
            print(f"{value.what} {value.value} ({value.language}) said as {said!r}; accepted: {value.accepted[:3]}")
        for case in cases("open"):
            if (read := misread(case)) is not None:
                print(f"{case.digits} read as {read or 'nothing'}: {case.text} ({case.kind}, {case.form})")


if __name__ == "__main__":
    main()
