"""The kinds of numbers that callers are asked for: how long each is, and what it looks like."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from npcl_voice.domain.complaints import COMPLAINT_DIGITS
from npcl_voice.domain.consumers import CONSUMER_NUMBER, MOBILE_NUMBER

__all__ = ["KINDS", "NumberKind", "local_mobile"]

_PREFIXED = re.compile(rf"(?:0|(?:00)?91)0?({MOBILE_NUMBER.pattern})")
"""A mobile number behind India's country code, or behind the 0 of the trunk call."""
_MOBILE_DIGITS: Final = 10


class NumberKind(msgspec.Struct, frozen=True):
    """One kind of number."""

    lengths: tuple[int, ...]
    """In digits, ascending."""
    shape: re.Pattern[str]
    """What it looks like."""
    mobile: bool = False
    """Whether a country code or a 0 before it is left out."""

    def local(self, digits: str) -> str:
        """The number without what is dialled before it."""
        return local_mobile(digits) if self.mobile else digits

    def fits(self, digits: str) -> bool:
        """Whether `digits` is a number of this kind."""
        return len(digits) in self.lengths and self.shape.fullmatch(digits) is not None


KINDS: Final = {
    "consumer_number": NumberKind((10,), CONSUMER_NUMBER),
    "complaint_number": NumberKind((COMPLAINT_DIGITS,), re.compile(rf"[0-9]{{{COMPLAINT_DIGITS}}}")),
    "phone": NumberKind((_MOBILE_DIGITS,), MOBILE_NUMBER, mobile=True),
    "meter_number": NumberKind((6, 7, 8, 9, 10), re.compile(r"[0-9]{6,10}")),
    "otp": NumberKind((4, 6), re.compile(r"[0-9]{4}|[0-9]{6}")),
    "house": NumberKind((1, 2, 3, 4), re.compile(r"[0-9]{1,4}")),
}
"""By the name of the question that asks for it; `otp` is a code sent by SMS."""


def local_mobile(digits: str, lengths: Sequence[int] = (_MOBILE_DIGITS,)) -> str:
    """A mobile number without +91, 91 or 0 before it, where that gives one of `lengths`; other digits as they are."""
    if len(digits) in lengths or _MOBILE_DIGITS not in lengths:
        return digits
    found = _PREFIXED.fullmatch(digits)
    return found[1] if found else digits
