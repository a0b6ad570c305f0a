"""A greeting and nothing else. In India one opens a call as it ends one: `namaste` is hello and goodbye."""

import re
from typing import Final

from npcl_voice.meaning.script import folded

__all__ = ["is_greeting"]

_LONGEST: Final = 80
"""In characters; what is longer says more."""
_AROUND: Final = "ji|sar|sir|madam|maidam|bai|baiya|han|are|yes|okay|ok"
_HELLO: Final = (
    "helo|hailo|hi|he|namaste|namaskar|pranam|salam|adab|ram ram|rade rade|sat sri akal|"
    "gud (?:morning|evening|afternu|afternun)"
)
"""As `folded` writes them, in either script."""
_GREETING: Final = re.compile(rf"(?:(?:{_AROUND}) )*(?:(?:{_HELLO}) (?:(?:{_AROUND}) )*)+")


def is_greeting(text: str) -> bool:
    """Whether a caller says hello, in English or Hindi, and nothing besides."""
    return len(text) <= _LONGEST and _GREETING.fullmatch(f"{' '.join(folded(text))} ") is not None
