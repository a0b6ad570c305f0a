"""Spoken numbers straight into the ears: what is made of each form at first hearing.

`python -m tests.judging.heard_numbers [VOICE LINE]… [-v]` prints exact numbers by form, voice and line, those of the
practice set and plain ones too, and the processor's time for each second of sound; `-v` also those heard wrong.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.expectation import Expectation, Kind
from npcl_voice.speech.local.ears import RATE_HZ, EarsModel, Vocabulary
from tests.judging.forms import Row, plain, practice
from tests.speech.hearing import CALLERS, LINES, turn

SET = Path(__file__).parent / "numbers" / "voice.jsonl"

__all__ = ["judge"]


def judge(ears: EarsModel, rows: Sequence[Row], voice: str, line: str, *, tell: bool = False) -> str:
    """Right of all by form, and what it cost."""
    right: Counter[str] = Counter()
    cpu_ms = sound_s = 0.0
    for row in rows:
        listener = ears.listener()
        listener.begin(Expectation(Kind.NUMBER, (len(row["digits"]),)))
        sound = turn(row["text"], voice, line)
        listener.gather(np.asarray(sound, np.int16).tobytes())
        heard = listener.finish()
        right[row["form"]] += heard.digits == row["digits"]
        cpu_ms += heard.cpu_ms
        sound_s += len(sound) / RATE_HZ
        if tell and heard.digits != row["digits"]:
            print("  ", row["text"], "->", heard.text, heard.confidence)
    of = Counter(row["form"] for row in rows)
    told = ", ".join(f"{form} {right[form]} of {of[form]}" for form in of)
    return f"{voice} {line}: {told}; {cpu_ms / sound_s:.0f} ms for a second"


def main(chosen: list[str]) -> None:
    """Print the table."""
    tell = "-v" in chosen
    chosen = [word for word in chosen if word != "-v"]
    pairs = list(zip(chosen[::2], chosen[1::2], strict=True)) or [(v, line) for v in CALLERS for line in LINES]
    rows: list[Row] = [json.loads(text) for text in SET.read_text("utf-8").splitlines()]
    rows += [row | {"form": f"{row['form']} (practice)"} for row in practice()]
    places = tuple(area.name for area in packaged_areas())
    ears = EarsModel(Vocabulary.of(load_phrases("en").hear, places))
    for voice, line in pairs:
        print(judge(ears, [*rows, *plain()], voice, line, tell=tell), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
