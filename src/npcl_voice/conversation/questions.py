"""The questions that the assistant can ask, and what answer each one wants.

One table: how a question is worded at first, again, and for the keypad; what kind of answer it
expects; which slot it fills; and which yes-or-no question reads the answer back.
"""

from typing import Literal

import msgspec

from npcl_voice.conversation.context import Context
from npcl_voice.meaning.expectation import ANYTHING, YES_OR_NO, Expectation, Kind

__all__ = [
    "NUMBER_LENGTHS",
    "QUESTIONS",
    "Question",
    "ReadsAs",
    "expectation_of",
    "is_answered",
    "read_back_of",
    "values_of",
]


ReadsAs = Literal["place", "name", "words", "window"]
"""A place by name; a person's name; whatever was said, as it was said; or a time of day."""


class Question(msgspec.Struct, frozen=True):
    """One question."""

    phrase: str
    """The phrase that asks it."""
    again: str
    """The phrase that asks it after a failed attempt."""
    expects: Expectation
    slot: str | None = None
    """The slot that the answer fills."""
    keypad: str | None = None
    """The phrase that asks for it on the keypad, after two failed attempts."""
    confirm: str | None = None
    """The question that reads a spoken answer back; None when it is taken as it is."""
    reads: tuple[str, ...] = ()
    """The slots that it reads back: they are known when it is asked."""
    reads_as: ReadsAs = "place"
    """How words that answer it are taken, where neither a number nor a yes is expected."""


def _number(*lengths: int) -> Expectation:
    return Expectation(Kind.NUMBER, lengths)


QUESTIONS: dict[str, Question] = {
    "help": Question("ask_help", "hint", ANYTHING),
    "menu": Question("menu", "menu", ANYTHING),
    "anything_else": Question("ask_anything_else", "ask_anything_else_again", ANYTHING),
    "consumer_number": Question(
        "ask_consumer_number",
        "ask_consumer_number_again",
        _number(10),
        "consumer_number",
        "key_consumer_number",
        "confirm_consumer_number",
    ),
    "confirm_consumer_number": Question("read_consumer_number", "say_yes_or_no", YES_OR_NO, reads=("consumer_number",)),
    "complaint_number": Question(
        "ask_complaint_number",
        "ask_complaint_number_again",
        _number(9),
        "complaint_number",
        "key_complaint_number",
        "confirm_complaint_number",
    ),
    "confirm_complaint_number": Question(
        "read_complaint_number", "say_yes_or_no", YES_OR_NO, reads=("complaint_number",)
    ),
    "phone": Question("ask_phone", "ask_phone_again", _number(10), "phone", "key_phone", "confirm_phone"),
    "confirm_phone": Question("read_phone", "say_yes_or_no", YES_OR_NO, reads=("phone",)),
    "area": Question("ask_area", "ask_area_again", ANYTHING, "area"),
    "house": Question("ask_house", "ask_house_again", _number(1, 2, 3, 4), "house", "key_house", "confirm_place"),
    "confirm_place": Question("read_place", "say_yes_or_no", YES_OR_NO, reads=("area", "house")),
    "where": Question("ask_where", "ask_where_again", ANYTHING, "place"),
    "callback_instead": Question("ask_callback", "say_yes_or_no", YES_OR_NO),
    "name": Question("ask_name", "ask_name_again", ANYTHING, "name", reads_as="name"),
    "vulnerable": Question("ask_vulnerable", "say_yes_or_no", YES_OR_NO),
    "window": Question("ask_window", "ask_window_again", ANYTHING, "window", "key_window", reads_as="window"),
    "theft_where": Question("ask_theft_where", "ask_theft_where_again", ANYTHING, "theft_area"),
    "theft_what": Question("ask_theft_what", "ask_theft_what_again", ANYTHING, "theft_details", reads_as="words"),
    "reopen_why": Question("ask_reopen_why", "ask_reopen_why_again", ANYTHING, "reopen_reason", reads_as="words"),
    "close_code": Question("ask_close_code", "ask_close_code_again", _number(6), "close_code", "key_close_code"),
}

NUMBER_LENGTHS: tuple[int, ...] = tuple(
    sorted({length for question in QUESTIONS.values() for length in question.expects.lengths})
)
"""Every length that some question asks for."""


def expectation_of(question: str | None) -> Expectation:
    """What the answer to this question looks like; anything when none is open."""
    return ANYTHING if question is None else QUESTIONS[question].expects


def read_back_of(question: str) -> str | None:
    """The question whose answer this one reads back."""
    return next((name for name, spec in QUESTIONS.items() if spec.confirm == question), None)


def values_of(context: Context, question: str) -> dict[str, str]:
    """What fills the gaps of a question: the slots that it reads back."""
    reads = QUESTIONS[question].reads
    return {name: slot.value for name, slot in context.slots.items() if name in reads}


def is_answered(context: Context) -> bool:
    """Whether no answer of the caller's is needed before the matter can go on.

    So it is while a tool is wanted: no question is open, or its answer is known and confirmed, or it
    is one that nobody reads back.
    """
    if context.question is None:
        return True
    spec = QUESTIONS[context.question]
    if spec.reads:
        return all(context.confirmed(name) is not None for name in spec.reads)
    if spec.slot is None:
        return False
    if spec.confirm is None:
        return context.value(spec.slot) is not None
    return context.confirmed(spec.slot) is not None
