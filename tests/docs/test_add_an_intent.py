"""The how-to of a new intent is true: its steps fit the checkout, and what they make passes its own tests."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "how-to" / "add-an-intent.md"

STEP = re.compile(
    r"(?:New file\s`(?P<new>[^`\n]+)`"
    r"|\bIn\s`(?P<path>[^`\n]+)`,\s(?P<side>after|before|in\splace\sof)\s`(?P<anchor>[^`\n]+)`)"
    r":\n\n```\w+\n(?P<block>.*?)^```",
    re.DOTALL | re.MULTILINE,
)
TESTED_BY = (
    "tests/intents/test_office.py",
    "tests/intents/test_request.py",
    "tests/conversation/test_wishes_office.py",
    "tests/conversation/claims/test_own_phrases.py",
    "tests/meaning/test_understanding.py",
    "tests/meaning/test_understanding_hindi.py",
)
"""What the page writes, and what it changes."""


def steps() -> Iterator[re.Match[str]]:
    """Each step of the page that changes a file."""
    return STEP.finditer(PAGE.read_text("utf-8"))


def follow(step: re.Match[str], root: Path) -> None:
    """Do what a step says."""
    if step["new"]:
        assert not (root / step["new"]).exists(), f"{step['new']} is there already"
        (root / step["new"]).write_text(step["block"], "utf-8")
        return
    lines = (root / step["path"]).read_text("utf-8").splitlines(keepends=True)
    places = [at for at, line in enumerate(lines) if line.rstrip("\n") == step["anchor"]]
    assert len(places) == 1, f"{step['path']} has {len(places)} lines {step['anchor']!r}"
    at = places[0] + (step["side"] == "after")
    rest = at + (step["side"] not in {"after", "before"})
    (root / step["path"]).write_text("".join([*lines[:at], step["block"], *lines[rest:]]), "utf-8")


def copied(folder: Path) -> Path:
    """A copy of the program and its tests, without what no step needs."""
    left_out = shutil.ignore_patterns("__pycache__", "*.wav", "sealed*")
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_step_is_one_of_those_that_are_followed() -> None:
    """No block of the page that changes a file is passed over."""
    text = PAGE.read_text("utf-8")
    assert len(list(steps())) == len(re.findall(r"^```(?:python|toml|text)$", text, re.MULTILINE)) > 0


@pytest.mark.slow
def test_the_page_leads_to_an_intent_that_works(tmp_path) -> None:
    """Followed step by step in a copy, whose tests then pass."""
    root = copied(tmp_path)
    for step in steps():
        follow(step, root)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTED_BY],
        cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (root / "src", root)))},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout
