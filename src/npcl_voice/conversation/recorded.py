"""The policy of the recorded voice: for calls that nobody can hear, because all ears are busy or gone.

It says so, has a callback booked at once, and takes the rest by keys: what the caller was asked for,
a power cut, another number to be called on. What keys cannot answer is left for the person who calls.
"""

from typing import assert_never

import msgspec

from npcl_voice.conversation.context import Context, Line, MatterEvent
from npcl_voice.conversation.dialogue import (
    PERSON_AFTER,
    Heard,
    Keyed,
    Move,
    Policy,
    Returned,
    Spoken,
    ToolCall,
    Typed,
    Unheard,
)
from npcl_voice.conversation.goals.no_supply import trouble_of
from npcl_voice.conversation.questions import QUESTIONS
from npcl_voice.conversation.taking import MARKS
from npcl_voice.domain.complaints import HAZARD_KINDS

__all__ = ["RecordedPolicy"]

NO_SUPPLY_KEY, CALLBACK_KEY = "1", "2"
"""What the phrase `recorded_menu` names."""
MARK = "recorded"
"""A slot that holds the phrase with which this voice ended last: another last phrase means that another has spoken."""
ATTEMPTS = 2
"""How often a number is asked for before we go on without it."""
NUMBERS = ("consumer_number", "complaint_number", "phone")
"""Questions that keys answer."""


class RecordedPolicy(Policy):
    """Decides what to say to a caller who cannot be heard."""

    doubts = False

    @classmethod
    def of(cls, policy: Policy) -> "RecordedPolicy":
        """The same understanding and the same tools, for such a caller."""
        return cls(policy.understand, policy.tools, own_words=policy.own_words)

    def open(self, context: Context) -> Move:
        """The apology when this voice has not spoken yet, else the open question again."""
        return self._go_on(context) if _speaks(context) else self._begin(context)

    def step(self, context: Context, heard: Heard) -> Move:
        """The next move after one thing that came; what was put in before this voice spoke is understood as ever."""
        if isinstance(heard, Returned) and heard.name == "bye":
            return super().step(context, heard)
        if not _speaks(context):
            return self._taken_over(context, heard)
        match heard:
            case Returned():
                return self._returned(context, heard)
            case Keyed():
                return self._keyed(context, heard.digits)
            case Spoken() | Typed():
                return self._worded(context, heard)
            case Unheard():
                return self._go_on(context)
            case _:
                assert_never(heard)

    # The beginning.

    def _taken_over(self, context: Context, heard: Heard) -> Move:
        """Something that another engine has left unanswered."""
        if isinstance(heard, Unheard):
            return self._begin(context)
        move = super().step(context, heard)
        if move.call is not None and move.call.name == "bye":
            return move
        return self._begin(move.context, move.lines[:-1] if isinstance(heard, Returned) else ())

    def _begin(self, context: Context, told: tuple[Line, ...] = ()) -> Move:
        """Danger first, then why nobody answers, then what was owed, then a callback."""
        context = msgspec.structs.replace(context, failed=0, unclear=0)
        kind = context.value("hazard_kind")
        if context.goal != "hazard" or kind not in HAZARD_KINDS:
            return self._book(context, (Line("recorded_apology"), *told))
        lines = (Line(f"safety_{kind}"), Line("recorded_apology"), *told)
        if context.question == "where" or "hazard" not in self.tools:  # it has been raised, or cannot be
            return self._book(context, lines)
        place = context.value("place")
        return self._call(context, "hazard", {"kind": kind, **({"place": place} if place else {})}, lines)

    def _book(self, context: Context, lines: tuple[Line, ...]) -> Move:
        """Have a person call back, once a call."""
        if "callback" in context.promises:
            return self._go_on(context, lines)
        if "agent" not in self.tools:
            return self._go_on(context, (*lines, Line("no_callback")))
        return self._call(context, "agent", {"reason": _why(context)}, lines)

    def _worded(self, context: Context, heard: Spoken | Typed) -> Move:
        """Words from before the apology, since nobody is heard after it; or typed ones, in place of keys."""
        move = super().step(context, heard)
        if move.context.goal == "hazard" and context.goal != "hazard":
            return self._begin(move.context)
        return self._keyed(context, heard.text.strip()) if isinstance(heard, Typed) else self._go_on(context)

    # By keys.

    def _go_on(self, context: Context, lines: tuple[Line, ...] = ()) -> Move:
        """The next step of the matter, as far as keys lead."""
        match context.goal:
            case "no_supply" if number := context.confirmed("consumer_number"):
                return self._call(context, "no_supply", {"consumer_number": number, **trouble_of(context)}, lines)
            case "no_supply" if (area := context.confirmed("area")) and (house := context.confirmed("house")):
                where = {"area": area, "premises": house}
                return self._call(context, "no_supply", {**where, **trouble_of(context)}, lines)
            case "no_supply" if context.value("no_consumer_number") is None:
                return self._key_in(context, "consumer_number", lines)
            case "complaint_status" if number := context.confirmed("complaint_number"):
                return self._call(context, "complaint_status", {"complaint_number": number}, lines)
            case "complaint_status":
                return self._key_in(context, "complaint_number", lines)
            case "agent" if context.confirmed("phone") is not None:
                return self._call(context, "agent", {"reason": _why(context)}, lines)
            case "agent" if "agent" in self.tools:
                return self._key_in(context, "phone", lines)
            case _:
                return self._menu(context, lines, failed=context.failed)

    def _keyed(self, context: Context, digits: str) -> Move:
        question = context.question
        if question not in NUMBERS:
            return self._chosen(context, digits)
        if digits.isdecimal() and len(digits) in QUESTIONS[question].expects.lengths:
            return self._go_on(context.with_slot(question, digits, "keyed", verified=True))
        return self._not_found(context, question)

    def _chosen(self, context: Context, key: str) -> Move:
        """A key of the menu."""
        context = context.without(*MARKS)
        if key == NO_SUPPLY_KEY:
            context = msgspec.structs.replace(context, goal="no_supply", failed=0)
            return self._go_on(context.moved(MatterEvent.TAKEN))
        if key == CALLBACK_KEY:
            return self._go_on(msgspec.structs.replace(context.without("phone"), goal="agent", failed=0))
        return self._menu(context, failed=context.failed + 1)

    def _not_found(self, context: Context, question: str, lines: tuple[Line, ...] = ()) -> Move:
        """A number that is none of ours: once more, then a callback to another number, then no more of it."""
        context = context.without(question)
        if context.failed + 1 < ATTEMPTS:
            return self._key_in(msgspec.structs.replace(context, failed=context.failed + 1), question, lines)
        context = msgspec.structs.replace(context, goal=None, question=None, failed=0)
        if question != "phone" and "callback" not in context.promises:
            context = msgspec.structs.replace(context, goal="agent")
        return self._go_on(context, lines)

    # What tools answered.

    def _returned(self, context: Context, returned: Returned) -> Move:
        if returned.result.get("ok") is not True:
            return self._refused(context, returned.name, returned.result.get("reason"))
        move = super().step(context, returned)
        context = msgspec.structs.replace(context, matter=move.context.matter, promises=move.context.promises, failed=0)
        lines = move.lines[:-1]  # without the question that a caller who is heard would be asked
        if returned.name == "hazard":
            return self._book(context, lines)
        if returned.name != "agent" or context.goal in {"agent", "hazard"}:
            context = msgspec.structs.replace(context, goal=None, question=None)
        return self._go_on(context, lines)

    def _refused(self, context: Context, name: str, reason: object) -> Move:
        match name, reason:
            case "hazard", _:
                return self._book(context, (Line("not_now"),))
            case "no_supply", "unknown_consumer":
                number = context.value("consumer_number") or ""
                line = Line("unknown_consumer", {"consumer_number": number})
                return self._not_found(context, "consumer_number", (line,))
            case "complaint_status", ("unknown_number" | "bad_number"):
                number = context.value("complaint_number") or ""
                line = Line("unknown_number", {"complaint_number": number})
                return self._not_found(context, "complaint_number", (line,))
            case "agent", "no_number" if context.confirmed("phone") is not None:
                if context.goal == "agent":
                    return self._not_found(context, "phone")
                return self._book(context.without("phone"), ())  # on the number that the caller calls from
            case "agent", "no_number" if context.goal == "hazard":
                return self._go_on(msgspec.structs.replace(context, goal="agent"))
            case "agent", "no_number":
                return self._go_on(context)
            case _:
                return self._menu(context, (Line("not_now"),), failed=context.failed + 1)

    # The last steps of every move.

    def _key_in(self, context: Context, question: str, lines: tuple[Line, ...]) -> Move:
        phrase = QUESTIONS[question].keypad
        assert phrase is not None  # keys answer it
        context = msgspec.structs.replace(context, question=question)
        lines = (*lines, Line(phrase))
        return Move(_said(context, lines), lines)

    def _menu(self, context: Context, lines: tuple[Line, ...] = (), *, failed: int = 0) -> Move:
        """The menu; who presses other keys again and again is told where people are."""
        if failed >= PERSON_AFTER:
            return self._call(context, "bye", {}, (*lines, Line("recorded_goodbye")))
        context = msgspec.structs.replace(context, goal=None, question="help", failed=failed)
        lines = (*lines, Line("recorded_menu"))
        return Move(_said(context, lines), lines)

    def _call(self, context: Context, name: str, arguments: dict[str, str], lines: tuple[Line, ...]) -> Move:
        if name in self.tools:
            return Move(_said(context, lines), lines, ToolCall(name, arguments))
        if name == "bye":
            return Move(msgspec.structs.replace(context, goal=None, question=None), (*lines, Line("farewell")))
        return self._menu(context, (*lines, Line("cannot")), failed=context.failed + 1)


def _speaks(context: Context) -> bool:
    """Whether it was this voice that spoke last."""
    return bool(context.last) and context.value(MARK) == context.last[-1].phrase


def _said(context: Context, lines: tuple[Line, ...]) -> Context:
    if not lines:
        return context
    return msgspec.structs.replace(context, last=lines).with_slot(MARK, lines[-1].phrase, "tool")


def _why(context: Context) -> str:
    """Why a person has to call, in a word for the operator."""
    return "danger" if context.value("hazard_kind") is not None else "no_engine"
