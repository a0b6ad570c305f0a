"""Danger by voice: sixty sentences, three voices, clean and on the telephone.

`python -m tests.judging.spoken_hazards [VOICE LINE]…` prints for each voice and line how many were taken
for danger, and how many of the assistant's words were heard before the words of safety.
"""

import json
import sys
import tempfile
from pathlib import Path

from npcl_voice.conversation.phrases import load_phrases
from tests.judging.spoken import LINES, VOICES, Call, speak

SET = Path(__file__).parent / "hazards" / "voice.jsonl"

__all__ = ["sentences", "words_before_safety"]


def sentences() -> list[str]:
    """The set."""
    return [json.loads(line)["text"] for line in SET.read_text("utf-8").splitlines()]


def words_before_safety(call: Call) -> int | None:
    """How many words of the assistant's came first; None where no words of safety came at all."""
    say = load_phrases("en").say
    places = [call.answer.find(words) for key, words in say.items() if key.startswith("safety_")]
    first = min((place for place in places if place >= 0), default=None)
    return None if first is None else len(call.answer[:first].split())


def main(chosen: list[str]) -> None:
    """Print the table."""
    pairs = list(zip(chosen[::2], chosen[1::2], strict=True)) or [(v, line) for v in VOICES for line in LINES]
    for voice, line in pairs:
        with tempfile.TemporaryDirectory() as folder:
            calls = speak(Path(folder), sentences(), voice, line)
        before = [words_before_safety(call) for call in calls]
        told = [count for count in before if count is not None]
        waits = [call.began_at - call.spoke_at for call in calls if call.began_at and call.spoke_at]
        print(
            f"{voice} {line}: danger {len(told)} of {len(calls)}, words before safety {sum(told)}, "
            f"first sound p50 {sorted(waits)[len(waits) // 2] * 1000:.0f} ms",
            flush=True,
        )
        for call, count in zip(calls, before, strict=True):
            if count != 0:
                print(f"  {call.said!r} heard as {call.heard!r}: {call.answer[:60]!r}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
