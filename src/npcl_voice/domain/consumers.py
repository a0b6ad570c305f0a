"""Who is supplied, and where: consumers and the premises they are supplied at."""

import re

import msgspec

__all__ = [
    "CONSUMER_NUMBER",
    "MOBILE_NUMBER",
    "OWN_CONNECTION",
    "Consumer",
    "Premises",
    "is_consumer_number",
    "is_mobile_number",
    "made_up",
]

CONSUMER_NUMBER = re.compile(r"2[0-9]{9}")
"""NPCL's consumer number: ten digits, the first a 2 (NPCL, SMS Based Services; bills)."""

OWN_CONNECTION = "own"
"""Stands for the number of the connection that is registered with the caller's own telephone number.

The caller has not told that number, so it is never said, and never leaves a tool.
"""

MOBILE_NUMBER = re.compile(r"[6-9][0-9]{9}")
"""An Indian mobile number without the country code."""


class Premises(msgspec.Struct, frozen=True):
    """A place that is supplied, whoever lives there."""

    premises_id: str
    """Stable key, such as `P-1001`; for a place we have no record of, `area/house` in lower case."""
    area: str
    """The area's name as in the areas table."""
    house: str = ""
    """House, plot or flat number as the caller gives it."""


class Consumer(msgspec.Struct, frozen=True):
    """A customer of the company. The name is compared, never read out (decision D8)."""

    consumer_number: str
    name: str
    mobile: str
    premises: Premises
    demo: bool = False


def is_consumer_number(text: str) -> bool:
    """Whether `text` has the shape of a consumer number."""
    return CONSUMER_NUMBER.fullmatch(text) is not None


def is_mobile_number(text: str) -> bool:
    """Whether `text` has the shape of an Indian mobile number of ten digits."""
    return MOBILE_NUMBER.fullmatch(text) is not None


def made_up(area: str, house: str) -> Premises:
    """The premises of a house that is not on record, keyed by what the caller said.

    The key ignores case and spaces, so the same house said twice is the same place.
    """
    return Premises(premises_id=f"{_key(area)}/{_key(house)}", area=area, house=house.strip())


def _key(text: str) -> str:
    return " ".join(text.casefold().split())
