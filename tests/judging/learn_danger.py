"""Counts what stands in sentences that have been read, for the second opinion on danger: `make learn`.

Those are the open half, all that was practised on and what the rules' own tests hold, and as ordinary ones the
sentences that wishes are known by, and what callers say in dialogues in which nothing is dangerous.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

import npcl_voice.meaning
from npcl_voice.domain.complaints import HAZARD_KINDS, HazardKind
from npcl_voice.meaning.heard import hear
from npcl_voice.meaning.leaning import Counted, counted
from npcl_voice.meaning.opinion import ORDINARY, danger_name, features
from npcl_voice.meaning.sayings import sayings

FOLDER = Path(__file__).parent / "hazards"
WISHES = Path(__file__).parent / "intents" / "open.jsonl"
DIALOGUES = Path(__file__).parent / "dialogues"
LEAST_WORDS = 8
"""Of a caller's line: mere answers would make every word of a sentence look rare among what is ordinary."""
COUNTS = Path(npcl_voice.meaning.__file__).parent / "words" / "danger-counts.json"
HANDS = {
    "open": ("hazards_open", "ordinary_open"),
    "a": ("practice",),
    "b": ("practice_b",),
    "c": ("practice_c",),
    "d": ("practice_d",),
    "rules": ("rules",),
    "everyday": ("everyday",),
}
"""The files of sentences by who wrote them."""


@dataclass(frozen=True)
class Example:
    """A sentence that has been read."""

    text: str
    level: str | None
    """`P0|P1` where both are right."""
    kind: HazardKind | None

    @property
    def name(self) -> str:
        """What it is an example of. Where both levels are right, none is shown to be worse than it was told."""
        return danger_name("P0" if self.level == "P0" else "P1", self.kind) if self.kind else ORDINARY


def read(hand: str) -> Iterator[Example]:
    """The sentences of one hand."""
    for name in HANDS[hand]:
        for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            yield Example(row["text"], row["level"], row.get("kind"))


def learnt(hands: Iterable[str]) -> Counted:
    """What the sentences of these hands come to."""
    examples = (*((one.name, one.text) for hand in hands for one in read(hand)), *_wished(), *_talked())
    return counted((name, features(text, hear(text)), 1) for name, text in examples)


def _wished() -> Iterator[tuple[str, str]]:
    for line in WISHES.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["intent"] != "hazard":
            yield ORDINARY, row["text"]
    for said in sayings().values():
        yield from ((ORDINARY, text) for name, texts in said.items() if name != "hazard" for text in texts)


def _talked() -> Iterator[tuple[str, str]]:
    for file in (DIALOGUES / "open.jsonl", *sorted(DIALOGUES.glob("practice*.jsonl"))):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            if not any(one["kind"] in HAZARD_KINDS for one in row["expect"]["complaints"]):
                said = (*row["opening"], *(text for texts in row["answers"].values() for text in texts))
                yield from ((ORDINARY, text) for text in dict.fromkeys(said) if len(text.split()) >= LEAST_WORDS)


def written(counts: Counted) -> str:
    """As the package has it: a line for each feature, in order."""
    sizes = msgspec.json.encode(dict(sorted(counts.sizes.items()))).decode()
    lines = ",\n".join(
        msgspec.json.encode({feature: dict(sorted(by_name.items()))}).decode()[1:-1]
        for feature, by_name in sorted(counts.features.items())
    )
    return f'{{"sizes":{sizes},"features":{{\n{lines}\n}}}}\n'


if __name__ == "__main__":
    COUNTS.write_text(written(learnt(HANDS)), "utf-8")
