"""Numbers by voice in whole calls: sixty numbers, three voices, clean and on the telephone.

A caller is asked for a number, says it, answers truthfully to what is read back, says it again where it was wrong, and
keys it when asked to. `python -m tests.judging.spoken_numbers [VOICE LINE]…` prints for each voice and line, by form,
how many were right at first hearing, how many after at most three attempts, and how many numbers were acted
upon that the caller did not mean; `practice` as the first word takes the practice set instead.
"""

import json
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from npcl_voice.conversation.commands import Command, Report, RunIntent, Transcript
from npcl_voice.conversation.events import CallEvent
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.meaning.numbers import DIGIT_WORDS
from tests.judging.forms import practice
from tests.judging.spoken import LINES, VOICES, Talking, hold

SET = Path(__file__).parent / "numbers" / "voice.jsonl"
OPENINGS = {
    "consumer_number": "there is no power at my house",
    "complaint_number": "what is the status of my complaint",
    "phone": "please let me talk to a person",
}
"""What leads to the question for each kind."""
NUMBERS = frozenset({*OPENINGS, "registered_phone"})
"""Arguments and facts of a tool that are numbers."""
ATTEMPTS = 3
OPENS_AT_MOST = 3

__all__ = ["Dictated", "Numbered", "rows"]


class Numbered(msgspec.Struct):
    """One number, and what came of it."""

    text: str
    digits: str
    kind: str
    form: str
    attempts: int = 0
    """How often it was said or keyed."""
    heard: list[str] = []
    """What the caller was heard to say, as it was written down."""
    read: list[tuple[int, str]] = []
    """What was read back or gone on from, and after which attempt."""
    used: list[tuple[int, str]] = []
    """What was acted upon, and after which attempt."""
    said: str = ""
    """The assistant's last words."""

    @property
    def at_first(self) -> bool:
        """Whether it was right at first hearing."""
        return [*self.read, *self.used][:1] == [(1, self.digits)]

    @property
    def in_the_end(self) -> bool:
        """Whether it was acted upon after no more attempts than there may be."""
        return any(number == self.digits and after <= ATTEMPTS for after, number in self.used)

    @property
    def wrong(self) -> list[str]:
        """Numbers acted upon that were not meant."""
        return [number for _, number in self.used if number != self.digits]


class Dictated(Talking):
    """A caller with a number, who means every word."""

    def __init__(self, row: Numbered, voice: str, line: str) -> None:
        """A call that has not begun."""
        super().__init__(voice, line)
        self.row = row
        self._say = load_phrases("en").say
        self._answer = ""
        self._opened = 0

    def reply(self, text: str) -> None:
        """Answer; nothing more is said to other words than those that a number needs."""
        self.row.said = text
        self._over = not self._replies(text)

    def saw(self, _now: float, _event: CallEvent, commands: Sequence[Command]) -> None:
        """Read along."""
        for command in commands:
            match command:
                case Report(line=Transcript(who="assistant", text=text)):
                    self._text = f"{self._text} {text}".strip()
                case Report(line=Transcript(text=text)):
                    self.row.heard.append(text)
                case RunIntent(arguments=arguments, facts=facts):
                    told = {**facts, **json.loads(arguments)}
                    numbers = {number for name, number in told.items() if name in NUMBERS}
                    self.row.used += [(self.row.attempts, number) for number in sorted(numbers)]
                    self._over = self._over or self.row.digits in numbers
                case _:
                    pass

    def _speak(self, text: str) -> bool:
        self.speak(text)
        return True

    def _dictate(self, text: str) -> bool:
        self.row.attempts += 1
        return self._speak(text)

    def _replies(self, text: str) -> bool:
        """What is said to these words; whether anything is."""
        row, kind = self.row, self.row.kind
        if self._end_of(text, f"key_{kind}"):
            row.attempts += 1
            self._keys = row.digits
            return True
        if self._end_of(text, f"ask_{kind}", f"ask_{kind}_again"):
            return self._dictate(row.text)
        if found := self._end_of(text, f"read_{kind}", f"offer_{kind}"):
            if row.attempts:
                row.read.append((row.attempts, found[1]))
            self._answer = "yes" if found[1] == row.digits else "no"
            return self._speak(self._answer)
        if found := self._end_of(text, "go_on"):
            row.read.append((row.attempts, found[1]))
            rest = row.digits.removeprefix(found[1]) if row.digits.startswith(found[1]) else ""
            return self._dictate(" ".join(DIGIT_WORDS[int(digit)] for digit in rest) or row.text)
        if self._answer and self._end_of(text, "say_yes_or_no", "idle"):
            return self._speak(self._answer)
        if self._opened < OPENS_AT_MOST and self._end_of(text, "ask_help", "hint", "menu"):
            self._opened += 1
            return self._speak(OPENINGS[kind])
        return False

    def _end_of(self, text: str, *phrases: str) -> re.Match[str] | None:
        """Whether the words end in one of these; its number, if it has one."""
        for phrase in self._say.keys() & {*phrases}:
            pattern = re.sub(r"\\\{\w+\\\}", r"(\\d+)", re.escape(self._say[phrase]))
            if found := re.search(rf"{pattern}\s*$", text):
                return found
        return None


def rows(*, practised: bool = False) -> list[Numbered]:
    """The set, or the practice set."""
    if practised:
        return [msgspec.convert(row, Numbered) for row in practice()]
    return [msgspec.json.decode(line, type=Numbered) for line in SET.read_text("utf-8").splitlines()]


def table(held: Sequence[Numbered]) -> str:
    """The figures by form."""
    parts = []
    for form in dict.fromkeys(row.form for row in held):
        of = [row for row in held if row.form == form]
        first, end = sum(row.at_first for row in of), sum(row.in_the_end for row in of)
        parts.append(f"{form} {first}/{end} of {len(of)}")
    first, end = sum(row.at_first for row in held), sum(row.in_the_end for row in held)
    wrong = sum(len(row.wrong) for row in held)
    share = f"at first {100 * first / len(held):.0f} %, in three {100 * end / len(held):.0f} %"
    return f"{', '.join(parts)}; {share}, wrong numbers acted upon {wrong}"


def main(chosen: list[str]) -> None:
    """Print the table."""
    practised = chosen[:1] == ["practice"]
    chosen = chosen[practised:]
    pairs = list(zip(chosen[::2], chosen[1::2], strict=True)) or [(v, line) for v in VOICES for line in LINES]
    for voice, line in pairs:
        with tempfile.TemporaryDirectory() as folder:
            callers = (Dictated(row, voice, line) for row in rows(practised=practised))
            held = [caller.row for caller in hold(Path(folder), callers, line)]
        print(f"{voice} {line}: {table(held)}", flush=True)
        for row in held:
            if not (row.at_first and row.in_the_end) or row.wrong:
                print(f"  {row.text!r} heard as {row.heard[1:]}, read {row.read}, used {row.used}: {row.said[-60:]!r}")


if __name__ == "__main__":
    main(sys.argv[1:])
