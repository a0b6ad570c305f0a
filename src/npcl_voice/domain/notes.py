"""What operators write in their own words, which leaves this house with none of a customer's numbers in it."""

import re

from npcl_voice.errors import RuleError

__all__ = ["MAX_NOTE", "clean_note"]

MAX_NOTE = 200
"""Characters of a note, a reason, a team's name or a source."""

LONG_NUMBER_DIGITS = 10
"""As many as a telephone's or a consumer's number has; a complaint's, which may be named, has nine."""

GROUPED = re.compile(r"\d{3,}(?:[ -]\d{3,})*")
"""Digits as people write long numbers; the pairs of a date and a time are no such groups."""


def clean_note(what: str, text: str) -> str:
    """`text` in one line, as it may be kept; `what` names it in a refusal.

    Raises RuleError: `empty` where nothing is said, `too_long` above `MAX_NOTE` characters,
    `personal` where a telephone or consumer number stands in it.
    """
    line = " ".join(text.split())
    if not line:
        raise RuleError("empty", f"the {what} is empty; write a few words")
    if len(line) > MAX_NOTE:
        raise RuleError("too_long", f"the {what} has {len(line)} characters; write at most {MAX_NOTE}")
    if any(sum(map(str.isdigit, found)) >= LONG_NUMBER_DIGITS for found in GROUPED.findall(line)):
        message = f"the {what} holds a telephone or consumer number; leave it out, it is on record with the complaint"
        raise RuleError("personal", message)
    return line
