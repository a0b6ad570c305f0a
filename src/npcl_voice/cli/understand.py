"""`npcl-voice understand`: what was meant by a sentence, one JSON line each."""

import sys
from collections.abc import Iterator
from typing import Annotated

import typer

__all__ = ["understand"]

MAX_LINE_CHARS = 10_000


def understand(
    text: Annotated[list[str] | None, typer.Argument(help="The sentence; `-` or nothing reads lines.")] = None,
) -> None:
    """Show what was meant: language, intent, hazard, slots, confidence and feeling, one JSON line a sentence.

    `doubt` is the kind of a danger that may be meant, where none is found.
    """
    import msgspec

    from npcl_voice.cli.settings import read_settings
    from npcl_voice.conversation.phrases import load_phrases
    from npcl_voice.domain.company import read_company
    from npcl_voice.speech.local.engine import understander_for

    company = read_company(read_settings()[0].domain.texts())
    understander = understander_for(load_phrases("en", company), company.areas, load_phrases("hi", company))
    for line in _lines(text or []):
        got = understander.understand(line[:MAX_LINE_CHARS])
        shown = {
            "text": line,
            "language": got.language,
            "intent": got.intent,
            "hazard": None if got.hazard is None else got.hazard.level,
            "doubt": None if got.doubt is None else got.doubt.kind,
            "slots": got.slots,
            "confidence": round(got.confidence, 3),
            "sentiment": got.sentiment,
        }
        typer.echo(msgspec.json.encode(shown).decode())


def _lines(words: list[str]) -> Iterator[str]:
    if words and words != ["-"]:
        yield " ".join(words)
        return
    for line in sys.stdin:
        if line.strip():
            yield line.strip()
