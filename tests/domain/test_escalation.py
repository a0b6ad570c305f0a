"""Where a caller is sent next: only where somebody has confirmed that the door is there."""

from datetime import date

import pytest

from npcl_voice.domain.company import packaged_company, read_company
from npcl_voice.domain.escalation import EscalationStep, read_escalation, spoken_steps
from npcl_voice.errors import SettingsError

PACKAGED = packaged_company().escalation

ROW = """\
[[step]]
ladder = "complaint"
name = "ombudsman"
title = "the ombudsman"
confirmed = true
source = "an Act"
as_of = 2026-11-22
"""


def step(name: str, **given) -> EscalationStep:
    usual = {"ladder": "complaint", "title": "a door", "confirmed": True, "source": "x", "as_of": date(2026, 11, 22)}
    return EscalationStep(name=name, **(usual | given))


def names(steps) -> list[str]:
    return [one.name for one in steps]


def test_the_packaged_ladder_is_told() -> None:
    """In its order; the supervisor's office and the last step are known to nobody by name."""
    assert names(spoken_steps(PACKAGED)) == ["call_centre", "grievance_forum", "ombudsman"]
    unsure = [one.name for one in PACKAGED if not one.confirmed]
    assert unsure == ["supervisor", "commission", "complain_first", "claim_when_late"]
    assert all(one.basis for one in PACKAGED if one.name in {"grievance_forum", "ombudsman", "commission"})
    assert all(one.note for one in PACKAGED if not one.confirmed)


def test_theft_is_not_heard_by_the_forum() -> None:
    """A caller with such a matter is not sent there."""
    assert names(spoken_steps(PACKAGED, "complaint", "theft")) == ["call_centre"]
    assert names(spoken_steps(PACKAGED, "complaint", "no_supply")) == ["call_centre", "grievance_forum", "ombudsman"]


def test_how_compensation_is_asked_for() -> None:
    """Known from one page on other companies, so not told; an operator who confirms it has it told."""
    assert names(one for one in PACKAGED if one.ladder == "compensation") == ["complain_first", "claim_when_late"]
    assert spoken_steps(PACKAGED, "compensation") == ()
    sure = [step("complain_first", ladder="compensation"), step("claim_when_late", ladder="compensation")]
    assert names(spoken_steps(sure, "compensation")) == ["complain_first", "claim_when_late"]
    assert spoken_steps(sure) == ()


def test_an_unconfirmed_step_is_left_out() -> None:
    """Whatever stands around it."""
    steps = [step("supervisor", confirmed=False), step("ombudsman"), step("call_centre", excludes=("fire",))]
    assert names(spoken_steps(steps)) == ["ombudsman", "call_centre"]
    assert names(spoken_steps(steps, kind="fire")) == ["ombudsman"]
    assert spoken_steps([]) == ()


def test_steps_are_read() -> None:
    """In the order of the file; one step stands once on a ladder."""
    assert read_escalation("") == ()
    assert read_escalation(ROW) == (step("ombudsman", title="the ombudsman", source="an Act"),)
    assert names(read_company({"escalation.toml": ROW}).escalation) == ["ombudsman"]
    other = ROW.replace('"complaint"', '"compensation"')
    assert len(read_escalation(ROW + other)) == 2
    with pytest.raises(SettingsError, match=r"2: ombudsman \(complaint\) stands here twice"):
        read_escalation(ROW + ROW)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROW.replace('"ombudsman"', '"mayor"'), "allowed: call_centre, supervisor, grievance_forum"),
        (ROW.replace('"complaint"', '"rope"'), "allowed: complaint, compensation"),
        (ROW.replace("confirmed = true\n", ""), "required field `confirmed`; allowed: true or false"),
        (ROW + "excludes = ['rain']\n", "rain"),
        (ROW + "fee = 100\n", "unknown field `fee`; allowed: "),
    ],
)
def test_a_damaged_ladder_is_refused(text: str, said: str) -> None:
    """The line names the file, the step and what is allowed."""
    with pytest.raises(SettingsError, match=said) as refused:
        read_escalation(text)
    assert refused.value.setting == "escalation.toml"
