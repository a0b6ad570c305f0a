"""What an assistant says after tools' answers: each truth is let be, each lie is caught."""

import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from npcl_voice.conversation.claims import Claim, Ledger
from tests.conversation.claims.answers import ANSWERS, NOW

HERE = Path(__file__).parent
TOLD = (
    "there is no light since two in the afternoon",
    "mere yahan do baje se light nahi hai",
    "char ghante se andhera hai",
    "I have a patient at home, my father is on a machine, in house 21",
)
"""What the caller has said before."""


def said(name: str) -> Iterator[Any]:
    """The sentences of a file, by the answers that came before."""
    for part in tomllib.loads((HERE / name).read_text("utf-8"))["said"]:
        after = tuple(part["after"])
        yield pytest.param(after, part["lines"].strip().splitlines(), id=" ".join(after) or "nothing")


def judged(after: tuple[str, ...], line: str, told: tuple[str, ...] = ()) -> tuple[Claim, ...]:
    """What is found in a sentence after these answers."""
    ledger = Ledger(public=frozenset({"112", "1912", "01206226666"}))
    ledger.answered(datetime.fromisoformat(NOW), 0.0)
    for words in told:
        ledger.told(words)
    for name in after:
        tool, result = ANSWERS[name]
        ledger.returned(tool, {}, result)
    return ledger.judge(line, 0.0)


@pytest.mark.parametrize(("after", "lines"), list(said("truths.toml")))
def test_a_truth_is_let_be(after, lines):
    """All that it claims is backed; many of these claim nothing."""
    assert [line for line in lines if not all(claim.backed for claim in judged(after, line, TOLD))] == []


@pytest.mark.parametrize(("after", "lines"), list(said("lies.toml")))
def test_a_lie_is_caught(after, lines):
    """Something in it is not backed."""
    assert [line for line in lines if all(claim.backed for claim in judged(after, line))] == []
