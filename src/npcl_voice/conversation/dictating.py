"""A number that comes in pieces: what has come so far stands in two slots, so that another engine can go on."""

from typing import Final

from npcl_voice.conversation.context import Context, Slot, Source
from npcl_voice.conversation.questions import QUESTIONS
from npcl_voice.meaning.dictation import Dictation, put_right

__all__ = ["HALF", "PIECES", "dictation", "kept", "put_right_by", "source_of"]

PIECES: Final = ("so_far", "so_far_before")
"""The digits that have come, and those of them that had come before the last piece."""
HALF: Final = 3
"""Digits from which a number that is too short counts as half of one."""
_KINDS: Final = {"close_code": "otp"}
"""What kind of number answers a question that is not named after it."""


def dictation(context: Context, question: str) -> Dictation:
    """What has come so far of the number that `question` asks for."""
    lengths = QUESTIONS[question].expects.lengths
    there = context.slots.get("so_far")
    kind = _KINDS.get(question, question)
    if there is None:
        return Dictation(kind, lengths)
    source = there.source if there.source in {"keyed", "typed"} else "spoken"
    return Dictation(kind, lengths, there.value, source, context.value("so_far_before") or "")


def kept(context: Context, so_far: Dictation) -> Context:
    """The context with what has come so far."""
    context = context.without(*PIECES).with_slot("so_far", so_far.digits, source_of(so_far))
    if so_far.before:
        context = context.with_slot("so_far_before", so_far.before, source_of(so_far))
    return context


def source_of(number: Dictation) -> Source:
    """Where it came from; what was half spoken has to be read back like what was spoken."""
    return "spoken" if number.source == "mixed" else number.source


def put_right_by(context: Context, question: str, text: str) -> str:
    """The number that `question` asked for, where `text` tells what is wrong with the one that was read back."""
    there = context.slots.get(question, Slot("", "spoken")).value
    if not there.isdigit():  # the line's own connection, or a house with a letter
        return ""
    number = put_right(there, text, question, QUESTIONS[question].expects.lengths)
    return "" if number == there else number
