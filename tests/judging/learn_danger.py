"""Counts what stands in sentences that have been read, for the second opinion on danger: `make learn`.

Those are the open half and all that was practised on, and as ordinary ones the sentences that wishes are known by.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

import npcl_voice.meaning
from npcl_voice.meaning.heard import hear
from npcl_voice.meaning.leaning import Counted, counted
from npcl_voice.meaning.opinion import ORDINARY, danger_name, features
from npcl_voice.meaning.sayings import sayings

FOLDER = Path(__file__).parent / "hazards"
COUNTS = Path(npcl_voice.meaning.__file__).parent / "words" / "danger-counts.json"
HANDS = {
    "open": ("hazards_open", "ordinary_open"),
    "a": ("practice",),
    "b": ("practice_b",),
    "c": ("practice_c",),
}
"""The files of sentences by who wrote them."""


def rows_of(names: Iterable[str]) -> list[Mapping[str, Any]]:
    """The rows of these files."""
    return [json.loads(line) for name in names for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


def learnt(hands: Iterable[str]) -> Counted:
    """What the sentences of these hands come to."""
    return counted(
        (name, sorted(features(text, hear(text))), 1) for name, text in (*_read(hands), *_wished())
    )


def _read(hands: Iterable[str]) -> Iterator[tuple[str, str]]:
    for hand in hands:
        for row in rows_of(HANDS[hand]):
            level = row["level"] and ("P0" if "P0" in row["level"] else "P1")
            yield (danger_name(level, row["kind"]) if level else ORDINARY), row["text"]


def _wished() -> Iterator[tuple[str, str]]:
    for said in sayings().values():
        yield from ((ORDINARY, text) for name, texts in said.items() if name != "hazard" for text in texts)


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
