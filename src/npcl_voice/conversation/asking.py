"""The last steps of every move: how a question is asked, again, for the keypad, and when a person is offered."""

from collections.abc import Callable
from typing import assert_never

import msgspec

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals import GOALS
from npcl_voice.conversation.goals.goal import Ask, Fail, Look, Over, Run, Step
from npcl_voice.conversation.goals.vulnerable import is_pending
from npcl_voice.conversation.moves import Move, ToolCall
from npcl_voice.conversation.questions import QUESTIONS, is_offered, read_back_of, worded
from npcl_voice.domain.consumers import OWN_CONNECTION
from npcl_voice.meaning.expectation import Expectation, Kind
from npcl_voice.meaning.understanding import Understanding

__all__ = ["PERSON_AFTER", "Asking"]

PERSON_AFTER = 3
"""Failed attempts at one thing after which a person is offered: spoken, spoken, keypad."""
UNCLEAR_LIMIT = 2
"""Answers that are neither yes nor no after which a read-back counts as rejected."""
THREE_TIMES = frozenset({"help", "menu", "name"})
"""Questions that are asked so often though no keypad answers them."""


class Asking:
    """Asks, and takes a goal's next step; remembers nothing."""

    def __init__(
        self, understand: Callable[[str, Expectation], Understanding], tools: frozenset[str], *, own_words: bool = False
    ) -> None:
        """`tools` are the declared ones; with `own_words` safety words and farewell are said here.

        Towards our own conversation they are not: it says them itself, in every engine.
        """
        self.understand = understand
        self.tools = tools
        self.own_words = own_words

    def _next(self, context: Context, lines: tuple[Line, ...] = ()) -> Move:
        """What comes next for the goal."""
        goal = GOALS.get(context.goal or "")
        return self._ask(context, "help", lines=lines) if goal is None else self._take(goal.step(context), lines)

    def _take(self, step: Step, lines: tuple[Line, ...] = ()) -> Move:
        """Take a goal's step."""
        context, lines = step.context, (*lines, *step.lines)
        match step:
            case Ask():
                return self._ask(context, step.question, lines=lines, failed=step.failed)
            case Run():
                return self._run(context, step.tool, step.arguments, lines)
            case Look() if self.own_words or step.tool not in self.tools:  # a stranger's tool may not answer so
                return self._take(step.otherwise, lines)
            case Look():
                asked = step.otherwise
                context = msgspec.structs.replace(context, question=asked.question, failed=asked.failed)
                return self._run(context, step.tool, step.arguments, lines)
            case Fail():
                return self._failed(msgspec.structs.replace(context, question=step.question), lines)
            case Over():
                return self._over(context, lines)
            case _:
                assert_never(step)

    def _over(self, context: Context, lines: tuple[Line, ...] = ()) -> Move:
        """A matter is dealt with: who depends on power is noted, then goes on what was interrupted."""
        context = msgspec.structs.replace(context, failed=0, unclear=0)
        if context.paused is not None:
            return self._next(msgspec.structs.replace(context, goal=context.paused, paused=None), lines)
        if is_pending(context) and "vulnerable" in self.tools:
            return self._next(msgspec.structs.replace(context, goal="vulnerable", question=None), lines)
        return self._ask(msgspec.structs.replace(context, goal=None), "anything_else", lines=lines)

    # Yes and no.

    def _agreed(self, context: Context, question: str) -> Move:
        context = msgspec.structs.replace(context, unclear=0)
        goal = GOALS.get(context.goal or "")
        if goal is not None and question in goal.replies:
            return self._take(goal.replies[question](context, True))
        if question == "callback_instead":
            return self._next(msgspec.structs.replace(context, goal="agent", paused=None, failed=0))
        for name in QUESTIONS[question].reads:
            slot = context.slots[name]
            context = context.with_slot(name, slot.value, slot.source, verified=True)
        return self._next(context)

    def _disagreed(self, context: Context, question: str) -> Move:
        goal = GOALS.get(context.goal or "")
        if goal is not None and question in goal.replies:
            return self._take(goal.replies[question](context, False))
        base = read_back_of(question)
        if base is None:
            return self._over(context, (Line("no_callback"),) if question == "try_again" else ())
        if context.value(base) == OWN_CONNECTION:  # nobody was misheard
            context = context.without(base).with_slot("not_own", "yes", "spoken")
            return self._next(msgspec.structs.replace(context, failed=0, unclear=0))
        if is_offered(context, base):  # not to be offered a second time
            context = context.with_slot("not_meant", context.slots[base].value, "spoken")
        context = context.without(*QUESTIONS[question].reads)
        if question != "confirm_place":
            return self._failed(msgspec.structs.replace(context, question=base))
        if context.value("place_rejected") is not None:
            return self._way_out(context)
        context = context.with_slot("place_rejected", "yes", "spoken")
        return self._failed(msgspec.structs.replace(context, question="area"))

    # Asking.

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
            return self._over(context, lines)
        limit = PERSON_AFTER if spec.keypad is not None or question in THREE_TIMES else PERSON_AFTER - 1
        if failed >= limit and spec.slot is not None and spec.otherwise is not None:
            context = context.with_slot(spec.slot, spec.otherwise, "tool")
            return self._next(msgspec.structs.replace(context, failed=0), lines)
        if failed >= limit:
            return self._way_out(context, lines)
        if question == "help" and failed == PERSON_AFTER - 1:
            question = "menu"
        if instead is not None:
            return self._say(msgspec.structs.replace(context, question=question, failed=failed), *lines, instead)
        return self._ask(context, question, lines=lines, failed=failed)

    def _way_out(self, context: Context, lines: tuple[Line, ...] = ()) -> Move:
        """It does not work: offer that a person calls back, or tell where one is to be had."""
        if context.goal not in {"agent", "callback"} and "agent" in self.tools:
            return self._ask(context, "callback_instead", lines=lines)
        context = msgspec.structs.replace(context, goal=None)
        return self._ask(context, "anything_else", lines=(*lines, Line("no_callback")))

    def _ask(
        self, context: Context, question: str, *, lines: tuple[Line, ...] = (), failed: int = 0, unclear: int = 0
    ) -> Move:
        spec = QUESTIONS[question]
        if spec.keypad is not None and failed >= PERSON_AFTER - 1:
            asked = Line(spec.keypad)
        else:
            again = unclear > 0 if spec.expects.kind is Kind.YES_NO else failed > 0
            asked = Line(spec.again) if again else worded(context, question)
        context = msgspec.structs.replace(context, question=question, failed=failed, unclear=unclear)
        return self._say(context, *lines, asked)

    def _say(self, context: Context, *lines: Line) -> Move:
        return Move(msgspec.structs.replace(context, last=lines), lines)

    def _again(self, context: Context) -> Move:
        return Move(context, context.last or (Line("nothing_to_repeat"),))

    def _run(self, context: Context, name: str, arguments: dict[str, str], lines: tuple[Line, ...] = ()) -> Move:
        if name in self.tools:
            return Move(context, lines, ToolCall(name, arguments))
        if name == "bye":
            return Move(msgspec.structs.replace(context, question=None), (*lines, Line("farewell")))
        context = msgspec.structs.replace(context, goal=None)
        return self._ask(context, "anything_else", lines=(*lines, Line("cannot")))
