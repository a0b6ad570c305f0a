"""A talk with the policy as a script: `>>` is what it hears, `<<` what it answers, in order."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import msgspec

from npcl_voice.audio.frame import Format
from npcl_voice.config import Call, Turns
from npcl_voice.conversation.commands import EngineChanged
from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.dialogue import Heard, Keyed, Move, Policy, Returned, Spoken, ToolCall, Typed
from npcl_voice.conversation.goals import GOALS
from npcl_voice.conversation.machine import Conversation
from npcl_voice.conversation.phrases import load_book, load_phrases
from npcl_voice.conversation.session import session_for
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.expectation import Expectation
from npcl_voice.meaning.places import Places
from npcl_voice.meaning.templates import expand
from npcl_voice.meaning.understanding import Understander, Understanding
from npcl_voice.realtime.session import SessionConfig
from tests.playbook import (
    CONFIGURE,
    JOINED,
    READY,
    SESSION,
    Playbook,
    answered,
    note,
    played,
    rendered,
    report,
    we_said,
)
from tests.playbook import play as queued
from tests.playbook import say as voice

__all__ = [
    "TOOLS",
    "Talk",
    "call",
    "conversation",
    "greeted",
    "keyed",
    "knowing",
    "returned",
    "say",
    "typed",
    "understander",
    "wants",
]

TOOLS = frozenset({*GOALS, "repeat", "bye"})
"""All that our own engine declares."""


@cache
def understander() -> Understander:
    """The real one, with a few examples of each template."""
    parts = {"place": ["delta one"], "digits": ["one two three"]}
    hear = load_phrases("en").hear
    examples = {name: [s for t in templates for s in expand(t, parts, limit=20)] for name, templates in hear.items()}
    return Understander(examples, Places(packaged_areas()))


def say(phrase: str, **values: str) -> Line:
    """A phrase is said."""
    return Line(phrase, values)


def call(name: str, /, **arguments: str) -> ToolCall:
    """A tool is called."""
    return ToolCall(name, arguments)


def typed(text: str) -> Typed:
    """The caller types."""
    return Typed(text)


def keyed(digits: str) -> Keyed:
    """The caller uses the keypad."""
    return Keyed(digits)


def returned(name: str, *, ok: bool = True, **result: Any) -> Returned:
    """A tool answers."""
    return Returned(name, {"ok": ok, **result})


class Talk:
    """A policy, the context so far, and what was answered last and is not looked at yet.

    Records that are looked into before anything is asked know nothing, unless `looks` are to be answered
    like any other tool.

    A plain text after `>>` is spoken; after `<<` it is a phrase without gaps. Everything that is
    answered must be looked at; `assert` on the talk sees to the last answer.
    """

    def __init__(
        self,
        context: Context | None = None,
        *,
        tools: frozenset[str] = TOOLS,
        own_words: bool = False,
        understand: Any = None,
        looks: bool = False,
    ) -> None:
        self.looks = looks
        self.policy = Policy(understand or understander().understand, tools, own_words=own_words)
        self.context = context or Context(question="help", last=(Line("greeting"),))
        self._left: list[Line | ToolCall] = []

    def opens(self) -> "Talk":
        """An answer is wanted before anything was heard."""
        self._take(self.policy.open(self.context))
        return self

    def __rshift__(self, heard: Heard | str) -> "Talk":
        assert self._left == [], f"{self._left} is answered, too"
        self._take(self.policy.step(self.context, Spoken(heard) if isinstance(heard, str) else heard))
        return self

    def __lshift__(self, expected: Line | ToolCall | str | Sequence[Line | str]) -> "Talk":
        for one in [expected] if isinstance(expected, str | Line | ToolCall) else expected:
            assert self._left, f"nothing more is answered, not {one}"
            wanted = Line(one) if isinstance(one, str) else one
            answer = self._left.pop(0)
            assert answer == wanted, f"{answer} is answered, not {wanted}"
        return self

    def __bool__(self) -> bool:
        assert self._left == [], f"{self._left} is answered, too"
        return True

    def _take(self, move: Move) -> None:
        self.context = move.context
        self._left = [*move.lines, *([move.call] if move.call else [])]
        if not self.looks and move.call is not None and _is_look(move.call):
            self._left.pop()
            move = self.policy.step(self.context, Returned("no_supply", {"ok": False, "reason": "need_place"}))
            self.context = move.context
            self._left += [*move.lines, *([move.call] if move.call else [])]


def _is_look(call: ToolCall) -> bool:
    """Whether nothing is to be registered by it: where is not known yet."""
    return call.name == "no_supply" and not {"consumer_number", "premises"} & call.arguments.keys()


def conversation(
    *,
    turns: Turns | None = None,
    call: Call | None = None,
    remote: bool = False,
    language: str = "en",
    understand: Callable[[str, Expectation], Understanding] | None = None,
) -> Conversation:
    """A call before anybody answers; for a remote engine its settings must be whole."""
    book = load_book(language)

    def session(line: Format, with_voice: bool) -> SessionConfig:
        if remote:
            own = turns or Turns()
            named = None if book.follows else language
            return session_for(line, voice=with_voice, turns=own, tools=(), instructions="Be kind.", language=named)
        return msgspec.structs.replace(SESSION, instructions=f"{line.codec.value}, voice: {with_voice}")

    return Conversation(
        policy=Policy(understand or understander().understand, TOOLS),
        book=book,
        turns=turns or Turns(),
        call=call or Call(),
        session=session,
    )


def greeted(book: Playbook | None = None) -> Playbook:
    """A call whose greeting of 100 ms has been heard; nothing of the caller has been sent yet."""
    book = book or Playbook(conversation())
    assert book >> JOINED << report(EngineChanged("local", "no key"))
    assert book >> answered() << CONFIGURE << voice(1, "greeting")
    assert book >> READY >> rendered(1, "Namaste.", 100) << queued(100, 1)
    assert book >> played(100) << we_said("Namaste.", 100) << note("[said greeting] Namaste.")
    return book


def knowing(**wishes: Understanding) -> Callable[[str, Expectation], Understanding]:
    """The real understanding, and beside it sentences whose meaning is given: `words_with_underscores`."""
    told = {words.replace("_", " "): meaning for words, meaning in wishes.items()}

    def understand(text: str, expecting: Expectation) -> Understanding:
        meaning = told.get(text)
        if meaning is None:
            return understander().understand(text, expecting)
        return msgspec.structs.replace(meaning, text=text)

    return understand


def wants(intent: str | None, **slots: str) -> Understanding:
    """A sentence in which this is surely wanted, and told."""
    return Understanding("", intent=intent, slots=slots, confidence=0.9)
