"""Telephone numbers in the forms in which networks and people give them."""

import re

from npcl_voice.domain.consumers import MOBILE_NUMBER

__all__ = ["LONGEST_NUMBER", "forms_of", "local_number"]

LONGEST_NUMBER = 15
"""Digits of the longest number that there is (ITU-T E.164)."""

PREFIXES = ("", "0", "91", "+91", "0091")
"""What may stand before an Indian mobile number."""


def local_number(text: str) -> str:
    """A number as it is compared: an Indian mobile number by its ten digits, any other by all of its own.

    Spaces, hyphens, dots and brackets do not count.
    """
    bare = re.sub(r"[\s().-]", "", text)
    mobile = re.fullmatch(rf"(?:\+?91|0091|0)?({MOBILE_NUMBER.pattern})", bare)
    return mobile[1] if mobile else bare.removeprefix("+")


def forms_of(number: str) -> tuple[str, ...]:
    """Every way in which that number may stand on record."""
    local = local_number(number)
    if MOBILE_NUMBER.fullmatch(local):
        return tuple(f"{prefix}{local}" for prefix in PREFIXES)
    return (local, f"+{local}")
