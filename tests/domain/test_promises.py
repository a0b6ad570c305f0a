"""What may be promised, and what is only watched."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from npcl_voice.domain.complaints import KINDS
from npcl_voice.domain.promises import (
    PromiseRule,
    due_at,
    packaged_promises,
    promise_at,
    read_promises,
    rule_for,
    spoken_compensation,
)
from npcl_voice.errors import SettingsError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def rule(**given) -> PromiseRule:
    usual = {
        "event": "fuse off",
        "area_class": "urban",
        "source": "gazette",
        "as_of": date(2026, 11, 22),
        "confirmed": True,
        "kind": "no_supply",
        "hours": 4.0,
    }
    return PromiseRule(**(usual | given))


def test_nothing_that_is_packaged_is_promised():
    """No row has been read in the gazette, so no time is ever spoken."""
    assert [one for one in packaged_promises() if one.confirmed] == []
    for kind in KINDS:
        for area_class in ("urban", "rural"):
            assert promise_at(packaged_promises(), kind, NOW, area_class) is None


def test_what_is_packaged_ages_complaints():
    """The placeholder rows set the internal limit, and town and village differ."""
    hours = {
        (kind, area_class): due and (due - NOW) / timedelta(hours=1)
        for kind in KINDS
        for area_class in ("urban", "rural")
        for due in [due_at(packaged_promises(), kind, NOW, area_class)]
    }
    assert {key: value for key, value in hours.items() if value is not None} == {
        ("no_supply", "urban"): 4,
        ("no_supply", "rural"): 8,
        ("wire_down", "urban"): 6,
        ("wire_down", "rural"): 24,
        ("fluctuation", "urban"): 240,
        ("fluctuation", "rural"): 240,
        ("meter_reading", "urban"): 168,
        ("meter_reading", "rural"): 360,
    }


def test_every_packaged_row_says_where_it_was_read():
    """A figure without a source is no figure."""
    assert len(packaged_promises()) == 16
    assert all(one.source and one.event for one in packaged_promises())
    assert packaged_promises() is packaged_promises()


def test_a_confirmed_rule_is_promised():
    """The time runs from registration; towns unless said otherwise."""
    assert promise_at([rule()], "no_supply", NOW) == NOW + timedelta(hours=4)
    assert due_at([rule()], "no_supply", NOW) == NOW + timedelta(hours=4)
    assert promise_at([rule(hours=0.5)], "no_supply", NOW, "urban") == NOW + timedelta(minutes=30)
    assert promise_at([rule()], "no_supply", NOW, "rural") is None


def test_an_unconfirmed_rule_only_ages():
    """It is known inside and not spoken."""
    unsure = [rule(confirmed=False)]
    assert promise_at(unsure, "no_supply", NOW) is None
    assert due_at(unsure, "no_supply", NOW) == NOW + timedelta(hours=4)


def test_no_packaged_compensation_is_spoken():
    """Newspapers and drafts are no gazette: a caller who asks hears no figure."""
    assert sum(one.compensation is not None for one in packaged_promises()) == 12
    assert spoken_compensation(packaged_promises()) == ()


def test_confirmed_compensation_is_spoken():
    """For a kind, an event in the rule's own words, or a class of area; a rule without rupees says nothing."""
    fuse, cable = rule(compensation=50), rule(event="Cable broken", kind=None, area_class="any", compensation=100)
    rural = rule(area_class="rural", compensation=60)
    rules = [fuse, cable, rural, rule(event="meter"), rule(event="line", compensation=70, confirmed=False)]
    assert spoken_compensation(rules) == (fuse, cable, rural)
    assert spoken_compensation(rules, "no_supply") == (fuse, rural)
    assert spoken_compensation(rules, "fire") == ()
    assert spoken_compensation(rules, event="cable broken") == (cable,)
    assert spoken_compensation(rules, event="line") == ()
    assert spoken_compensation(rules, area_class="rural") == (cable, rural)
    assert spoken_compensation(rules, "no_supply", area_class="urban") == (fuse,)


def test_which_rule_counts():
    """Of those that fit, a confirmed one before another, then the first."""
    unsure, sure, later = rule(confirmed=False, hours=1), rule(area_class="any", hours=2), rule(hours=3)
    assert rule_for([unsure, sure, later], "no_supply", "urban") is sure
    assert rule_for([unsure, sure, later], "no_supply", "rural") is sure
    assert rule_for([unsure, later], "no_supply", "rural") is None
    assert rule_for([rule(hours=None), rule(kind=None), rule(kind="fire")], "no_supply", "urban") is None
    assert rule_for([], "other", "urban") is None
    assert due_at([], "other", NOW) is None


def test_a_table_is_read():
    """The rows in their order, fields that are absent being unknown."""
    text = """
    [[promise]]
    event = "defective meter"
    area_class = "any"
    compensation = 50
    source = "a newspaper"
    as_of = 2026-11-20
    confirmed = false
    """
    assert read_promises(text) == (
        PromiseRule(
            event="defective meter",
            area_class="any",
            source="a newspaper",
            as_of=date(2026, 11, 20),
            confirmed=False,
            compensation=50,
        ),
    )


ROW = "[[promise]]\nevent = 'thaw'\narea_class = 'any'\nsource = 'y'\nas_of = 2026-11-22\nconfirmed = true\n"


def test_no_rules_are_rules():
    """A company may promise nothing."""
    assert read_promises("") == ()
    assert len(read_promises(ROW + "hours = 4")) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("promise =", "Invalid value"),
        (ROW + "hours = nan", "hours"),
        (ROW + "hours = inf", "more than 0 and at most 10000"),
        (ROW + "hours = 0", "more than 0"),
        (ROW + 'kind = "rain"', "allowed: no_supply, fluctuation"),
        (ROW + "[[promise]]\n" + ROW.partition("\n")[2], r"2: thaw \(None, any\) stands here twice"),
        ("[[promise]]\nevent = 'x'\narea_class = 3", "expected|Expected"),
        (ROW.replace("event = 'thaw'\n", ""), "missing required field `event`; allowed: a text that is not empty"),
        ("[[promise]]\nevent = 'x'\narea_class = 'hills'\nsource = 'y'\nconfirmed = true", "hills"),
        ("[[promise]]\nevent = 'x'\narea_class = 'any'\nsource = 'y'\nconfirmed = true\nhuors = 4", "huors"),
    ],
)
def test_a_damaged_table_is_refused(text, said):
    """The line names the file and what is wrong in it."""
    with pytest.raises(SettingsError, match=said) as refused:
        read_promises(text)
    assert refused.value.setting == "promises.toml"


def test_rules_are_values():
    """Nobody changes one by accident."""
    with pytest.raises(AttributeError):
        rule().hours = 5
    assert msgspec.structs.replace(rule(), hours=5).hours == 5
