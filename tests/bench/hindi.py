"""Measure what the embedded engine makes of Hindi that is spoken, in whole calls whose language nobody has set.

    python -m tests.bench.hindi [VOICE LINE]…

Forty sentences (`hindi.toml`), two voices of espeak-ng that are not the assistant's, clean and on the telephone: a call
for each. Beside them stands what the same sentences are understood as when they are typed, and thirty English ones,
none of which should be taken for Hindi. All on the rehearsal clock: the figures are no latencies. A synthetic voice
flatters; people are harder to hear.
"""

import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.script import has_devanagari
from npcl_voice.speech.local.engine import understander_for
from tests.judging.spoken import HINDI_VOICES, LINES, VOICES, Call, speak
from tests.judging.spoken_hazards import sentences as english_dangers

SET = Path(__file__).with_name("hindi.toml")
ENGLISH = 30


def said() -> list[dict[str, Any]]:
    """The set."""
    return list(tomllib.loads(SET.read_text("utf-8"))["said"])


def main(chosen: list[str]) -> None:
    """Print a line for each voice on each line, and what went wrong."""
    understand = understander_for(load_phrases("en"), packaged_areas(), load_phrases("hi")).understand
    rows = said()
    dangers = [row for row in rows if "hazard" in row]
    got = [understand(row["text"]) for row in rows]
    right = sum(one.intent == row["intent"] for one, row in zip(got, rows, strict=True))
    found = sum(one.hazard is not None for one, row in zip(got, rows, strict=True) if "hazard" in row)
    print(f"typed: intents {right} of {len(rows)}, danger {found} of {len(dangers)}", flush=True)
    pairs = list(zip(chosen[::2], chosen[1::2], strict=True))
    for voice, line in pairs or [(voice, line) for voice in HINDI_VOICES for line in LINES]:
        calls = _calls([row["text"] for row in rows], voice, line)
        right = sum(understand(call.heard).intent == row["intent"] for call, row in zip(calls, rows, strict=True))
        found = sum(bool(call.dangers) for call, row in zip(calls, rows, strict=True) if "hazard" in row)
        false = sum(bool(call.dangers) for call, row in zip(calls, rows, strict=True) if "hazard" not in row)
        hindi = sum(has_devanagari(call.answer) for call in calls)
        print(
            f"{voice} {line}: intents {right} of {len(rows)}, danger {found} of {len(dangers)} and {false} false, "
            f"answered in Hindi {hindi} of {len(rows)}",
            flush=True,
        )
        for call, row in zip(calls, rows, strict=True):
            if understand(call.heard).intent != row["intent"]:
                print(f"  {row['intent']}: {call.said!r} heard as {call.heard!r}", flush=True)
    for line in () if pairs else LINES:
        calls = _calls(english_dangers()[:ENGLISH], VOICES[0], line)
        taken = [call for call in calls if has_devanagari(call.heard) or has_devanagari(call.answer)]
        print(f"English, {VOICES[0]} {line}: taken for Hindi {len(taken)} of {len(calls)}", flush=True)
        for call in taken:
            print(f"  {call.said!r} heard as {call.heard!r}", flush=True)


def _calls(texts: list[str], voice: str, line: str) -> list[Call]:
    with tempfile.TemporaryDirectory() as folder:
        return speak(Path(folder), texts, voice, line)


if __name__ == "__main__":
    main(sys.argv[1:])
