"""The language that is spoken from now on."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from npcl_voice.conversation.phrases import languages
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["LANGUAGE"]

CODES: Final = {"english": "en", "angrezi": "en", "hindi": "hi"}
"""What people call a language, and its code."""


class Language(Struct, frozen=True, forbid_unknown_fields=True):
    """The caller wants to speak another language: `en` or `hi`. Speak it from then on."""

    language: Annotated[str, Meta(max_length=MAX_TEXT)]


async def serve(request: Language, desk: Desk, situation: Situation) -> Result:
    """Whether it is one of ours."""
    wanted = request.language.strip().casefold()
    code = CODES.get(wanted, wanted)
    spoken = languages()
    if code not in spoken:
        return {"ok": False, "reason": "not_spoken", "languages": list(spoken)}
    return {"ok": True, "language": code}


LANGUAGE = Intent("language", Language, serve)
