"""The dialogue policy: what is known and was understood -> the next question, tool or phrase.

One pure function in the shape of a class that holds only what never changes in a call. The
embedded engine answers by it; beside a remote model it watches, so that matter, slots and the open
question are known when another engine has to go on (ADR 0003). It keeps turns, wishes, keys and danger;
what each wish needs is in `goals/`, how questions are asked in `asking.py`, how answers are taken in `taking.py`.
"""

from typing import Any, assert_never

import msgspec

from npcl_voice.conversation.asking import PERSON_AFTER
from npcl_voice.conversation.context import Context, Line, MatterEvent, Source
from npcl_voice.conversation.dictating import PIECES, dictation
from npcl_voice.conversation.goals import GOALS, Goal
from npcl_voice.conversation.goals.telling import given_number
from npcl_voice.conversation.moves import Heard, Keyed, Move, Returned, Spoken, ToolCall, Typed, Unheard
from npcl_voice.conversation.questions import (
    OPEN_QUESTIONS,
    QUESTIONS,
    expectation_of,
    is_answered,
    is_open,
    read_back_of,
)
from npcl_voice.conversation.taking import BY_WORDS, DOUBTED, MARKS, SURE_ENOUGH, Taking, other_goal
from npcl_voice.meaning.expectation import ANYTHING, Kind
from npcl_voice.meaning.greeting import is_greeting
from npcl_voice.meaning.understanding import Understanding

__all__ = ["PERSON_AFTER", "Heard", "Keyed", "Move", "Policy", "Returned", "Spoken", "ToolCall", "Typed", "Unheard"]

YES_KEY, NO_KEY = "1", "2"
MENU = {"1": "no_supply", "2": "complaint_status", "0": "agent"}
"""What one key asks for while no number is expected; the phrase `menu` names them."""

WORTH_TAKING = frozenset({"number", "area", "house"})
"""What may be an answer to the open question, told along with something else."""
WINDOW_KEYS = {"1": "morning", "2": "afternoon", "3": "evening", "0": "now"}
"""What one key says of when to call back; the phrase `key_window` names them."""
COMMON_REFUSALS = {"too_many": "too_many"}
"""Reasons that any tool may give, and their phrases."""


MOST_DOUBTED = 2_000
"""Characters that are kept of what was doubted: a story has its matter at the end, and a facts block its bounds."""
PLAIN = frozenset({"hazard", "report_theft"})
"""Danger that is known, and wires where they should not be: there nothing is doubted."""


class Policy(Taking):
    """Decides what to say; remembers nothing."""

    doubts = True
    """Whether it asks about what only may be danger; it cannot where nobody is heard, or another puts the questions."""

    def watching(self) -> "Policy":
        """The same beside a model that leads, which puts its own questions: none is put here that it does not put."""
        policy = Policy(self.understand, self.tools, own_words=self.own_words)
        policy.doubts = False
        return policy

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

    # What the caller said or wrote.

    def _words(self, context: Context, got: Understanding, source: Source) -> Move:
        if not _tells_need(context, got) or "vulnerable" not in self.tools:
            return self._meant(context, got, source)
        context = context.with_slot("need", "yes", source)  # that it is so, and nothing of anybody's health
        heard = Line("need_heard")
        if context.goal is None or got.intent != "vulnerable":
            return _before(heard, self._meant(context, got, source))
        got = msgspec.structs.replace(got, intent=None)  # it displaces nothing
        if got.hazard is None and got.answer is None and not got.slots.keys() & WORTH_TAKING:
            question = context.question or "help"
            return _before(heard, self._ask(context, question, failed=context.failed, unclear=context.unclear))
        return _before(heard, self._meant(context, got, source))

    def _meant(self, context: Context, got: Understanding, source: Source) -> Move:
        if got.intent == context.goal == "no_supply":  # what is wrong is as it was told last
            kind = got.slots.get("trouble")
            context = context.with_slot("trouble", kind, source) if kind else context.without("trouble")
        hazard = got.hazard
        if self.doubts and got.doubt is not None and _may_be_doubted(context, got):
            return self._doubt(context, got.doubt.kind, got.text, source)
        if hazard is not None and not (context.goal == "hazard" and context.value("hazard_kind") == hazard.kind):
            return self._danger(context, hazard.kind, got.slots.get("area"))
        if got.intent == "repeat" and "number" not in got.slots:  # "start again: zero zero ..." is an answer
            return self._run(context, "repeat", {}) if "repeat" in self.tools else self._again(context)
        if _says_hello(context, got):
            return self._greeted(context)
        if got.intent == "bye" and not _answers(context, got):
            return self._goodbye(context)
        if got.intent == "agent" and context.goal != "agent":
            return self._start(context, got.intent, got, source)
        question = context.question
        if question is None or question in OPEN_QUESTIONS:
            return self._open_words(context, got, source)
        if got.answer == "wait" and not got.slots.keys() & WORTH_TAKING:
            return self._say(context, Line("take_your_time"))
        if got.answer == "leave" and _may_leave(context, got):
            return self._over(context if context.paused else context.without(*MARKS), (Line("left"),))
        spec = QUESTIONS[question]
        if spec.expects.kind is Kind.YES_NO:
            return self._yes_or_no(context, question, got, source)
        if spec.expects.kind is Kind.NUMBER:
            return self._number(context, question, got, source)
        match spec.reads_as:
            case "place":
                return self._place(context, question, got, source)
            case "name":
                return self._name(context, got, source)
            case "words":
                return self._free_words(context, question, got, source)
            case "window":
                return self._window(context, got, source)
            case _:
                assert_never(spec.reads_as)

    def _greeted(self, context: Context) -> Move:
        """The caller says hello, and is asked what the matter is; who says no more than that hears what can be said."""
        again = context.last == (Line("ask_help"),)
        return self._failed(context) if again else self._ask(context, "help")

    def _open_words(self, context: Context, got: Understanding, source: Source) -> Move:
        if got.intent in BY_WORDS:
            return self._start(context, got.intent, got, source)
        if context.question == "anything_else":
            if got.answer in {"no", "wrong"}:
                return self._goodbye(context)
            if got.answer == "yes":
                return self._ask(context, "help")
        if got.answer == "leave":
            return self._goodbye(context)
        if "complaint_number" in got.slots:
            return self._start(context, "complaint_status", got, source)
        if "need" in got.slots:
            return self._start(context, "vulnerable", got, source)
        return self._failed(context)

    # What the caller keyed.

    def _keys(self, context: Context, digits: str) -> Move:
        question = context.question
        base = question if question is None else read_back_of(question) or question
        expects = expectation_of(base)
        if expects.kind is Kind.NUMBER and base is not None:
            if base == question:
                before = dictation(context, base)
                return self._dictated(context, base, before, before.keyed(digits))
            if base != question and len(digits) in expects.lengths and len(digits) > 1:
                return self._take_number(context, base, digits, "keyed")
        if question is not None and QUESTIONS[question].expects.kind is Kind.YES_NO and digits in {YES_KEY, NO_KEY}:
            return self._agreed(context, question) if digits == YES_KEY else self._disagreed(context, question)
        if question == "window" and (window := WINDOW_KEYS.get(digits)):
            return self._next(context.with_slot("window", window, "keyed"))
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
            return self._ask(context, "help") if context.goal is None else self._next(context)
        return self._failed(context)

    # Danger.

    def _doubt(self, context: Context, kind: str, text: str, source: Source) -> Move:
        """What was said may be danger: whether it is is asked once a call, before anything else is made of it."""
        asked = context.question or "help"
        for name, value in {"doubt_asked": "yes", "doubted_kind": kind, "doubted_at": asked}.items():
            context = context.with_slot(name, value, "tool")
        return self._ask(context.with_slot("doubted", text[:MOST_DOUBTED], source), "danger", failed=context.failed)

    def _agreed(self, context: Context, question: str) -> Move:
        if question != "danger":
            return super()._agreed(context, question)
        text, kind = context.value("doubted"), context.value("doubted_kind")
        if text is None or kind is None:  # an engine that we took over from has not told
            return self._ask(context, "help")
        area = self.understand(text, ANYTHING).slots.get("area")
        # Nobody has heard danger in it yet, so nobody else says the words of safety.
        return _before(Line(f"safety_{kind}"), self._danger(context, kind, area, told=True))

    def _disagreed(self, context: Context, question: str) -> Move:
        if question != "danger":
            return super()._disagreed(context, question)
        said, asked = context.slots.get("doubted"), context.value("doubted_at")
        if said is None:
            return self._ask(context, "help")
        context = msgspec.structs.replace(context.without(*DOUBTED), question=asked, unclear=0)
        got = self._understanding(context, said.value)
        return self._words(context, msgspec.structs.replace(got, doubt=None), said.source)

    def _danger(self, context: Context, kind: str, area: str | None, *, told: bool = False) -> Move:
        context = context.without("place", *PIECES, *DOUBTED).with_slot("hazard_kind", kind, "spoken", verified=True)
        if area is not None:
            context = context.with_slot("place", area, "spoken")
        context = self._taken(context, "hazard")
        words = (Line(f"safety_{kind}"),) if self.own_words and not told else ()
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
        if result.get("reason") in {"not_confirmed", "not_asked", "bad_arguments"}:  # a model wants what nobody does
            return self._ask(context, context.question or "help", failed=context.failed)
        if goal is not None and (step := goal.refuse(context, result)) is not None:
            return self._take(step)
        if goal is not None and name in self.tools and result.get("reason") == "unavailable":
            return self._unreached(context, goal)
        line = Line(COMMON_REFUSALS.get(str(result.get("reason")), "not_now")) if name in self.tools else Line("cannot")
        return self._over(context, (line,))

    def _unreached(self, context: Context, goal: Goal) -> Move:
        """The records do not answer: once more if the caller likes, then a callback, then the helpline.

        The matter stays open all the while.
        """
        told = (Line(goal.unreached),) if goal.unreached else ()
        before = context.value("unreached")
        context = msgspec.structs.replace(context, goal=goal.name).with_slot("unreached", "yes", "tool")
        if before is None:
            return self._ask(context, "try_again", lines=told)
        if goal.hands_over or "agent" not in self.tools:
            return self._over(context, (Line("not_now"),))
        return self._ask(context, "callback_instead", lines=told)

    def _good_news(self, context: Context, goal: Goal, result: dict[str, Any]) -> Move:
        before, promise = context, goal.promise(result)
        if promise is not None and promise not in context.promises:
            context = msgspec.structs.replace(context, promises=(*context.promises, promise))
        if goal.hands_over:
            context = context.moved(MatterEvent.HANDED_OVER)
        elif goal.complaint:
            context = context.moved(MatterEvent.ANSWERED)
        if goal.gives_number and (number := given_number(result)) is not None:
            context = context.with_slot("given_complaint", number["complaint_number"], "tool", verified=True)
        context = context.without("unreached")
        step = goal.tell(context, result)
        if step is not None:
            return self._take(step)
        return self._over(before, (Line("not_now"),))  # a result that no tool of ours gives

    def _goodbye(self, context: Context) -> Move:
        return self._run(context, "bye", {})

    def _taken(self, context: Context, goal: str | None) -> Context:
        taken = msgspec.structs.replace(context, goal=goal, paused=None, question=None, failed=0, unclear=0)
        return taken.moved(MatterEvent.TAKEN)


def _before(line: Line, move: Move) -> Move:
    """The same move, with this said first."""
    return msgspec.structs.replace(move, lines=(line, *move.lines))


def _tells_need(context: Context, got: Understanding) -> bool:
    """Whether it is told, for the first time, that somebody depends on power."""
    told = got.intent == "vulnerable" or "need" in got.slots
    return told and context.value("need") not in {"yes", "noted"}


def _may_leave(context: Context, got: Understanding) -> bool:
    """Whether "leave it" is all that was said: no danger is left, no answer, and another wish is taken up."""
    return context.goal != "hazard" and not got.slots.keys() & WORTH_TAKING and other_goal(context, got) is None


def _may_be_doubted(context: Context, got: Understanding) -> bool:
    """Whether what was said may be asked about: what answers a question that leaves no room for danger is plain."""
    return is_open(context.question) and not PLAIN & {context.goal, got.intent} and context.value("doubt_asked") is None


def _says_hello(context: Context, got: Understanding) -> bool:
    """Whether the caller greets, where nothing was spoken of yet; later it is a goodbye, or asks if we are there."""
    return context.question in {None, "help", "menu"} and context.goal is None and is_greeting(got.text)


def _answers(context: Context, got: Understanding) -> bool:
    """Whether what may be a goodbye is an answer first: "no, thank you" where something was read back.

    What is merely like a goodbye ends nothing while an answer is waited for.
    """
    if context.question not in {None, *OPEN_QUESTIONS} and got.confidence < SURE_ENOUGH:
        return True
    asked = expectation_of(context.question).kind
    return got.answer in {"yes", "unknown"} or (asked is Kind.YES_NO and got.answer in {"no", "wrong"})
