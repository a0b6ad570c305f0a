"""The dialogue policy: what is known and was understood -> the next question, tool or phrase.

One pure function in the shape of a class that holds only what never changes in a call. The
embedded engine answers by it; beside a remote model it watches, so that matter, slots and the open
question are known when another engine has to go on (ADR 0003). It keeps turns, numbers, yes and no,
and danger; what each wish needs is in `goals/`, how questions are asked in `asking.py`.
"""

from typing import Any, assert_never

import msgspec

from npcl_voice.conversation.asking import PERSON_AFTER, Asking
from npcl_voice.conversation.context import Context, Line, MatterEvent, Source
from npcl_voice.conversation.goals import GOALS, Goal
from npcl_voice.conversation.moves import Heard, Keyed, Move, Returned, Spoken, ToolCall, Typed, Unheard
from npcl_voice.conversation.questions import QUESTIONS, expectation_of, is_answered, read_back_of
from npcl_voice.meaning.expectation import Kind
from npcl_voice.meaning.understanding import Understanding

__all__ = ["PERSON_AFTER", "Heard", "Keyed", "Move", "Policy", "Returned", "Spoken", "ToolCall", "Typed", "Unheard"]

YES_KEY, NO_KEY = "1", "2"
MENU = {"1": "no_supply", "2": "complaint_status", "0": "agent"}
"""What one key asks for while no number is expected; the phrase `menu` names them."""
SURE: frozenset[Source] = frozenset({"typed", "keyed"})
"""Where a number comes from that needs no read-back."""
SURE_ENOUGH = 0.7
"""How surely something else must be wanted before an open question is left for it."""
HALF = 3
"""Digits from which a number that is too short counts as half of one."""
MARKS = ("so_far", "no_consumer_number", "place_rejected", "which_side", "family")
"""Slots that say how far we got with the matter at hand; with a new one they are forgotten."""

NUMBERS = frozenset({"consumer_number", "complaint_number"})
"""Slots that are sure where they were typed or keyed."""
BY_WORDS = frozenset(name for name, goal in GOALS.items() if goal.by_words)
"""Wishes that are taken up when they are uttered."""


class Policy(Asking):
    """Decides what to say; remembers nothing."""

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

    def stumbled(self, context: Context) -> Move:
        """Something of ours broke over what was heard: the matter stays open; the second time a person calls back."""
        again = context.stumbles > 0
        context = msgspec.structs.replace(context, stumbles=context.stumbles + 1)
        lines = (Line("stumbled"),)
        if again and context.goal != "agent" and "agent" in self.tools:
            return self._next(msgspec.structs.replace(context, goal="agent", failed=0, unclear=0), lines)
        return self._ask(context, context.question or "help", lines=lines, failed=context.failed)

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
        if got.intent in BY_WORDS:
            return self._start(context, got.intent, got, source)
        if context.question == "anything_else":
            if got.answer in {"no", "wrong"}:
                return self._goodbye(context)
            if got.answer == "yes":
                return self._ask(context, "help")
        if "complaint_number" in got.slots:
            return self._start(context, "complaint_status", got, source)
        return self._failed(context)

    def _start(self, context: Context, name: str, got: Understanding, source: Source) -> Move:
        """Take up what the caller wants, with what was said along with it."""
        if name not in self.tools:
            return self._run(context, name, {})
        goal = GOALS[name]
        context = context.without(*MARKS, *goal.anew)
        context = msgspec.structs.replace(context, goal=name, question=None, failed=0, unclear=0)
        if goal.complaint:
            context = context.moved(MatterEvent.TAKEN)
        for slot in goal.takes:
            if value := got.slots.get(slot):
                context = context.with_slot(slot, value, source, verified=source in SURE and slot in NUMBERS)
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

    # What tools answered.

    def _tool_answered(self, context: Context, name: str, result: dict[str, Any]) -> Move:
        if name == "repeat":
            return self._again(context)
        if name == "bye":
            words = (Line("farewell"),) if self.own_words else ()
            return Move(msgspec.structs.replace(context, goal=None, question=None), words)
        goal = GOALS.get(name)
        if goal is not None and result.get("ok") is True:
            return self._good_news(context, goal, result)
        if result.get("reason") in {"not_confirmed", "bad_arguments"}:  # a model asked for what nobody had confirmed
            return self._ask(context, context.question or "help", failed=context.failed)
        if goal is not None and (step := goal.refuse(context, result)) is not None:
            return self._take(step)
        line = Line("not_now") if name in self.tools else Line("cannot")
        return self._ask(msgspec.structs.replace(context, goal=None), "anything_else", lines=(line,))

    def _good_news(self, context: Context, goal: Goal, result: dict[str, Any]) -> Move:
        before, promise = context, goal.promise(result)
        if promise is not None and promise not in context.promises:
            context = msgspec.structs.replace(context, promises=(*context.promises, promise))
        context = context.moved(MatterEvent.HANDED_OVER if goal.hands_over else MatterEvent.ANSWERED)
        step = goal.tell(context, result)
        if step is not None:
            return self._take(step)
        before = msgspec.structs.replace(before, goal=None)  # a result that no tool of ours gives
        return self._ask(before, "anything_else", lines=(Line("not_now"),))

    def _goodbye(self, context: Context) -> Move:
        return self._run(context, "bye", {})

    def _taken(self, context: Context, goal: str | None) -> Context:
        taken = msgspec.structs.replace(context, goal=goal, question=None, failed=0, unclear=0)
        return taken.moved(MatterEvent.TAKEN)


def _answers(context: Context, got: Understanding) -> bool:
    """Whether what may be a goodbye is an answer first: "no, thank you" where something was read back."""
    asked = expectation_of(context.question).kind
    return got.answer in {"yes", "unknown"} or (asked is Kind.YES_NO and got.answer in {"no", "wrong"})


def _other_goal(context: Context, got: Understanding) -> str | None:
    """What the caller surely wants instead of answering the question; a mere likeness changes nothing."""
    other = got.intent in BY_WORDS and got.intent != context.goal
    return got.intent if other and got.confidence >= SURE_ENOUGH else None
