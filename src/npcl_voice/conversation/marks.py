"""How what a caller put in stands in the items that an engine gets, and how it is read back.

An item of a user's is text for every engine. Two marks tell the embedded one where the text came
from: keys count as confirmed, and so does what was typed; numbers that were spoken are read back.
"""

from typing import assert_never

from npcl_voice.conversation.dialogue import Keyed, Spoken, Typed

__all__ = ["KEYPAD_MARK", "SPOKEN_MARK", "marked", "unmarked"]

KEYPAD_MARK = "[keypad] "
"""Stands before digits that were keyed."""
SPOKEN_MARK = "[spoken] "
"""Stands before words that an earlier engine recognised and that nobody has answered yet."""


def marked(put: Spoken | Typed | Keyed) -> str:
    """The text of the item for what a caller said, typed or keyed."""
    match put:
        case Spoken():
            return SPOKEN_MARK + put.text
        case Keyed():
            return KEYPAD_MARK + put.digits
        case Typed():
            return put.text
        case _:
            assert_never(put)


def unmarked(text: str) -> Spoken | Typed | Keyed:
    """What a caller put in, from the text of the item."""
    if text.startswith(KEYPAD_MARK):
        return Keyed(text.removeprefix(KEYPAD_MARK))
    if text.startswith(SPOKEN_MARK):
        return Spoken(text.removeprefix(SPOKEN_MARK))
    return Typed(text)
