"""From signs to a wish: which counts where a sentence shows several."""

import pytest

from npcl_voice.meaning.wishes import INTENTS, is_restored, left_of, wish_of


@pytest.mark.parametrize(
    ("signs", "intent", "surety"),
    [
        ("", None, 0.0),
        ("language repeat_surely", "language", 0.9),
        ("reopen repeat_surely status", "reopen", 0.9),
        ("repeat_surely agent_surely", "repeat", 0.9),
        ("theft no_supply", "report_theft", 0.9),
        ("close complaint status", "close_complaint", 0.9),
        ("compensation no_supply told", "compensation", 0.9),
        ("escalation agent_surely", "escalation", 0.9),
        ("callback agent_surely", "callback", 0.9),
        ("agent_surely status", "agent", 0.9),
        ("alien asking", "out_of_scope", 0.9),
        ("alien no_supply electric", "no_supply", 0.9),
        ("alien status complaint", "complaint_status", 0.9),
        ("vulnerable", "vulnerable", 0.9),
        ("vulnerable no_supply told electric", "no_supply", 0.9),
        ("vulnerable no_supply told electric supposed", "vulnerable", 0.9),
        ("vulnerable no_supply", "vulnerable", 0.9),
        ("vulnerable no_supply electric restored", "vulnerable", 0.9),
        ("bill other_business", "bill_due", 0.9),
        ("account other_business", "account_info", 0.9),
        ("account bill", "bill_due", 0.9),
        ("bill told no_supply", "no_supply", 0.9),
        ("bill complaint status", "complaint_status", 0.9),
        ("outage_asked", "outage_info", 0.9),
        ("outage_asked electric status", "outage_info", 0.9),
        ("outage_asked status", "complaint_status", 0.9),
        ("outage_asked told no_supply", "no_supply", 0.9),
        ("outage_asked_surely told no_supply electric", "outage_info", 0.9),
        ("outage_asked electric status complaint", "complaint_status", 0.9),
        ("status", "complaint_status", 0.9),
        ("status no_supply", "no_supply", 0.9),
        ("status no_supply complaint", "complaint_status", 0.75),
        ("status no_supply known_complaint", "complaint_status", 0.75),
        ("status new_complaint", "no_supply", 0.9),
        ("status new_complaint known_complaint", "complaint_status", 0.9),
        ("status other_business", None, 0.0),
        ("new_complaint", "no_supply", 0.9),
        ("new_complaint other_business", None, 0.0),
        ("fault", "no_supply", 0.9),
        ("fault other_business", None, 0.0),
        ("no_supply other_business", "no_supply", 0.9),
        ("no_supply restored", None, 0.0),
        ("no_supply restored doubt", "no_supply", 0.9),
        ("hazard agent bye repeat", "hazard", 0.9),
        ("agent bye", "agent", 0.9),
        ("bye repeat", "bye", 0.9),
        ("repeat", "repeat", 0.9),
    ],
)
def test_signs_come_to_a_wish(signs: str, intent: str | None, surety: float) -> None:
    """Some count whatever else is said, some only where nothing else is meant."""
    assert wish_of(frozenset(signs.split())) == (intent, surety)
    assert intent is None or intent in INTENTS


def test_who_is_accused_reports_nothing() -> None:
    """Nothing else changes by it."""
    assert left_of("report_theft", {"theft", "accused"}) == "out_of_scope"
    assert left_of("report_theft", {"theft"}) == "report_theft"
    assert left_of("callback", {"theft", "accused", "nobody_vulnerable"}) == "callback"
    assert left_of("vulnerable", {"nobody_vulnerable"}) is None


def test_the_supply_is_back_unless_there_is_a_doubt() -> None:
    """The light has come, but."""
    assert is_restored({"restored"})
    assert not is_restored({"restored", "doubt"})
    assert not is_restored(set())
