"""What every goal is made of: the steps that lead to its tool, and what the tool's answer means.

A goal decides from the context alone. How a question is asked, again, for the keypad, and when a person
is offered instead, is the policy's business and the same for all goals.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from npcl_voice.conversation.commands import Outcome
from npcl_voice.conversation.context import Context, Line

__all__ = ["Ask", "Fail", "Goal", "Look", "Over", "Result", "Run", "Step", "said_first", "same_slots"]

Result = dict[str, Any]
"""What a tool answered: a JSON object with `ok`, from whoever ran it."""


class Ask(msgspec.Struct, frozen=True):
    """Ask the caller a question."""

    context: Context
    question: str
    """A key of `questions.QUESTIONS`."""
    lines: tuple[Line, ...] = ()
    """What is said before it."""
    failed: int = 0
    """Attempts at the same thing that have failed already."""


class Run(msgspec.Struct, frozen=True):
    """Run a tool."""

    context: Context
    tool: str
    arguments: dict[str, str]
    lines: tuple[Line, ...] = ()


class Look(msgspec.Struct, frozen=True):
    """Run a tool that may know already what would be asked next; whoever cannot wait for it asks.

    While it runs the question counts as open: a model that leads asks it without looking.
    """

    context: Context
    tool: str
    arguments: dict[str, str]
    otherwise: Ask
    lines: tuple[Line, ...] = ()


class Fail(msgspec.Struct, frozen=True):
    """What the caller answered to that question was of no use: make the next attempt at it."""

    context: Context
    question: str
    lines: tuple[Line, ...] = ()


class Over(msgspec.Struct, frozen=True):
    """The matter is dealt with: go on with what waits, else ask what else is wanted."""

    context: Context
    lines: tuple[Line, ...] = ()


Step = Ask | Run | Look | Fail | Over


def _nothing(_context: Context, _result: Result) -> None:
    """A refusal that this goal has no words of its own for."""


def _no_promise(_result: Result) -> None:
    """Nothing that the caller may count on."""


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a caller may want, under the name of its intent."""

    name: str
    step: Callable[[Context], Step]
    """What is needed next: a question, or the tool."""
    tell: Callable[[Context, Result], Step | None]
    """What is said when the tool has done it (`ok` is true); None for a result that no tool of ours gives."""
    refuse: Callable[[Context, Result], Step | None] = _nothing
    """What is said when the tool has refused; None where the common words will do."""
    promise: Callable[[Result], str | None] = _no_promise
    """What the caller may count on once it is done, in words for the facts block."""
    replies: Mapping[str, Callable[[Context, bool], Step]] = {}
    """What yes and no mean to its own questions that are answered so."""
    takes: Mapping[str, str] = {}
    """What is taken from the words in which the wish was uttered, and the slots that it goes into."""
    anew: tuple[str, ...] = ()
    """Slots of an earlier matter that are forgotten when this is taken up."""
    by_words: bool = True
    """Whether words alone take it up; danger is found by rules of its own."""
    aside: bool = False
    """Whether it is answered in between, and what it interrupted goes on afterwards."""
    aside_with: str | None = None
    """What has to come along with the wish for it to be answered in between, too: nothing more need be asked then."""
    complaint: bool = True
    """Whether it makes the call one about a complaint."""
    hands_over: bool = False
    """Whether a person goes on once it is done."""
    outcome: Outcome | None = None
    """What a call has come to that has reached it."""
    gives_number: bool = False
    """Whether the complaint number in its result is one that this call gives out."""
    unreached: str | None = None
    """The phrase that is said first when the records do not answer."""


def same_slots(*names: str) -> dict[str, str]:
    """What is taken from the words under its own name."""
    return {name: name for name in names}


def said_first(line: Line, step: Step) -> Step:
    """The same step, with this said before it."""
    return msgspec.structs.replace(step, lines=(line, *step.lines))
