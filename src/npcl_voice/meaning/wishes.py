"""From the signs in a sentence to the one thing that the caller wants.

A sentence shows several signs at once ("the status of my complaint, there is still no light"). Which of
them counts is the same in every language, and is said here; what shows a sign is said in `words/`.
"""

from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

__all__ = ["BY_RULE", "INTENTS", "REPAIRED", "TWO_AT_ONCE", "Signs", "is_restored", "left_of", "wish_of"]

INTENTS: Final = frozenset(
    "account_info agent bill_due bye callback close_complaint compensation complaint_status escalation hazard language "
    "no_supply out_of_scope outage_info reopen repeat report_theft vulnerable".split()
)
"""What a caller may want, by the names of the tools that do it."""

BY_RULE, TWO_AT_ONCE, REPAIRED = 0.9, 0.75, 0.65
"""How surely: by a rule, where a rule had to choose, and where a word had to be put right."""


class Signs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sentence may show of the caller's wish, each sign by its patterns (`words/wishes-<language>.toml`)."""

    language: tuple[str, ...] = ()
    """To be spoken to in another language."""
    english: tuple[str, ...] = ()
    hindi: tuple[str, ...] = ()
    """Which language: the one asked for."""
    reopen: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    repeat_surely: tuple[str, ...] = ()
    """To hear it again, whatever else is said; so with each `_surely`."""
    theft: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()
    """It is the caller who is said to steal, or somebody wants to know who has said so."""
    compensation: tuple[str, ...] = ()
    escalation: tuple[str, ...] = ()
    callback: tuple[str, ...] = ()
    agent_surely: tuple[str, ...] = ()
    vulnerable: tuple[str, ...] = ()
    nobody_vulnerable: tuple[str, ...] = ()
    """But nobody is: it is denied."""
    supposed: tuple[str, ...] = ()
    """An outage is spoken of that has not come: what would happen if."""
    bill: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    outage_asked_surely: tuple[str, ...] = ()
    outage_asked: tuple[str, ...] = ()
    """When the supply is back, or whether it is gone: a question, unless an outage is told as well."""
    told: tuple[str, ...] = ()
    """There is no supply: a statement."""
    new_complaint: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    no_supply: tuple[str, ...] = ()
    fault: tuple[str, ...] = ()
    hazard: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    bye: tuple[str, ...] = ()
    repeat: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    """The supply is there again."""
    doubt: tuple[str, ...] = ()
    """But is it?"""
    voltage: tuple[str, ...] = ()
    """There is a supply, but not as it should be."""
    complaint: tuple[str, ...] = ()
    """A complaint is spoken of."""
    known_complaint: tuple[str, ...] = ()
    """A complaint that exists is meant, even where registering is spoken of."""
    other_business: tuple[str, ...] = ()
    """The company's, but nothing that this line does."""
    alien: tuple[str, ...] = ()
    """Nothing of the company's."""
    electric: tuple[str, ...] = ()
    """Electricity is spoken of."""
    ours: tuple[str, ...] = ()
    """Anything of the company's is spoken of."""
    asking: tuple[str, ...] = ()
    """A question, or a request."""


_FIRST: Final = (
    ("language", "language"),
    ("reopen", "reopen"),
    ("repeat_surely", "repeat"),
    ("theft", "report_theft"),
    ("close", "close_complaint"),
    ("compensation", "compensation"),
    ("escalation", "escalation"),
    ("callback", "callback"),
    ("agent_surely", "agent"),
)
"""Signs that count whatever else is said, the first of them that is there, and what each means."""

_LAST: Final = ("hazard", "agent", "bye", "repeat")
"""Signs that count where nothing else is meant, in this order."""


def wish_of(signs: AbstractSet[str]) -> tuple[str | None, float]:
    """The intent that the signs (names of `Signs`) come to, and how surely; None and 0 for none."""
    for sign, intent in _FIRST:
        if sign in signs:
            return intent, BY_RULE
    restored = is_restored(signs)
    outage = bool(signs & {"no_supply", "fault", "told"}) and not restored
    complaint = "complaint" in signs
    if "alien" in signs and not (signs & {"electric", "complaint"}):
        return "out_of_scope", BY_RULE
    if "vulnerable" in signs and (not outage or "supposed" in signs or "electric" not in signs):
        return "vulnerable", BY_RULE
    if (wish := _of_account(signs, outage)) is not None:
        return wish, BY_RULE
    asked = "outage_asked_surely" in signs or ("outage_asked" in signs and "told" not in signs)
    if asked and "electric" in signs and not complaint:
        return "outage_info", BY_RULE
    if _is_status(signs, outage):
        return "complaint_status", TWO_AT_ONCE if outage else BY_RULE
    if asked:
        return "outage_info", BY_RULE
    other = "other_business" in signs
    if (outage and not (other and not signs & {"no_supply", "told"})) or ("new_complaint" in signs and not other):
        return "no_supply", BY_RULE
    return next(((name, BY_RULE) for name in _LAST if name in signs), (None, 0.0))


def left_of(intent: str | None, signs: AbstractSet[str]) -> str | None:
    """What is left of an intent beside signs against it: who is accused reports no theft, and nobody needs nothing."""
    if intent == "report_theft" and "accused" in signs:
        return "out_of_scope"
    return None if intent == "vulnerable" and "nobody_vulnerable" in signs else intent


def is_restored(signs: AbstractSet[str]) -> bool:
    """Whether it is told that the supply is back."""
    return "restored" in signs and "doubt" not in signs


def _of_account(signs: AbstractSet[str], outage: bool) -> str | None:
    """A fact of the account that is asked for; not where an outage or a complaint is what matters."""
    if outage or "complaint" in signs or "outage_asked" in signs:
        return None
    return "bill_due" if "bill" in signs else "account_info" if "account" in signs else None


def _is_status(signs: AbstractSet[str], outage: bool) -> bool:
    """Whether a complaint that exists is asked about."""
    complaint, known = "complaint" in signs, "known_complaint" in signs
    if "status" not in signs or ("other_business" in signs and not complaint):
        return False
    if "new_complaint" in signs and not known:
        return False
    return complaint or known or not outage
