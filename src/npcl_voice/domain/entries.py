"""How the company's data is read: TOML tables of entries, each with its source and its date.

Reading is strict: a name that nobody knows, a value of another kind and an entry without a source
are refused, and the message names the file, the entry and what is allowed.
"""

import re
import tomllib
import types
import typing
from collections.abc import Callable
from datetime import date
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from npcl_voice.errors import SettingsError

__all__ = ["Entry", "Text", "allowed_words", "read_entries", "refuse"]

Text = typing.Annotated[str, msgspec.Meta(min_length=1)]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every entry has."""

    source: Text
    """Where it was read: a page, a regulation, a newspaper and its day."""
    as_of: date
    """The day on which it was last compared with its source."""


E = TypeVar("E", bound=Entry)


def read_entries(file: str, text: str, table: str, kind: type[E], label: Callable[[E], str]) -> tuple[E, ...]:
    """The `[[table]]` entries of a file's text, in their order, or none; each label may stand there once.

    Raises SettingsError, named after the file: for a text that is no TOML, another table, or an entry
    that is damaged, saying which one it is and what is allowed.
    """
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of a million digits is a plain ValueError
        raise SettingsError(file, f"it is no TOML: {error}") from None
    for name in raw:
        if name != table:
            raise SettingsError(file, f"there is no table {name!r} here; allowed: [[{table}]]")
    rows = raw.get(table, [])
    if not isinstance(rows, list):
        raise SettingsError(file, f"{table!r} is no list of tables; allowed: [[{table}]] above each entry")
    entries: list[E] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        try:
            entry = msgspec.convert(row, kind)
        except msgspec.ValidationError as error:
            raise refuse(file, f"[[{table}]] {number}{_named(row)}", f"{error}{_allowed(kind, str(error))}") from None
        if label(entry) in seen:
            raise refuse(file, f"[[{table}]] {number}", f"{label(entry)} stands here twice; allowed: once")
        seen.add(label(entry))
        entries.append(entry)
    return tuple(entries)


def refuse(file: str, entry: str, message: str) -> SettingsError:
    """The error for one entry of a file."""
    return SettingsError(file, f"{entry}: {message}")


def _named(row: object) -> str:
    """The entry's own name beside its number, for whoever looks for it in the file."""
    name = row.get("name", row.get("event", row.get("kind"))) if isinstance(row, dict) else None
    return f" ({name})" if isinstance(name, str) and name else ""


def _allowed(kind: type[Entry], message: str) -> str:
    """What may stand where `message` says that something is wrong."""
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    if "unknown field" in message:
        return f"; allowed: {', '.join(fields)}"
    found = re.search(r"\$\.(\w+)|required field `(\w+)`", message)
    name = (found[1] or found[2]) if found else ""
    return f"; allowed: {allowed_words(fields[name])}" if name in fields else ""


def allowed_words(annotation: Any) -> str:
    """A field's type in words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        meta = inner[1]
        return str(meta.description) if meta.description else allowed_words(inner[0])
    if origin is Literal:
        return ", ".join(map(str, inner))
    if origin in (types.UnionType, typing.Union):
        return allowed_words(inner[0])
    if origin is tuple:
        return "a list of texts"
    return {bool: "true or false", date: "a day such as 2026-11-22", float: "a number", int: "a whole number"}.get(
        annotation, "a text that is not empty"
    )
