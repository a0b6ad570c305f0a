"""The dialogue policy: what is known and was understood -> the next question, tool or phrase.

One pure function in the shape of a class that holds only what never changes in a call. The
embedded engine answers by it; beside a remote model it watches, so that matter, slots and the open
question are known when another engine has to go on (ADR 0003).
"""

from collections.abc import Callable
from typing import Any, assert_never

import msgspec

from npcl_voice.conversation import answers
from npcl_voice.conversation.context import Context, Line, MatterEvent, Source
from npcl_voice.conversation.questions import QUESTIONS, expectation_of, is_answered, read_back_of, values_of
from npcl_voice.meaning.expectation import Expectation, Kind
from npcl_voice.meaning.understanding import Understanding

__all__ = ["Heard", "Keyed", "Move", "Policy", "Returned", "Spoken", "ToolCall", "Typed", "Unheard"]


class Spoken(msgspec.Struct, frozen=True):
    """The caller said this, as the recogniser made it out."""

    text: str


class Typed(msgspec.Struct, frozen=True):
    """The caller wrote this; numbers in it count as confirmed."""

    text: str


class Keyed(msgspec.Struct, frozen=True):
    """The caller keyed these digits; they count as confirmed."""

    digits: str


class Unheard(msgspec.Struct, frozen=True):
    """The caller spoke, and nothing could be made of it."""


class Returned(msgspec.Struct, frozen=True):
    """A tool answered."""

    name: str
    result: dict[str, Any]


Heard = Spoken | Typed | Keyed | Unheard | Returned


class ToolCall(msgspec.Struct, frozen=True):
    """A tool to be run."""

    name: str
    arguments: dict[str, str]


class Move(msgspec.Struct, frozen=True):
    """What the policy wants next: lines to say, then a tool to run or the caller's turn."""

    context: Context
    lines: tuple[Line, ...] = ()
    call: ToolCall | None = None


YES_KEY, NO_KEY = "1", "2"
MENU = {"1": "no_supply", "2": "complaint_status", "0": "agent"}
"""What one key asks for while no number is expected; the phrase `menu` names them."""
PERSON_AFTER = 3
"""Failed attempts at one thing after which a person is offered: spoken, spoken, keypad."""
SURE: frozenset[Source] = frozenset({"typed", "keyed"})
"""Where a number comes from that needs no read-back."""
SURE_ENOUGH = 0.7
"""How surely something else must be wanted before an open question is left for it."""
HALF = 3
"""Digits from which a number that is too short counts as half of one."""
MARKS = ("so_far", "no_consumer_number", "place_rejected", "which_side", "family")
"""Slots that say how far we got with the matter at hand; with a new one they are forgotten."""
UNCLEAR_LIMIT = 2
"""Answers that are neither yes nor no after which a read-back counts as rejected."""


class Policy:
    """Decides what to say; remembers nothing."""

    def __init__(
        self, understand: Callable[[str, Expectation], Understanding], tools: frozenset[str], *, own_words: bool = False
    ) -> None:
        """`tools` are the declared ones; with `own_words` safety words and farewell are said here.

        Towards our own conversation they are not: it says them itself, in every engine.
        """
        self.understand = understand
        self.tools = tools
        self.own_words = own_words

    def open(self, context: Context) -> Move:
        """The first words, when an answer is wanted and nothing was heard: the open question, if there is one.

        An answer that was given to another engine is not asked for again: the matter goes on.
        """
        if self.own_words and not context.last:
            greeting = (Line("greeting"),)
            return Move(msgspec.structs.replace(context, question="help", last=greeting), greeting)
        if context.goal is not None and is_answered(context):
            return self._next(context)
        return self._ask(context, context.question or "help", failed=context.failed)

    def step(self, context: Context, heard: Heard) -> Move:
        """The next move after one thing that was heard."""
        match heard:
            case Spoken():
                return self._words(context, self._understanding(context, heard.text), "spoken")
            case Typed():
                return self._words(context, self._understanding(context, heard.text), "typed")
            case Keyed():
                return self._keys(context, heard.digits)
            case Unheard():
                return self._failed(context)
            case Returned():
                return self._tool_answered(context, heard.name, heard.result)
            case _:
                assert_never(heard)

    def _understanding(self, context: Context, text: str) -> Understanding:
        return self.understand(text, expectation_of(context.question))

    # What the caller said or wrote.

    def _words(self, context: Context, got: Understanding, source: Source) -> Move:
        hazard = got.hazard
        if hazard is not None and not (context.goal == "hazard" and context.value("hazard_kind") == hazard.kind):
            return self._danger(context, hazard.kind, got.slots.get("area"))
        if got.intent == "repeat":
            return self._run(context, "repeat", {}) if "repeat" in self.tools else self._again(context)
        if got.intent == "bye" and not _answers(context, got):
            return self._goodbye(context)
        if got.intent == "agent" and context.goal != "agent":
            return self._start(context, got.intent, got, source)
        question = context.question
        if question is None or question in {"help", "menu", "anything_else"}:
            return self._open_words(context, got, source)
        if got.answer == "wait":
            return self._say(context, Line("take_your_time"))
        spec = QUESTIONS[question]
        if spec.expects.kind is Kind.YES_NO:
            return self._yes_or_no(context, question, got, source)
        if spec.expects.kind is Kind.NUMBER:
            return self._number(context, question, got, source)
        return self._place(context, question, got, source)

    def _open_words(self, context: Context, got: Understanding, source: Source) -> Move:
        if got.intent in {"no_supply", "complaint_status"}:
            return self._start(context, got.intent, got, source)
        if context.question == "anything_else":
            if got.answer in {"no", "wrong"}:
                return self._goodbye(context)
            if got.answer == "yes":
                return self._ask(context, "help")
        if "complaint_number" in got.slots:
            return self._start(context, "complaint_status", got, source)
        return self._failed(context)

    def _start(self, context: Context, goal: str, got: Understanding, source: Source) -> Move:
        """Take up what the caller wants, with what was said along with it."""
        sure = source in SURE
        if goal not in self.tools:
            return self._run(context, goal, {})
        context = msgspec.structs.replace(context.without(*MARKS), goal=goal, question=None, failed=0, unclear=0)
        if goal == "agent":
            return self._next(context)
        context = context.moved(MatterEvent.TAKEN)
        if goal == "complaint_status":
            context = context.without("complaint_number")
            if number := got.slots.get("complaint_number"):
                context = context.with_slot("complaint_number", number, source, verified=sure)
        else:
            if number := got.slots.get("consumer_number"):
                context = context.with_slot("consumer_number", number, source, verified=sure)
            if area := got.slots.get("area"):
                context = context.with_slot("area", area, source, verified=False)
        return self._next(context)

    def _yes_or_no(self, context: Context, question: str, got: Understanding, source: Source) -> Move:
        base = read_back_of(question)
        digits = got.slots.get("number", "")
        if base is not None and QUESTIONS[base].expects.lengths and len(digits) in QUESTIONS[base].expects.lengths:
            fits = base != "house" or got.answer != "yes"
            if fits and digits != context.value(base):
                return self._corrected(context, base, digits, source)
        if got.answer == "yes":
            return self._agreed(context, question)
        if got.answer in {"no", "wrong"}:
            return self._disagreed(context, question)
        if goal := _other_goal(context, got):
            return self._start(context, goal, got, source)
        return self._failed(context)

    def _corrected(self, context: Context, base: str, digits: str, source: Source) -> Move:
        """The number was said again, differently: the read-back was rejected, and this is the next attempt."""
        if source not in SURE and context.failed + 1 >= PERSON_AFTER - 1:  # no third time by voice
            return self._failed(msgspec.structs.replace(context.without(base), question=base))
        return self._take_number(msgspec.structs.replace(context, failed=context.failed + 1), base, digits, source)

    def _agreed(self, context: Context, question: str) -> Move:
        if question == "callback_instead":
            return self._next(msgspec.structs.replace(context, goal="agent", failed=0, unclear=0))
        for name in QUESTIONS[question].reads:
            slot = context.slots[name]
            context = context.with_slot(name, slot.value, slot.source, verified=True)
        return self._next(msgspec.structs.replace(context, unclear=0))

    def _disagreed(self, context: Context, question: str) -> Move:
        if question == "callback_instead":
            return self._ask(msgspec.structs.replace(context, goal=None), "anything_else")
        base = read_back_of(question)
        assert base is not None  # every other yes-or-no question reads something back
        context = context.without(*QUESTIONS[question].reads)
        if question != "confirm_place":
            return self._failed(msgspec.structs.replace(context, question=base))
        if context.value("place_rejected") is not None:
            return self._way_out(context)
        context = context.with_slot("place_rejected", "yes", "spoken")
        return self._failed(msgspec.structs.replace(context, question="area"))

    def _number(self, context: Context, question: str, got: Understanding, source: Source) -> Move:
        lengths = QUESTIONS[question].expects.lengths
        digits = got.slots.get("number", "")
        so_far = context.value("so_far") or ""
        if len(so_far + digits) in lengths and so_far and digits:
            return self._take_number(context.without("so_far"), question, so_far + digits, source)
        if len(digits) in lengths:
            return self._take_number(context.without("so_far"), question, digits, source)
        if got.answer == "unknown" or (got.answer == "no" and not digits):
            return self._not_known(context, question)
        if goal := _other_goal(context, got):
            return self._start(context, goal, got, source)
        if question == "consumer_number" and not digits and (area := got.slots.get("area")):
            context = context.with_slot("area", area, source).with_slot("no_consumer_number", "yes", source)
            return self._next(context)
        half = len(digits) >= HALF or (so_far and digits)
        if half and len(so_far + digits) < lengths[0]:
            context = context.with_slot("so_far", so_far + digits, source)
            return self._say(context, Line("go_on", {"digits": so_far + digits}))
        return self._failed(context.without("so_far"))

    def _take_number(self, context: Context, question: str, digits: str, source: Source) -> Move:
        context = context.with_slot(question, digits, source, verified=source in SURE)
        return self._next(msgspec.structs.replace(context, unclear=0))

    def _not_known(self, context: Context, question: str) -> Move:
        """The caller does not have the number: go another way."""
        context = context.without("so_far")
        if question == "consumer_number":
            return self._next(context.with_slot("no_consumer_number", "yes", "spoken"))
        return self._way_out(context)

    def _place(self, context: Context, question: str, got: Understanding, source: Source) -> Move:
        slot = QUESTIONS[question].slot or question
        if (which := context.value("which_side")) is not None:
            context = context.without("which_side")
            if side := got.slots.get("side"):  # the answer to where it is: now its name is whole
                got = self._understanding(context, f"{which}, {side}")
        if (family := context.value("family")) is not None:
            context = context.without("family")
            if "area" not in got.slots:  # only its number was said: now its name is whole
                got = self._understanding(context, f"{family} {got.text}")
        if outside := got.slots.get("outside"):
            return self._failed(context, (Line("outside_area", {"place": outside}),))
        if ambiguous := got.slots.get("ambiguous"):
            context = context.with_slot("which_side", ambiguous, source)
            return self._failed(context, instead=Line("which_side", {"place": ambiguous}))
        if family := got.slots.get("family"):
            context = context.with_slot("family", family, source)
            return self._failed(context, instead=Line("which_number", {"place": family}))
        if area := got.slots.get("area"):
            return self._next(context.with_slot(slot, area, source, verified=source == "typed"))
        if context.goal != "hazard" and (goal := _other_goal(context, got)):
            return self._start(context, goal, got, source)
        return self._failed(context)

    # What the caller keyed.

    def _keys(self, context: Context, digits: str) -> Move:
        question = context.question
        base = question if question is None else read_back_of(question) or question
        expects = expectation_of(base)
        so_far = context.value("so_far") or ""
        if expects.kind is Kind.NUMBER and base is not None:
            if len(digits) in expects.lengths and base == question:
                return self._take_number(context.without("so_far"), base, digits, "keyed")
            if so_far and len(so_far + digits) in expects.lengths:  # half spoken, half keyed: read it back
                return self._take_number(context.without("so_far"), base, so_far + digits, "spoken")
            if base != question and len(digits) in expects.lengths and len(digits) > 1:
                return self._take_number(context, base, digits, "keyed")
        if question is not None and QUESTIONS[question].expects.kind is Kind.YES_NO and digits in {YES_KEY, NO_KEY}:
            return self._agreed(context, question) if digits == YES_KEY else self._disagreed(context, question)
        if expects.kind is Kind.ANY:
            if question == "anything_else" and digits == NO_KEY:
                return self._goodbye(context)
            return self._open_keys(context, digits)
        return self._failed(context)

    def _open_keys(self, context: Context, digits: str) -> Move:
        if goal := MENU.get(digits):
            return self._start(context, goal, Understanding(digits), "keyed")
        if len(digits) in QUESTIONS["complaint_number"].expects.lengths:
            told = Understanding(digits, slots={"complaint_number": digits})
            return self._start(context, "complaint_status", told, "keyed")
        if len(digits) in QUESTIONS["consumer_number"].expects.lengths:
            context = context.with_slot("consumer_number", digits, "keyed", verified=True)
            return self._next(context) if context.goal == "no_supply" else self._ask(context, "help")
        return self._failed(context)

    # Danger.

    def _danger(self, context: Context, kind: str, area: str | None) -> Move:
        context = context.without("place", "so_far").with_slot("hazard_kind", kind, "spoken", verified=True)
        if area is not None:
            context = context.with_slot("place", area, "spoken")
        context = self._taken(context, "hazard")
        words = (Line(f"safety_{kind}"),) if self.own_words else ()
        return self._next(context, words)

    # What comes next for the goal.

    def _next(self, context: Context, lines: tuple[Line, ...] = ()) -> Move:
        match context.goal:
            case "no_supply":
                return self._next_for_no_supply(context, lines)
            case "complaint_status":
                if number := context.confirmed("complaint_number"):
                    return self._run(context, "complaint_status", {"complaint_number": number}, lines)
                return self._number_or_read_back(context, "complaint_number", lines)
            case "hazard":
                arguments = {"kind": context.value("hazard_kind") or ""}
                if place := context.value("place"):
                    arguments["place"] = place
                return self._run(context, "hazard", arguments, lines)
            case "agent":
                if context.value("phone") is not None and context.confirmed("phone") is None:
                    return self._ask(context, "confirm_phone", lines=lines, failed=context.failed)
                return self._run(context, "agent", {"reason": _reason(context)}, lines)
            case _:
                return self._ask(context, "help", lines=lines)

    def _next_for_no_supply(self, context: Context, lines: tuple[Line, ...]) -> Move:
        if number := context.confirmed("consumer_number"):
            return self._run(context, "no_supply", {"consumer_number": number}, lines)
        if context.value("no_consumer_number") is None:
            return self._number_or_read_back(context, "consumer_number", lines)
        if context.value("area") is None:
            return self._ask(context, "area", lines=lines)
        if context.value("house") is None:
            return self._ask(context, "house", lines=lines)
        area, house = context.confirmed("area"), context.confirmed("house")
        if area is not None and house is not None:
            return self._run(context, "no_supply", {"area": area, "premises": house}, lines)
        return self._ask(context, "confirm_place", lines=lines, failed=context.failed)

    def _number_or_read_back(self, context: Context, name: str, lines: tuple[Line, ...]) -> Move:
        question = f"confirm_{name}" if context.value(name) is not None else name
        return self._ask(context, question, lines=lines, failed=context.failed)

    # What tools answered.

    def _tool_answered(self, context: Context, name: str, result: dict[str, Any]) -> Move:
        match name, result.get("ok") is True, result.get("reason"):
            case "repeat", _, _:
                return self._again(context)
            case "bye", _, _:
                words = (Line("farewell"),) if self.own_words else ()
                return Move(msgspec.structs.replace(context, goal=None, question=None), words)
            case (("no_supply" | "complaint_status" | "hazard" | "agent"), True, _):
                return self._good_news(context, name, result)
            case _, False, ("not_confirmed" | "bad_arguments"):  # a model asked for what nobody had confirmed
                return self._ask(context, context.question or "help", failed=context.failed)
            case "no_supply", False, "unknown_consumer":
                line = Line("unknown_consumer", {"consumer_number": context.value("consumer_number") or ""})
                context = context.without("consumer_number")
                if context.failed >= 1:
                    context = context.with_slot("no_consumer_number", "yes", "tool")
                    return self._next(msgspec.structs.replace(context, failed=0), (line,))
                context = msgspec.structs.replace(context, question="consumer_number")
                return self._failed(context, (line,))
            case "no_supply", False, ("unknown_area" | "need_place"):
                context = context.without("area", "house").with_slot("no_consumer_number", "yes", "tool")
                if result.get("reason") == "need_place":
                    return self._ask(context, "area")
                return self._failed(msgspec.structs.replace(context, question="area"), (Line("unknown_area"),))
            case "complaint_status", False, ("unknown_number" | "bad_number"):
                line = Line("unknown_number", {"complaint_number": context.value("complaint_number") or ""})
                context = msgspec.structs.replace(context.without("complaint_number"), question="complaint_number")
                return self._failed(context, (line,))
            case "agent", False, "no_number" if context.confirmed("phone") is None:
                return self._ask(context, "phone")
            case "agent", False, "no_number":  # it is none that we can call
                return self._failed(msgspec.structs.replace(context.without("phone"), question="phone"))
            case _:
                line = Line("not_now") if name in self.tools else Line("cannot")
                return self._ask(msgspec.structs.replace(context, goal=None), "anything_else", lines=(line,))

    def _good_news(self, context: Context, name: str, result: dict[str, Any]) -> Move:
        lines = answers.lines_for(name, result)
        if lines is None:  # a result that no tool of ours gives
            context = msgspec.structs.replace(context, goal=None)
            return self._ask(context, "anything_else", lines=(Line("not_now"),))
        promise = answers.promise_of(name, result)
        if promise is not None and promise not in context.promises:
            context = msgspec.structs.replace(context, promises=(*context.promises, promise))
        context = context.moved(MatterEvent.HANDED_OVER if name == "agent" else MatterEvent.ANSWERED)
        if name == "hazard" and not result.get("place") and context.question != "where":
            return self._ask(context, "where", lines=lines)
        return self._ask(msgspec.structs.replace(context, goal=None), "anything_else", lines=lines)

    # The last steps of every move.

    def _failed(self, context: Context, lines: tuple[Line, ...] = (), *, instead: Line | None = None) -> Move:
        """An attempt failed: ask again, in other words if there are any, then for the keypad, then offer a person."""
        question = context.question or "help"
        failed = context.failed + 1
        spec = QUESTIONS[question]
        if spec.expects.kind is Kind.YES_NO:
            if context.unclear + 1 >= UNCLEAR_LIMIT:
                return self._disagreed(context, question)
            return self._ask(context, question, lines=lines, failed=context.failed, unclear=context.unclear + 1)
        if question == "where" and failed >= PERSON_AFTER - 1:
            return self._ask(msgspec.structs.replace(context, goal=None), "anything_else", lines=lines)
        limit = PERSON_AFTER if spec.keypad is not None or question in {"help", "menu"} else PERSON_AFTER - 1
        if failed >= limit:
            return self._way_out(context, lines)
        if question == "help" and failed == PERSON_AFTER - 1:
            question = "menu"
        if instead is not None:
            return self._say(msgspec.structs.replace(context, question=question, failed=failed), *lines, instead)
        return self._ask(context, question, lines=lines, failed=failed)

    def _way_out(self, context: Context, lines: tuple[Line, ...] = ()) -> Move:
        """It does not work: offer that a person calls back, or tell where one is to be had."""
        if context.goal != "agent" and "agent" in self.tools:
            return self._ask(context, "callback_instead", lines=lines)
        context = msgspec.structs.replace(context, goal=None)
        return self._ask(context, "anything_else", lines=(*lines, Line("no_callback")))

    def _ask(
        self, context: Context, question: str, *, lines: tuple[Line, ...] = (), failed: int = 0, unclear: int = 0
    ) -> Move:
        spec = QUESTIONS[question]
        if spec.keypad is not None and failed >= PERSON_AFTER - 1:
            phrase = spec.keypad
        else:
            again = unclear > 0 if spec.expects.kind is Kind.YES_NO else failed > 0
            phrase = spec.again if again else spec.phrase
        asked = Line(phrase, values_of(context, question) if phrase == spec.phrase else {})
        context = msgspec.structs.replace(context, question=question, failed=failed, unclear=unclear)
        return self._say(context, *lines, asked)

    def _say(self, context: Context, *lines: Line) -> Move:
        return Move(msgspec.structs.replace(context, last=lines), lines)

    def _again(self, context: Context) -> Move:
        return Move(context, context.last or (Line("nothing_to_repeat"),))

    def _goodbye(self, context: Context) -> Move:
        return self._run(context, "bye", {})

    def _run(self, context: Context, name: str, arguments: dict[str, str], lines: tuple[Line, ...] = ()) -> Move:
        if name in self.tools:
            return Move(context, lines, ToolCall(name, arguments))
        if name == "bye":
            return Move(msgspec.structs.replace(context, question=None), (*lines, Line("farewell")))
        context = msgspec.structs.replace(context, goal=None)
        return self._ask(context, "anything_else", lines=(*lines, Line("cannot")))

    def _taken(self, context: Context, goal: str | None) -> Context:
        taken = msgspec.structs.replace(context, goal=goal, question=None, failed=0, unclear=0)
        return taken.moved(MatterEvent.TAKEN)


def _answers(context: Context, got: Understanding) -> bool:
    """Whether what may be a goodbye is an answer first: "no, thank you" where something was read back."""
    asked = expectation_of(context.question).kind
    return got.answer in {"yes", "unknown"} or (asked is Kind.YES_NO and got.answer in {"no", "wrong"})


def _other_goal(context: Context, got: Understanding) -> str | None:
    """What the caller surely wants instead of answering the question; a mere likeness changes nothing."""
    other = got.intent in {"no_supply", "complaint_status"} and got.intent != context.goal
    return got.intent if other and got.confidence >= SURE_ENOUGH else None


def _reason(context: Context) -> str:
    """Why a person is wanted, in a word for the operator."""
    return "asked" if not context.promises and context.matter.value == "none" else context.matter.value
