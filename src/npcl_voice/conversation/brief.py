"""The model's brief: what a remote model is told of its task, made of our own phrases, tools and rules.

It has a version, a digest of all that is in it: two calls with the same version were held with the same brief.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from npcl_voice.conversation.context import Line
from npcl_voice.conversation.phrases import Phrases
from npcl_voice.realtime.session import FunctionTool

__all__ = ["Brief", "Part", "brief_for", "parts", "who_we_are"]

VERSION_CHARS = 12
"""Hexadecimal digits of a version."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of the instructions."""

    name: str
    text: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    part: tuple[Part, ...]


class Brief(msgspec.Struct, frozen=True):
    """All that a remote model is given for a call that begins in one language."""

    version: str
    language: str
    greeting: str
    """What our own voice says first; the model is told that it was said."""
    style: str
    """How it is to speak; the end of the instructions."""
    instructions: str
    tools: tuple[FunctionTool, ...]


@cache
def parts() -> tuple[Part, ...]:
    """The parts that are the same in every language, in their order."""
    text = files("npcl_voice.conversation").joinpath("brief.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).part


@cache
def who_we_are() -> str:
    """The first sentence of all parts, which tells the model for whom it speaks: it may tell everybody."""
    return parts()[0].text.split(".")[0]


def brief_for(phrases: Phrases, tools: Sequence[FunctionTool]) -> Brief:
    """The brief in that language, with these tools."""
    greeting, style = phrases.render(Line("greeting")), phrases.style.strip()
    text = "\n\n".join([*(part.text.strip() for part in parts()), style])
    whole = msgspec.json.encode([phrases.language, greeting, text, list(tools)], order="deterministic")
    version = hashlib.sha256(whole).hexdigest()[:VERSION_CHARS]
    return Brief(
        version=version,
        language=phrases.language,
        greeting=greeting,
        style=style,
        instructions=f"{text}\n\nVersion of these instructions: {version}",
        tools=tuple(tools),
    )
