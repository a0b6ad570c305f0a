"""Thresholds: a closed list of figures, of which none is a promise until it is confirmed."""

from datetime import date
from typing import get_args

import pytest

from npcl_voice.domain.company import packaged_company, read_company
from npcl_voice.domain.thresholds import MEANINGS, Threshold, ThresholdName, read_thresholds
from npcl_voice.errors import SettingsError

ROW = '[[threshold]]\nname = "reopen_within_h"\nvalue = 48\nconfirmed = true\nsource = "x"\nas_of = 2026-11-22\n'


def test_figures_are_read() -> None:
    """The unit is the end of the name, and each name has its meaning."""
    assert read_thresholds(ROW) == (Threshold("reopen_within_h", 48, True, source="x", as_of=date(2026, 11, 22)),)
    assert read_thresholds(ROW + 'note = "why"')[0].note == "why"
    assert read_thresholds("") == ()
    assert set(MEANINGS) == set(get_args(ThresholdName))


def test_what_is_packaged_promises_nothing() -> None:
    """What no source gives is absent, and no figure is the company's own yet."""
    company = packaged_company()
    assert {one.name: one.value for one in company.thresholds} == {
        "callback_within_min": 30,
        "compensation_ceiling_percent": 30,
        "compensation_paid_within_d": 60,
        "first_estimate_min": 15,
        "outage_window_min": 60,
        "outage_premises": 3,
        "reopen_within_h": 72,
    }
    assert company.threshold("emergency_ageing_min") is None
    assert [company.promised(name) for name in MEANINGS] == [None] * len(MEANINGS)


def test_a_confirmed_figure_may_be_spoken() -> None:
    """Known is not enough."""
    company = read_company({"thresholds.toml": ROW})
    assert company.promised("reopen_within_h") == 48
    assert company.promised("callback_within_min") is None
    unsure = read_company({"thresholds.toml": ROW.replace("true", "false")})
    assert unsure.promised("reopen_within_h") is None
    found = unsure.threshold("reopen_within_h")
    assert found is not None
    assert found.value == 48


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            "reopen_within_h",
            "reopen_within_d",
            "allowed: callback_within_min, compensation_ceiling_percent, compensation_paid_within_d",
        ),
        ("48", "0", "allowed: a whole number from 1 to 10000"),
        ("48", "10001", "allowed: a whole number from 1 to 10000"),
        ("48", "1.5", "allowed: a whole number from 1 to 10000"),
        ("48", "9" * 30, "allowed: a whole number from 1 to 10000"),
        ("48", "9" * 9000, "it is no TOML"),
    ],
)
def test_damaged_figures(before: str, after: str, message: str) -> None:
    """The line says what is allowed."""
    with pytest.raises(SettingsError, match=message) as refused:
        read_thresholds(ROW.replace(before, after))
    assert refused.value.setting == "thresholds.toml"
