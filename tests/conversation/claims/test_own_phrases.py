"""Our own phrases go through the same ledger: none claims what nothing backs."""

from datetime import datetime
from typing import Any

import pytest

from npcl_voice.conversation.claims import Ledger
from npcl_voice.conversation.context import Line
from npcl_voice.conversation.phrases import Phrases, languages, load_book, load_phrases
from npcl_voice.domain.company import packaged_company
from tests.conversation.claims.answers import ANSWERS, NOW

VALUES = {
    "en": {
        "area": "Gamma 1",
        "cause": "a cable fault",
        "place": "Sector 62",
        "house": "twenty one",
        "name": "Asha Rao",
        "digits": "two nine nine",
        "consumer_number": "two nine nine zero, four one seven, three six five",
        "complaint_number": "zero zero zero, zero five four, three two four",
        "phone": "six nine nine nine zero, four one seven three six",
        "time": "half past nine tonight",
        "given": "five thirty five pm",
        "window": "within thirty minutes",
        "minutes": "thirty",
        "amount": "one thousand two hundred thirty four rupees and fifty paise",
        "date": "tenth December",
        "load": "five",
        "meter": "four eight two one",
        "event": "transformer failed",
        "hours": "eight",
    },
    "hi": {
        "area": "गामा वन",
        "cause": "केबल की ख़राबी",
        "place": "सेक्टर बासठ",
        "house": "इक्कीस",
        "name": "आशा राव",
        "digits": "दो नौ नौ",
        "consumer_number": "दो नौ नौ शून्य, चार एक सात, तीन छह पाँच",
        "complaint_number": "शून्य शून्य शून्य, शून्य पाँच चार, तीन दो चार",
        "phone": "छह नौ नौ नौ शून्य, चार एक सात तीन छह",
        "time": "रात साढ़े नौ बजे",
        "given": "शाम पाँच बजकर पैंतीस मिनट",
        "window": "तीस मिनट के अंदर",
        "minutes": "तीस",
        "amount": "बारह सौ चौंतीस रुपये पचास पैसे",
        "date": "दस दिसंबर",
        "load": "पाँच",
        "meter": "चार आठ दो एक",
        "event": "ट्रांसफार्मर खराब हुआ",
        "hours": "आठ",
    },
}
"""What the gaps are filled with: what the answers below hold, read aloud."""
NUMBER = "000054324"


def refused(tool: str, reason: str) -> tuple[str, dict[str, Any]]:
    """A tool has not done what it was asked for."""
    return tool, {"ok": False, "reason": reason}


def done(tool: str, **result: Any) -> tuple[str, dict[str, Any]]:
    """A tool has done it."""
    return tool, {"ok": True, "complaint_number": NUMBER, **result}


OUTAGE = {**ANSWERS["outage"][1]["outage"]}
AFTER: dict[str, tuple[str, dict[str, Any]]] = {
    "registered": ANSWERS["registered"],
    "registered_already": ANSWERS["registered_again"],
    "promised_by": done("no_supply", status="registered", promise_at="2026-11-30T21:30:00+05:30"),
    "no_outage": ANSWERS["no_outage"],
    "outage": ANSWERS["outage"],
    "outage_expected_planned": done("outage_info", outage={**OUTAGE, "cause": "planned maintenance"}),
    "expected": ANSWERS["outage"],
    "bill": ANSWERS["bill"],
    "bill_nothing": ANSWERS["bill_nothing"],
    "account": done(
        "account_info", **{**ANSWERS["account"][1], "last_payment": {"amount": "1234.50", "on": "2026-12-10"}}
    ),
    "account_commercial": done("account_info", **{**ANSWERS["account"][1], "category": "commercial"}),
    "callback": ANSWERS["callback"],
    "callback_soon": ANSWERS["callback_soon"],
    "callback_morning": done("callback", window="in the morning"),
    "callback_afternoon": done("callback", window="in the afternoon"),
    "callback_evening": done("callback", window="in the evening"),
    "people": done("agent", wait_min=30),
    "compensation": done(
        "compensation", rules=[{"event": "transformer failed", "per_day_inr": 1234.5, "after_hours": 8}]
    ),
    "escalation": ANSWERS["escalation"],
    "language": ANSWERS["language"],
    "need": done("vulnerable", flagged=True),
    "theft": done("report_theft"),
    "hazard": done("hazard", level="P0", place="Sector 62"),
    "reopened": done("reopen", status="reopened"),
    "reopen_already_open": refused("reopen", "already_open"),
    "reopen_cancelled": refused("reopen", "cancelled"),
    "reopen_too_late": refused("reopen", "too_late"),
    "reopen_another_open": refused("reopen", "another_open"),
    "closed": done("close_complaint", status="resolved"),
    "closed_already": refused("close_complaint", "already_closed"),
    "wrong_code": refused("close_complaint", "wrong_code"),
    "too_many_codes": refused("close_complaint", "too_many_codes"),
    **{
        f"status_{status}": done("complaint_status", status=status, area="Gamma 1", expected_at=None)
        for status in ("registered", "assigned", "in_progress", "resolved", "reopened", "cancelled")
    },
}
"""The answer after which a phrase is said, by the beginning of its name; the longest that fits."""
TOLD = ("2990417365", "6999041736", NUMBER, "two nine nine", "house 21", "my name is asha rao")
"""What the caller has keyed and said before."""


def without_answers(language: str) -> Ledger:
    """The ledger of a call in which no tool has answered."""
    found = Ledger(public=packaged_company().public_numbers() | load_book(language).helplines())
    found.answered(datetime.fromisoformat(NOW), 0.0)
    return found


def ledger_before(language: str, phrase: str) -> Ledger:
    """The ledger of a call in which that phrase is said now."""
    found = without_answers(language)
    for words in TOLD:
        found.told(words)
    fitting = [name for name in AFTER if phrase.startswith(name)]
    if fitting:
        tool, result = AFTER[max(fitting, key=len)]
        found.returned(tool, {"complaint_number": NUMBER}, result)
    return found


def rendered(phrases: Phrases, language: str, phrase: str) -> str:
    """A phrase with its gaps filled."""
    return phrases.render(Line(phrase, dict(VALUES[language].items())))


@pytest.mark.parametrize("language", languages())
def test_no_phrase_of_ours_is_flagged(language):
    """Filled from the answer that it tells of."""
    phrases = load_phrases(language)
    said = {phrase: rendered(phrases, language, phrase) for phrase in phrases.say}
    wrong = {
        phrase: [claim for claim in ledger_before(language, phrase).judge(text, 0.0) if not claim.backed]
        for phrase, text in said.items()
    }
    assert {phrase: claims for phrase, claims in wrong.items() if claims} == {}


@pytest.mark.parametrize("language", languages())
def test_no_cause_is_flagged_that_a_tool_has_named(language):
    """Every one that has words of its own; it is the cause of that outage alone."""
    phrases = load_phrases(language)
    for cause in load_phrases("en").terms:
        found = without_answers(language)
        found.returned("outage_info", {}, done("outage_info", outage={**OUTAGE, "cause": cause})[1])
        said = phrases.render(Line("outage_cause", {"cause": cause}))
        assert [claim for claim in found.judge(said, 0.0) if not claim.backed] == [], cause


@pytest.mark.parametrize("language", languages())
def test_words_that_need_no_answer(language):
    """Safety words, the greeting, bridges and corrections are never flagged; they may name our helpline."""
    phrases = load_phrases(language)
    names = [
        name
        for name in phrases.say
        if name.startswith(("safety", "greeting", "bridge", "claim_", "farewell", "idle", "limit", "trouble"))
    ]
    assert len(names) > len(("safety", "greeting", "bridge", "claim"))
    for name in names:
        claims = without_answers(language).judge(rendered(phrases, language, name), 0.0)
        assert [claim for claim in claims if claim.kind != "number" or not claim.backed] == [], name
