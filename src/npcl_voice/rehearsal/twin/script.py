"""What the twin's model says: a conversation as rules, read from TOML.

A rule is tried in the order of the file, and the first that fits is the answer. It looks at the last
words of the caller, at a tool's result, and at what was told so far; never at how far a session has
come. So a new session that is given the conversation as text goes on where the old one broke.
"""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from npcl_voice.errors import SettingsError

__all__ = ["Call", "Fact", "Rule", "Script", "Timing", "load_script", "parse_script", "read_text", "script_names"]

MAX_BYTES = 262_144
"""A script is written by a person: more is no script."""

Ms = Annotated[float, Meta(ge=0, le=600_000)]
Text = Annotated[str, Meta(max_length=2_000)]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class _Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all parts of a script share: a key that is not known is a slip of the pen."""


class Timing(_Read, frozen=True, kw_only=True):
    """How long things take."""

    network_ms: Ms = 0
    """One way, the same in both directions; joining costs six of them (TCP, TLS, the upgrade)."""
    think_ms: Ms = 400
    """From the request for an answer to its first sound."""
    transcript_ms: Ms = 300
    """From the end of a turn to its words; half of them come after half of it."""
    pace: Annotated[float, Meta(ge=0, le=1_000)] = 5
    """How much faster than real time sound is sent; 0 sends all at once."""
    delta_ms: Annotated[int, Meta(ge=50, le=200)] = 100
    """Sound in one event."""
    words_ahead_ms: Annotated[float, Meta(ge=-10_000, le=10_000)] | None = None
    """How far words come ahead of their sound, one after the other; below zero they come after it. Without it a
    sentence's words come all at once, before its sound."""
    lasts_s: Annotated[float, Meta(ge=1, le=86_400)] = 3_600
    """A session's longest life."""


class Fact(_Read, frozen=True, kw_only=True):
    """A number that callers tell, spoken or keyed, known by how many digits it has."""

    name: Name
    digits: Annotated[int, Meta(ge=1, le=32)]


class Call(_Read, frozen=True, kw_only=True):
    """A tool that is asked for."""

    name: Name
    arguments: dict[str, str] = {}
    """By parameter; a value may hold gaps."""


class Rule(_Read, frozen=True, kw_only=True):
    """When to answer what. A rule whose gaps cannot be filled does not fit."""

    hears: tuple[Text, ...] = ()
    """The caller's last words hold one of these, word by word, whatever the case."""
    tells: str = ""
    """The caller's last words hold this fact."""
    after: str = ""
    """This tool has answered, and nothing was said about it yet."""
    result: dict[str, bool | int | str] = {}
    """Its answer has these values; an empty text stands for none."""
    knows: tuple[str, ...] = ()
    """These were told, or are in a tool's answer."""
    lacks: tuple[str, ...] = ()
    """These were not."""
    say: Text = ""
    """The words, with `{gaps}` for facts, for what stands in tools' answers, and for `{words}`, the caller's last."""
    call: Call | None = None
    """A tool to be asked for after them."""

    def gaps(self) -> Iterator[str]:
        """The names of all gaps."""
        for text in (self.say, *(self.call.arguments.values() if self.call else ())):
            yield from gaps_of(text)


class Script(_Read, frozen=True, kw_only=True):
    """One conversation."""

    title: Text
    opening: Text
    """Said when an answer is asked for before anybody has said anything."""
    otherwise: Text
    """Said when no rule fits."""
    unheard: Text
    """Said when no words could be made of the caller's turn."""
    waiting: Text
    """Said when an answer is asked for while a tool has not answered."""
    reply: tuple[Rule, ...]
    fact: tuple[Fact, ...] = ()
    timing: Timing = Timing()
    voice: Literal["cheap", "flite"] = "cheap"
    """`cheap` makes sound that only counts, `flite` speaks."""


def gaps_of(text: str) -> list[str]:
    """The names of the gaps in a text. Raises ValueError where its braces are no gaps."""
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


def parse_script(text: str, name: str) -> Script:
    """The script in a TOML text; `name` is what to call it. Raises SettingsError."""
    try:
        script = msgspec.convert(tomllib.loads(text), Script)
        _check(script)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise SettingsError(name, f"is no script for the twin: {error}") from None
    return script


def _check(script: Script) -> None:
    """What no single key can say. Raises ValueError."""
    if not script.reply:
        msg = "it has no [[reply]]"
        raise ValueError(msg)
    facts = {fact.name for fact in script.fact}
    for at, rule in enumerate(script.reply, start=1):
        where = f"[[reply]] number {at}"
        if bool(rule.hears) + bool(rule.tells) + bool(rule.after) != 1:
            msg = f"{where} needs one of hears, tells and after"
            raise ValueError(msg)
        if rule.tells and rule.tells not in facts:
            msg = f"{where} tells {rule.tells!r}, which is no [[fact]]"
            raise ValueError(msg)
        if rule.result and not rule.after:
            msg = f"{where} has a result and no after"
            raise ValueError(msg)
        if any(not name.isidentifier() for name in rule.gaps()):
            msg = f"{where} has a gap that is no plain name"
            raise ValueError(msg)


def script_names() -> list[str]:
    """The scripts that come with the twin."""
    names = (file.name for file in files("npcl_voice.rehearsal.twin.scripts").iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def load_script(name: str) -> Script:
    """The script of that name, or in that file. Raises SettingsError, naming those there are."""
    if name in script_names():
        packaged = files("npcl_voice.rehearsal.twin.scripts").joinpath(f"{name}.toml")
        return parse_script(packaged.read_text(encoding="utf-8"), name)
    if not name.endswith(".toml"):
        raise SettingsError("--script", f"{name!r} is neither a .toml file nor one of {', '.join(script_names())}")
    return parse_script(read_text(Path(name), "--script"), name)


def read_text(path: Path, setting: str) -> str:
    """A small text file. Raises SettingsError when it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise SettingsError(setting, f"{path} is larger than {MAX_BYTES} bytes")
        return data.decode("utf-8")
    except OSError as error:
        raise SettingsError(setting, f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(setting, f"{path} is no text") from None
