"""A server's conversation: its items in order, kept within bounds and without sound."""

from typing import Final

import msgspec
from msgspec import UNSET

from npcl_voice.errors import RemoteProtocolError
from npcl_voice.realtime.items import (
    Content,
    FunctionCall,
    FunctionCallOutput,
    InputAudio,
    Item,
    Message,
    OutputAudio,
    item_id_of,
)

__all__ = ["Entry", "History", "without_sound"]

MAX_ITEMS: Final = 1024
"""Items that a conversation keeps; the oldest go first."""

MAX_CHARACTERS: Final = 4_000_000
"""Characters of text that a conversation keeps; the oldest items go first."""


class Entry(msgspec.Struct):
    """An item of the conversation, and what it weighs."""

    item: Item
    audio_ms: int = 0
    """Sound that was said or heard, after a cut what is left of it."""
    truncated: bool = False
    size: int = 0
    """Characters of its text."""


class History:
    """The items of a conversation, from first to last."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._order: list[str] = []
        self._size = 0

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._entries

    def __len__(self) -> int:
        return len(self._order)

    @property
    def last(self) -> str | None:
        """The id of the last item, if there is one."""
        return self._order[-1] if self._order else None

    def entries(self) -> list[Entry]:
        """All of them in order."""
        return [self._entries[item_id] for item_id in self._order]

    def get(self, item_id: str) -> Entry | None:
        """The entry of that id, if there is one."""
        return self._entries.get(item_id)

    def has_call(self, call_id: str) -> bool:
        """Whether a tool call of that id is in the conversation."""
        return any(
            isinstance(entry.item, FunctionCall) and entry.item.call_id == call_id for entry in self._entries.values()
        )

    def check(self, item: Item, previous_item_id: str | None) -> None:
        """Whether a client may put this item there. Raises RemoteProtocolError."""
        item_id = item_id_of(item)
        if item_id in self._entries:
            msg = f"an item with id '{item_id}' already exists"
            raise RemoteProtocolError(msg, code="item_create_duplicate_item_id", param="item.id")
        if previous_item_id not in (None, "root") and previous_item_id not in self._entries:
            msg = "the previous item does not exist"
            raise RemoteProtocolError(msg, code="invalid_value", param="previous_item_id")
        if isinstance(item, FunctionCallOutput) and not self.has_call(item.call_id):
            msg = f"no tool call with id '{item.call_id}' is in the conversation"
            raise RemoteProtocolError(msg, code="invalid_tool_call_id", param="item.call_id")

    def add(self, item: Item, previous_item_id: str | None = None, audio_ms: int = 0) -> str | None:
        """Put an item in, last or after another (`root`: first); returns the id of the one before it."""
        item_id = item_id_of(item)
        at = len(self._order)
        if previous_item_id == "root":
            at = 0
        elif previous_item_id is not None:
            at = self._order.index(previous_item_id) + 1
        before = self._order[at - 1] if at else None
        self._order.insert(at, item_id)
        self._entries[item_id] = Entry(item, audio_ms)
        self._weigh(item_id)
        while len(self._order) > 1 and (len(self._order) > MAX_ITEMS or self._size > MAX_CHARACTERS):
            self.remove(self._order[0] if self._order[0] != item_id else self._order[1])
        return before

    def replace(self, item: Item, audio_ms: int) -> None:
        """An item has grown; one that was cut keeps its cut, one that was removed stays so."""
        entry = self._entries.get(item_id_of(item))
        if entry is not None:
            entry.item = _silenced(item) if entry.truncated else item
            entry.audio_ms = entry.audio_ms if entry.truncated else audio_ms
            self._weigh(item_id_of(item))

    def cut(self, entry: Entry, audio_ms: int) -> None:
        """Of an item's sound `audio_ms` are left, and its words are not known any more."""
        entry.item = _silenced(entry.item)
        entry.audio_ms = audio_ms
        entry.truncated = True
        self._weigh(item_id_of(entry.item))

    def remove(self, item_id: str) -> bool:
        """Take an item out; False when there is none."""
        entry = self._entries.pop(item_id, None)
        if entry is None:
            return False
        self._order.remove(item_id)
        self._size -= entry.size
        return True

    def before(self, item_id: str) -> str | None:
        """The id of the item before that one, if there is one."""
        at = self._order.index(item_id) if item_id in self._entries else 0
        return self._order[at - 1] if at else None

    def _weigh(self, item_id: str) -> None:
        entry = self._entries[item_id]
        size = len(msgspec.json.encode(entry.item))
        self._size += size - entry.size
        entry.size = size


def without_sound(item: Item) -> Item:
    """The item as a server reports it: transcripts, no sound."""
    if not isinstance(item, Message):
        return item
    return msgspec.structs.replace(item, content=tuple(_quiet(content) for content in item.content))


def _quiet(content: Content) -> Content:
    if isinstance(content, (InputAudio, OutputAudio)) and content.audio is not UNSET:
        return msgspec.structs.replace(content, audio=UNSET)
    return content


def _silenced(item: Item) -> Item:
    """A spoken message without its words."""
    if not isinstance(item, Message):
        return item
    content = tuple(OutputAudio() if isinstance(part, OutputAudio) else part for part in item.content)
    return msgspec.structs.replace(item, content=content)
