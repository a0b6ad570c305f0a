"""Whole dialogues over and over: other numbers, other voices, other lines, the same log."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from npcl_voice.rehearsal.effects import Conditions
from npcl_voice.rehearsal.script import load_scenario
from tests.e2e.rehearse import rehearse
from tests.soak.report import record
from tests.speech.hearing import CALLERS

pytestmark = pytest.mark.soak

CONSUMERS = (
    "2990417365",
    "2990528146",
    "2990630271",
    "2990741852",
    "2990859637",
    "2990963514",
    "2990172408",
    "2990286093",
)
COMPLAINTS = ("000054321", "000054322", "000054323")
LINES = {
    "clean": Conditions(),
    "mu-law": Conditions(line="mu-law"),
    "A-law": Conditions(line="A-law"),
    "noise": Conditions(line="mu-law", snr_db=20.0),
}
CALLS = 3
"""Calls for each voice, line and story."""


@pytest.mark.parametrize("line", sorted(LINES))
@pytest.mark.parametrize("story", ["outage", "status"])
def test_whole_dialogues(story: str, line: str, tmp_path: Path) -> None:
    """Dialogues that end right; a wrong number is never acted upon."""
    scenario = load_scenario(story)
    right, wrong_numbers, failures = 0, 0, []
    first_hearing = 0
    for at, voice in enumerate(voice for voice in CALLERS for _ in range(CALLS)):
        fact = "consumer_number" if story == "outage" else "complaint_number"
        value = CONSUMERS[at % len(CONSUMERS)] if story == "outage" else COMPLAINTS[at % len(COMPLAINTS)]
        played = msgspec.structs.replace(scenario, facts={**scenario.facts, fact: value})
        conditions = msgspec.structs.replace(LINES[line], seed=at + 1)
        call = rehearse(tmp_path / f"{at}", played, voice=voice, conditions=conditions)
        used = [tool.arguments[fact] for tool in call.tools() if fact in tool.arguments]
        wrong_numbers += sum(number != value for number in used)
        good = call.end.outcome == ("complaint_registered" if story == "outage" else "resolved") and value in used
        right += good
        first_hearing += call.words("caller")[1:2] == [value]
        if not good:
            failures.append({"voice": voice, "outcome": call.end.outcome, "caller heard": call.words("caller")})
    total = len(CALLERS) * CALLS
    figures: dict[str, Any] = {
        "ended right %": round(100 * right / total, 1),
        "number whole at first hearing %": round(100 * first_hearing / total, 1),
        "wrong numbers acted upon": wrong_numbers,
        "failures": failures,
    }
    record(f"dialogues-{story}-{line}", figures)
    assert wrong_numbers == 0


@pytest.mark.parametrize("story", ["outage", "status", "hazard"])
def test_ten_times_the_same_log(story: str, tmp_path: Path) -> None:
    """The same call comes out the same to the byte, ten times."""
    logs = {rehearse(tmp_path / f"{at}", story).log.read_bytes() for at in range(10)}
    record(f"same-log-{story}", {"different logs of 10 calls": len(logs)})
    assert len(logs) == 1
