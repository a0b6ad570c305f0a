"""The facts block: what the next engine must know, written as one system item and read back.

A remote model reads it as text; the embedded engine parses it and goes on at the same question.
"""

import msgspec

from npcl_voice.conversation.context import Context
from npcl_voice.conversation.questions import QUESTIONS

__all__ = ["HEADER", "read_facts", "write_facts"]

HEADER = (
    "[facts] State of this call so far, as JSON. Go on from here; ask the open question, do not ask again for what "
    "is verified.\n"
)
MAX_CHARS = 16_000


def write_facts(context: Context) -> str:
    """The block for a context."""
    return HEADER + msgspec.json.encode(context).decode()


def read_facts(text: str) -> Context | None:
    """The context of a block; None for any other text, or a block that is damaged."""
    if not text.startswith(HEADER) or len(text) > MAX_CHARS:
        return None
    try:
        context = msgspec.json.decode(text[len(HEADER) :], type=Context)
    except (msgspec.DecodeError, RecursionError):
        return None
    question = QUESTIONS.get(context.question or "help")
    return context if question is not None and context.slots.keys() >= set(question.reads) else None
