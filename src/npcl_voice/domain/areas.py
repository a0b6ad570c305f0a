"""Areas: the sectors, villages and societies that the company supplies, as far as they are known.

The packaged list is a seed drawn from public sources, each entry with its own; it is no list of the
company's. An operator's own list takes its place (`NPCL_DOMAIN_DIR`).
"""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from npcl_voice.errors import SettingsError

__all__ = ["Area", "AreaKind", "packaged_areas", "read_areas"]

AreaKind = Literal["sector", "industrial", "society", "village"]


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place that is supplied."""

    name: str
    """The name on record, its number in figures: `Sector 16B`, `Alpha 1`."""
    aliases: tuple[str, ...] = ()
    """Other names that callers use for it."""
    ambiguous: bool = False
    """True where Noida, which another company supplies, has a place of the same name."""
    kind: AreaKind = "sector"
    source: str = ""
    """Where its supply by this company was read; `local usage` where no source has been found."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    area: tuple[Area, ...]


def read_areas(text: str) -> tuple[Area, ...]:
    """The areas in a TOML text of `[[area]]` tables, in their order.

    Raises SettingsError (`areas.toml`), naming what is wrong: a damaged text, or a name twice.
    """
    try:
        areas = msgspec.convert(tomllib.loads(text), _Table).area
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError("areas.toml", str(error)) from None
    seen: set[str] = set()
    for area in areas:
        for name in (area.name, *area.aliases):
            key = " ".join(name.lower().split())
            if not key or key in seen:
                raise SettingsError("areas.toml", f"the name {name!r} stands for more than one area, or for none")
            seen.add(key)
    return areas


@cache
def packaged_areas() -> tuple[Area, ...]:
    """The areas that come with this program."""
    return read_areas(resources.files(__package__).joinpath("data/areas.toml").read_text("utf-8"))
