"""Spoken numbers straight into the ears: what is made of each form at first hearing.

`python -m tests.judging.heard_numbers [open|plain|all]` prints exact numbers by form, voice and line.
"""

import json
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.expectation import Expectation, Kind
from npcl_voice.meaning.numbers import DIGIT_WORDS
from npcl_voice.speech.local.ears import EarsModel, Vocabulary
from tests.speech.hearing import CALLERS, LINES, turn

SET = Path(__file__).parent / "numbers" / "voice.jsonl"

__all__ = ["judge"]


def plain(count: int = 30, seed: int = 7) -> list[dict[str, object]]:
    """Numbers digit by digit, which must not be heard worse."""
    draw = random.Random(seed)
    rows = []
    for serial in range(count):
        rest = "".join(draw.choice("0123456789") for _ in range(9 if serial % 2 else 5))
        digits = ("2" if serial % 2 else "0000") + rest
        rows.append({"text": " ".join(DIGIT_WORDS[int(d)] for d in digits), "digits": digits, "form": "plain"})
    return rows


def judge(rows: list[dict[str, object]], voice: str, line: str) -> Counter[str]:
    """Right and all, by form."""
    places = tuple(area.name for area in packaged_areas())
    ears = EarsModel(Vocabulary.of(load_phrases("en").hear, places))
    told: Counter[str] = Counter()
    for row in rows:
        listener = ears.listener()
        listener.begin(Expectation(Kind.NUMBER, (len(str(row["digits"])),)))
        data = np.asarray(turn(str(row["text"]), voice, line), np.int16).tobytes()
        for at in range(0, len(data), 3_200):
            listener.feed(data[at : at + 3_200])
        heard = listener.finish()
        form = str(row["form"])
        told[f"{form} all"] += 1
        told[f"{form} right"] += heard.digits == row["digits"]
        told["cpu_ms"] += int(heard.cpu_ms)
        if heard.digits != row["digits"] and "-v" in sys.argv:
            print("  ", voice, line, row["text"], "->", heard.text, heard.digits, heard.confidence)
    return told


def main() -> None:
    """Print the table."""
    rows = [json.loads(text) for text in SET.read_text("utf-8").splitlines()]
    for voice in CALLERS:
        for line in LINES:
            print(voice, line, dict(judge([*rows, *plain()], voice, line)), flush=True)


if __name__ == "__main__":
    main()
