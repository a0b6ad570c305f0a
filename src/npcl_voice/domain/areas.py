"""Areas: the sectors, villages and societies that the company supplies, as far as they are known.

The packaged list is a seed drawn from public sources, each entry with its own; it is no list of the
company's. An operator's own list takes its place (`NPCL_DOMAIN_DIR`).
"""

import re
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from msgspec import Meta

from npcl_voice.domain.entries import Entry, read_entries, refuse

__all__ = ["Area", "AreaKind", "packaged_areas", "read_areas"]

AreaKind = Literal["sector", "industrial", "society", "village"]

_SAYABLE = re.compile(r"[A-Za-z ]*[A-Za-z](?: [0-9]{1,3}[A-Za-z]?)?")
"""What is looked for in callers' words: words, then a number and a letter if there are any."""

Name = Annotated[
    str, Meta(min_length=1, max_length=60, description="a name of at most 60 letters, its number in figures: Alpha 1")
]


class Area(Entry, frozen=True):
    """A place that is supplied."""

    name: Name
    """The name on record, its number in figures: `Sector 16B`, `Alpha 1`."""
    aliases: tuple[Name, ...] = ()
    """Other names that callers use for it."""
    ambiguous: bool = False
    """True where Noida, which another company supplies, has a place of the same name."""
    kind: AreaKind = "sector"
    """What sort of place it is."""


def read_areas(text: str) -> tuple[Area, ...]:
    """The areas in a TOML text of `[[area]]` tables, in their order.

    Raises SettingsError (`areas.toml`), naming what is wrong: a damaged text, a name twice, or one
    that nobody could say.
    """
    file = "areas.toml"
    areas = read_entries(file, text, "area", Area, lambda area: area.name)
    if not areas:
        raise refuse(file, "[[area]]", "there is none, so no place would be known; allowed: one or more")
    seen: set[str] = set()
    for area in areas:
        for name in (area.name, *area.aliases):
            key = " ".join(name.lower().split())
            if not key or key in seen:
                raise refuse(file, area.name, f"the name {name!r} stands for more than one area, or for none")
            plain = " ".join(re.sub(r"[^A-Za-z0-9 ]", " ", name).split())
            if not (name.isascii() and _SAYABLE.fullmatch(plain)):
                message = f"{name!r} is no name that callers say; allowed: words, then a number such as 16 or 16B"
                raise refuse(file, area.name, message)
            seen.add(key)
    return areas


@cache
def packaged_areas() -> tuple[Area, ...]:
    """The areas that come with this program."""
    return read_areas(resources.files(__package__).joinpath("data/areas.toml").read_text("utf-8"))
