"""What the dialogue policy hears, and what it wants next."""

from typing import Any

import msgspec

from npcl_voice.conversation.context import Context, Line

__all__ = ["Heard", "Keyed", "Move", "Returned", "Spoken", "ToolCall", "Typed", "Unheard"]


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
    error: str | None = None
    """The class of an error of ours over which this is said instead of an answer."""
