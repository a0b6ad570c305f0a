"""What a room reads once for a process, read again: whoever came first, its own tests see it read.

Functions with a cache are found by that; what each is given stands here where it is a language or the like.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from npcl_voice.audio.frame import Codec
from npcl_voice.meaning.language import LANGUAGES

__all__ = ["read_again"]

GIVEN: dict[str, tuple[Any, ...]] = {
    "language": LANGUAGES,
    "law": (Codec.PCMU, Codec.PCMA),
    "up": (3,),
    "down": (2,),
}
"""By the name of a parameter, what there is of it."""


def read_again(room: str) -> list[str]:
    """The names of all that was read again without its cache; each must give what it gave at first, of that type."""
    names = []
    for name, cached in _cached(room):
        read = inspect.unwrap(cached)
        wanted = [one.name for one in inspect.signature(read).parameters.values() if one.default is one.empty]
        if all(one in GIVEN for one in wanted):
            for given in product(*(GIVEN[one] for one in wanted)):
                assert type(read(*given)) is type(cached(*given)), name
            names.append(name)
    return names


def _cached(room: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    package = importlib.import_module(f"npcl_voice.{room}")
    modules = [package.__name__, *(one.name for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))]
    for module in map(importlib.import_module, modules):
        for name, found in vars(module).items():
            if hasattr(found, "cache_info") and found.__module__ == module.__name__:
                yield f"{module.__name__}.{name}", found
