"""Which of the caller's own numbers was meant by one that is on no record."""

from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

__all__ = ["nearest_number"]

_SLIPS: Final = 1
"""A digit too many, one too few, another one, or two neighbours that changed places."""


def nearest_number(said: str, own: Iterable[str]) -> str | None:
    """The one of the caller's `own` numbers that differs from `said` by a single slip; else none.

    It is for a question only ("is it ...?"), never to act upon. `own` are numbers that belong to the number
    that the caller calls from: complaints registered from it, consumer numbers registered for it. Any other
    number would tell the caller, and whoever tries numbers one by one, what is on record for somebody else;
    a caller whose number is not known has none, and is asked again.

    None as well where `said` is one of them already, and where two are as near.
    """
    numbers = set(own)
    if said in numbers:
        return None
    near = [number for number in numbers if OSA.distance(said, number, score_cutoff=_SLIPS) <= _SLIPS]
    return near[0] if len(near) == 1 else None
