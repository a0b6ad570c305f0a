"""Judge what callers want, and in which language they say it.

python -m tests.judging.judge_intents [--failures]

Counts by half, script and intent; the sentences that failed are shown of the open half only.
"""

import argparse
from collections import Counter
from functools import cache
from pathlib import Path

import msgspec

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.understanding import Understander
from npcl_voice.speech.local.engine import understander_for

__all__ = ["HALVES", "LEAST_INTENTS", "LEAST_LANGUAGES", "LEAST_OF_A_SCRIPT", "SCRIPTS", "Score", "score"]

HALVES = ("open", "sealed")
SCRIPTS = ("en", "hinglish", "hi")
LEAST_INTENTS = 0.92
"""Of both halves together."""
LEAST_OF_A_SCRIPT = 0.85
LEAST_LANGUAGES = 0.97

SETS = Path(__file__).resolve().parent / "intents"


class Sentence(msgspec.Struct, frozen=True):
    """A line of a set."""

    text: str
    intent: str
    language: str
    script: str


class Score(msgspec.Struct):
    """What came of one half."""

    asked: Counter[str]
    """Sentences by script and by intent."""
    right: Counter[str]
    """Of them those whose intent was found."""
    languages: int = 0
    """Sentences whose language was found."""
    failures: list[tuple[Sentence, str | None, str | None]] = []
    """The others, with the intent and the language that were found."""

    @property
    def total(self) -> int:
        """All sentences."""
        return sum(self.asked[script] for script in SCRIPTS)

    @property
    def intents(self) -> int:
        """All sentences whose intent was found."""
        return sum(self.right[script] for script in SCRIPTS)


@cache
def understander() -> Understander:
    """The product's understanding."""
    return understander_for(load_phrases("en"), packaged_areas(), load_phrases("hi"))


def score(half: str) -> Score:
    """The understanding's answers to one half, counted."""
    result = Score(Counter(), Counter(), failures=[])
    for line in (SETS / f"{half}.jsonl").read_text("utf-8").splitlines():
        sentence = msgspec.json.decode(line, type=Sentence)
        got = understander().understand(sentence.text)
        for name in (sentence.script, sentence.intent):
            result.asked[name] += 1
            result.right[name] += got.intent == sentence.intent
        result.languages += got.language == sentence.language
        if (got.intent, got.language) != (sentence.intent, sentence.language):
            result.failures.append((sentence, got.intent, got.language))
    return result


def show(half: str, *, failures: bool) -> None:
    """Print the counts of a half, and what failed of the open one."""
    result = score(half)
    print(f"{half}: intents {result.intents} of {result.total}, languages {result.languages} of {result.total}")
    for name in (*SCRIPTS, *sorted(set(result.asked) - set(SCRIPTS))):
        print(f"  {name}: {result.right[name]} of {result.asked[name]}")
    if failures and half == "open":
        for sentence, intent, language in result.failures:
            print(f"  {sentence.intent} ({sentence.language}) was {intent} ({language}): {sentence.text}")


def main() -> None:
    """Print every half."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--failures", action="store_true", help="show what failed of the open half")
    reader.add_argument("--half", choices=HALVES, help="count only this half")
    wanted = reader.parse_args()
    for half in HALVES if wanted.half is None else (wanted.half,):
        show(half, failures=wanted.failures)


if __name__ == "__main__":
    main()
