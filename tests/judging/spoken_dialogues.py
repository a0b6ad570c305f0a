"""Twenty of the dialogues by voice: whole calls through the embedded engine, judged by what the store holds afterwards.

`python -m tests.judging.spoken_dialogues [VOICE LINE]…` prints for each voice and line how many end as they should, and
what went wrong with the others. The caller says the script's lines, in a Hindi voice where they are Hindi; numbers
digit by digit, and on the keypad when that is asked for. Of a spoken read-back it agrees only with what it has said.
"""

import re
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from npcl_voice.conversation.commands import Command, Report, ToolAnswered, Transcript
from npcl_voice.conversation.events import CallEvent
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.conversation.questions import QUESTIONS
from npcl_voice.meaning.numbers import DIGIT_WORDS, cardinal
from npcl_voice.meaning.script import has_devanagari
from npcl_voice.rehearsal.clock import run_rehearsal
from npcl_voice.store.opening import open_store
from tests.e2e.service import SECRET, settings_in
from tests.judging.judge_dialogues import MOST_LINES, OPEN, Dialogue
from tests.judging.spoken import BEGAN, HINDI_VOICES, LINES, VOICES, Talking, hold
from tests.judging.typed_calls import Held, Snapshot, rows_of

CHOSEN = ("o-hg-03", "o-hi-03")
"""Of those that are not English: no number has to be said in them, which the embedded ears do not hear in Hindi."""
READS_BACK = frozenset(name for name, spec in QUESTIONS.items() if spec.reads)
_LONG = 5
"""Digits from which a number is said digit by digit."""

__all__ = ["Talker", "rows", "spoken"]


def rows() -> list[dict[str, Any]]:
    """The English dialogues of the open half, and the chosen ones."""
    return [row for row in rows_of("dialogues", "open") if row["language"] == "en" or row["id"] in CHOSEN]


def spoken(text: str) -> str:
    """A line as it is said: digits one by one, a house as a number."""

    def words(found: re.Match[str]) -> str:
        digits = found[0]
        return " ".join(DIGIT_WORDS[int(one)] for one in digits) if len(digits) >= _LONG else cardinal(int(digits))

    return re.sub(r"\d+", words, text)


@cache
def _asked(language: str) -> list[tuple[re.Pattern[str], str, bool]]:
    """Every phrase that asks, the question that it asks, and whether it wants the keypad; the longest first."""
    say = load_phrases(language).say
    asked = []
    for name, spec in QUESTIONS.items():
        for phrase in (spec.phrase, spec.again, spec.keypad, spec.offers):
            if phrase is not None and phrase in say:
                pattern = re.sub(r"\\\{\w+\\\}", "(.+?)", re.escape(say[phrase]))
                asked.append((re.compile(rf"{pattern}\s*$"), name, phrase == spec.keypad))
    extra = {"ask_own_connection": "confirm_consumer_number", "offer_person": "callback_instead", "hint": "help"}
    asked += [
        (re.compile(rf"{re.escape(say[phrase])}\s*$"), name, False)
        for phrase, name in {**extra, "ask_registered_phone": "phone"}.items()
    ]
    return sorted(asked, key=lambda one: -len(one[0].pattern))


class Talker(Talking):
    """A caller with a script, who answers the question that is asked."""

    def __init__(self, row: dict[str, Any], voice: str, line: str) -> None:
        """A call that has not begun."""
        super().__init__(voice, line)
        self.row = row
        self.said: list[str] = []
        """The assistant's words."""
        self.lines: list[str] = []
        """The caller's own, as the script has them."""
        self.heard: list[str] = []
        """The same as they were written down."""
        self.tools: list[ToolAnswered] = []
        self.asked: list[str | None] = []
        self._opening = list(row["opening"])
        self._answers = {question: list(lines) for question, lines in row["answers"].items()}
        self._question: str | None = None

    def saw(self, _now: float, _event: CallEvent, commands: Sequence[Command]) -> None:
        """Read along."""
        for command in commands:
            match command:
                case Report(line=Transcript(who="assistant", text=text)):
                    self._text = f"{self._text} {text}".strip()
                    self.said.append(text)
                case Report(line=Transcript(text=text)):
                    self.heard.append(text)
                case Report(line=ToolAnswered() as tool):
                    self.tools.append(tool)
                case _:
                    pass

    def reply(self, text: str) -> None:
        """Answer the question that is asked, as the script has it."""
        if len(self.lines) in {self.row["hang_up_after"], MOST_LINES}:
            self._over = True
            return
        language = "hi" if has_devanagari(text) else "en"
        found = next(((m, name, keyed) for one, name, keyed in _asked(language) if (m := one.search(text))), None)
        if found is not None:
            self._question = found[1]
        question = self._question
        self.asked.append(question)
        line = self._next(question)
        if question in READS_BACK and found is not None and not self._meant(found[0].groups()):
            line = "no"
        self.lines.append(line)
        digits = "".join(filter(str.isdigit, line))
        if found is not None and found[2] and digits:
            self._keys = digits
            return
        voice = HINDI_VOICES[0] if self.row["language"] != "en" and line != "no" else self._voice
        self.speak(spoken(line), voice)

    def _next(self, question: str | None) -> str:
        if self._opening and (not self.lines or question in OPEN):
            return str(self._opening.pop(0))
        lines = self._answers.get(question or "", [])
        return str(lines.pop(0) if len(lines) > 1 else lines[0] if lines else self.row["default"])

    def _meant(self, read: Sequence[str]) -> bool:
        """Whether each number and place that was read back was said: a caller agrees to nothing else."""
        told = " ".join(self.lines).casefold()
        flat = re.sub(r"(?<=\d)[ ,-]+(?=\d)", "", told)
        return all(part.casefold() in told or re.sub(r"\D", "", part) in flat.split() for part in read)


def _prepare(folder: Path, row: dict[str, Any]) -> Path:
    """A store with the demonstration and the row's outages; its file."""
    url = settings_in(folder).store.database_url.reveal()

    async def work() -> None:
        store = await open_store(url, wall=lambda: BEGAN, secret=SECRET)
        for one in row["outages"]:
            minutes = one["minutes_to_restoration"]
            until = None if minutes is None else BEGAN + timedelta(minutes=minutes)
            await store.records.add_outage(one["area"], cause=one["cause"], expected_at=until)
        await store.close()

    run_rehearsal(work())
    return Path(url.removeprefix("sqlite+aiosqlite:///"))


def held(row: dict[str, Any], voice: str, line: str) -> tuple[Dialogue, Talker]:
    """One dialogue, spoken."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = _prepare(folder, row)
        before = Snapshot.of(file)
        (talker,) = hold(folder, [Talker(row, voice, line)], line, number=row["caller_number"])
        after = Snapshot.of(file)
    call = Held(before, after, talker.said, talker.lines, talker.tools, [])
    return Dialogue(row, call, tuple(talker.asked)), talker


def main(chosen: list[str]) -> None:
    """Print the table."""
    pairs = list(zip(chosen[::2], chosen[1::2], strict=True)) or [(v, line) for v in VOICES for line in LINES]
    for voice, line in pairs:
        told = [held(row, voice, line) for row in rows()]
        right = sum(not dialogue.wrongs for dialogue, _ in told)
        print(f"{voice} {line}: {right} of {len(told)} end as they should", flush=True)
        for dialogue, talker in told:
            if dialogue.wrongs:
                print(f"  {dialogue.row['id']} {dialogue.row['title']}: {dialogue.wrongs}")
                print(f"    said {talker.lines}\n    heard {talker.heard}\n    {talker.said}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
