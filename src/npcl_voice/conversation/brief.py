"""The model's brief: what a remote model is told of its task, made of the same phrases and rules as our own answers."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from npcl_voice.conversation.phrases import Phrases

__all__ = ["Part", "instructions_for", "parts"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of the instructions."""

    name: str
    text: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    part: tuple[Part, ...]


@cache
def parts() -> tuple[Part, ...]:
    """The parts that are the same in every language, in their order."""
    text = files("npcl_voice.conversation").joinpath("brief.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).part


def instructions_for(phrases: Phrases) -> str:
    """The instructions of a session in that language."""
    return "\n\n".join([*(part.text.strip() for part in parts()), phrases.style.strip()])
