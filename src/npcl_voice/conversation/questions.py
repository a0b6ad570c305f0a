"""The questions that the assistant can ask, and what answer each one wants.

One table: how a question is worded at first, again, and for the keypad; what kind of answer it
expects; which slot it fills; and which yes-or-no question reads the answer back.
"""

from typing import Literal

import msgspec

from npcl_voice.conversation.context import Context, Line
from npcl_voice.domain.consumers import OWN_CONNECTION
from npcl_voice.meaning.expectation import ANYTHING, YES_OR_NO, Expectation, Kind

__all__ = [
    "NUMBER_LENGTHS",
    "OPEN_QUESTIONS",
    "QUESTIONS",
    "Question",
    "ReadsAs",
    "expectation_of",
    "is_answered",
    "is_offered",
    "is_open",
    "read_back_of",
    "values_of",
    "worded",
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
    offers: str | None = None
    """The phrase that asks, in place of reading back, whether a number that the records hold was meant."""
    otherwise: str | None = None
    """What counts as answered when no attempt gave anything; None where the matter cannot go on without."""
    in_words: bool = False
    """Whether a place that is not on record is taken as it was said, at the second attempt."""


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
    "confirm_consumer_number": Question(
        "read_consumer_number",
        "say_yes_or_no",
        YES_OR_NO,
        reads=("consumer_number",),
        offers="offer_consumer_number",
    ),
    "complaint_number": Question(
        "ask_complaint_number",
        "ask_complaint_number_again",
        _number(9),
        "complaint_number",
        "key_complaint_number",
        "confirm_complaint_number",
    ),
    "confirm_complaint_number": Question(
        "read_complaint_number",
        "say_yes_or_no",
        YES_OR_NO,
        reads=("complaint_number",),
        offers="offer_complaint_number",
    ),
    "phone": Question("ask_phone", "ask_phone_again", _number(10), "phone", "key_phone", "confirm_phone"),
    "confirm_phone": Question("read_phone", "say_yes_or_no", YES_OR_NO, reads=("phone",)),
    "area": Question("ask_area", "ask_area_again", ANYTHING, "area"),
    "house": Question("ask_house", "ask_house_again", _number(1, 2, 3, 4), "house", "key_house", "confirm_place"),
    "confirm_place": Question("read_place", "say_yes_or_no", YES_OR_NO, reads=("area", "house")),
    "where": Question("ask_where", "ask_where_again", ANYTHING, "place"),
    "callback_instead": Question("ask_callback", "say_yes_or_no", YES_OR_NO),
    "name": Question(
        "ask_name", "ask_name_again", Expectation(person=True), "name", confirm="confirm_name", reads_as="name"
    ),
    "confirm_name": Question("read_name", "say_yes_or_no", YES_OR_NO, reads=("name",)),
    "vulnerable": Question("ask_vulnerable", "say_yes_or_no", YES_OR_NO),
    "danger": Question("ask_danger", "say_yes_or_no", YES_OR_NO),
    "try_again": Question("ask_try_again", "say_yes_or_no", YES_OR_NO),
    "window": Question(
        "ask_window", "ask_window_again", ANYTHING, "window", "key_window", reads_as="window", otherwise="now"
    ),
    "theft_where": Question("ask_theft_where", "ask_theft_where_again", ANYTHING, "theft_area", in_words=True),
    "theft_what": Question(
        "ask_theft_what", "ask_theft_what_again", ANYTHING, "theft_details", reads_as="words", otherwise=""
    ),
    "reopen_why": Question(
        "ask_reopen_why", "ask_reopen_why_again", ANYTHING, "reopen_reason", reads_as="words", otherwise=""
    ),
    "close_code": Question("ask_close_code", "ask_close_code_again", _number(6), "code", "key_close_code"),
}

OPEN_QUESTIONS = frozenset({"help", "menu", "anything_else"})
"""What is open while nothing in particular is asked for."""
OFFERS_A_PERSON = frozenset({"out_of_scope", "escalation"})
"""Goals that end with the offer of a person, though nothing went wrong."""
IDENTIFIED = frozenset({"bill_due", "account_info"})
"""Goals for which the caller's account must be known."""

NUMBER_LENGTHS: tuple[int, ...] = tuple(
    sorted({length for question in QUESTIONS.values() for length in question.expects.lengths})
)
"""Every length that some question asks for."""


def expectation_of(question: str | None) -> Expectation:
    """What the answer to this question looks like; anything when none is open."""
    return ANYTHING if question is None else QUESTIONS[question].expects


def is_open(question: str | None) -> bool:
    """Whether anything may be said to it, and in any language: no number, no yes, and nothing that has a name."""
    return question in {None, *OPEN_QUESTIONS} or QUESTIONS[question or ""].reads_as == "words"


def read_back_of(question: str) -> str | None:
    """The question whose answer this one reads back."""
    return next((name for name, spec in QUESTIONS.items() if spec.confirm == question), None)


def worded(context: Context, question: str) -> Line:
    """How it is asked at first: some questions are put in other words where they mean something else."""
    spec = QUESTIONS[question]
    if question == "confirm_consumer_number" and context.value("consumer_number") == OWN_CONNECTION:
        return Line("ask_own_connection")  # its number is never said: it was not the caller who told it
    if question == "callback_instead" and context.goal in OFFERS_A_PERSON:
        return Line("offer_person")
    if question == "phone" and context.goal in IDENTIFIED:
        return Line("ask_registered_phone")
    phrase = spec.offers if spec.offers is not None and is_offered(context, *spec.reads) else spec.phrase
    return Line(phrase, values_of(context, question))


def is_offered(context: Context, *names: str) -> bool:
    """Whether what stands there is the records' own, and the caller has not agreed to it yet."""
    return any(slot.source == "tool" and not slot.verified for name, slot in context.slots.items() if name in names)


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
