"""The pieces a conversation is made of: items and what they contain.

Shapes follow the GA Realtime API as the official Python library `openai` 3.54 types it. A field that
a server may leave out has a default; what is written always holds the fields that strict clients
insist on. Kinds that we neither send nor act on (MCP items, say) are kept as they came.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

__all__ = [
    "Content",
    "FunctionCall",
    "FunctionCallOutput",
    "InputAudio",
    "InputImage",
    "InputText",
    "Item",
    "ItemReference",
    "Message",
    "OtherContent",
    "OtherItem",
    "OutputAudio",
    "OutputText",
    "Part",
    "item_id_of",
    "text_of",
    "words_of",
]


class InputText(msgspec.Struct, frozen=True, tag_field="type", tag="input_text"):
    """Text that the user typed, or that the application says as `system`."""

    text: str


class InputAudio(msgspec.Struct, frozen=True, tag_field="type", tag="input_audio"):
    """What the user said."""

    transcript: str | None = None
    """What the recogniser made of it; stays null in most events, it comes in events of its own."""
    audio: bytes | None | UnsetType = UNSET
    """The sound, only where a client sends it or asked for it with `conversation.item.retrieve`."""


class InputImage(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="input_image"):
    """A picture that the user showed."""

    image_url: str
    """A data URI of a PNG or JPEG."""
    detail: str | None = None
    """`auto`, `low` or `high`."""


class OutputText(msgspec.Struct, frozen=True, tag_field="type", tag="output_text"):
    """What the assistant wrote."""

    text: str = ""


class OutputAudio(msgspec.Struct, frozen=True, tag_field="type", tag="output_audio"):
    """What the assistant said."""

    transcript: str | None = None
    """Its words; removed by the server when the item is truncated."""
    audio: bytes | None | UnsetType = UNSET
    """The sound, only in `conversation.item.retrieved`."""


class OtherContent(msgspec.Struct, frozen=True, tag_field="type", tag="other"):
    """Content of a kind we do not know, as it came."""

    body: dict[str, Any]
    """The whole JSON object."""


Content = InputText | InputAudio | InputImage | OutputText | OutputAudio | OtherContent


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """The content of `response.content_part.*`, whose kinds are `audio` and `text`."""

    type: str
    text: str | None = None
    transcript: str | None = None


class Message(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="message"):
    """Something that was said or written."""

    role: str
    """`user`, `assistant` or `system`."""
    content: tuple[Content, ...]
    id: str | None = None
    object: str | None = None
    """`realtime.item` in what a server sends."""
    status: str | None = None
    """`in_progress`, `completed` or `incomplete`."""


class FunctionCall(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="function_call"):
    """The assistant wants a tool to be run."""

    name: str
    arguments: str
    """JSON text; may be cut off or malformed."""
    call_id: str | None = None
    id: str | None = None
    object: str | None = None
    """`realtime.item` in what a server sends."""
    status: str | None = None
    """`in_progress`, `completed` or `incomplete`."""


class FunctionCallOutput(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="function_call_output"):
    """What a tool answered."""

    call_id: str
    output: str
    id: str | None = None
    object: str | None = None
    """`realtime.item` in what a server sends."""
    status: str | None = None
    """`in_progress`, `completed` or `incomplete`."""


class ItemReference(msgspec.Struct, frozen=True, tag_field="type", tag="item_reference"):
    """An item of the conversation by its id; only in the `input` of `response.create`."""

    id: str


class OtherItem(msgspec.Struct, frozen=True, tag_field="type", tag="other"):
    """An item of a kind we do not act on, as it came."""

    body: dict[str, Any]
    """The whole JSON object."""

    @property
    def id(self) -> str | None:
        """Its id, when it has a proper one."""
        found = self.body.get("id")
        return found if isinstance(found, str) else None


Item = Message | FunctionCall | FunctionCallOutput | ItemReference | OtherItem


def item_id_of(item: Item) -> str:
    """The item's id; empty when it has none."""
    return item.id or ""


def words_of(content: Content) -> str:
    """The words of one content, typed, spoken or written; empty where there are none."""
    match content:
        case InputText() | OutputText():
            return content.text
        case InputAudio() | OutputAudio():
            return content.transcript or ""
        case _:
            return ""


def text_of(item: Item) -> str:
    """The words of a message, its contents joined by spaces; empty for other items."""
    words = map(words_of, item.content) if isinstance(item, Message) else ()
    return " ".join(word for word in words if word)
