"""Plain JSON objects made ready to be read as structs, and structs' objects made ready to be sent.

Items, contents and tools come in kinds, some of which we do not know. Such a one stands in our
structs as `other` with the whole object in it, and leaves as it came.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

__all__ = ["tolerant", "unwrapped", "wrapped"]

_ITEMS: Final = frozenset({"message", "function_call", "function_call_output", "item_reference"})
_CONTENTS: Final = frozenset({"input_text", "input_audio", "input_image", "output_text", "output_audio"})
_TOOLS: Final = frozenset({"function"})
_FORMATS: Final = frozenset({"audio/pcm", "audio/pcmu", "audio/pcma"})
_DETECTIONS: Final = frozenset({"server_vad", "semantic_vad"})

_BETA_CONTENTS: Final = {"text": "output_text", "audio": "output_audio"}

Change = Callable[[Any], Any]


def wrapped(event: dict[str, Any]) -> dict[str, Any]:
    """A client's event with what is of an unknown kind wrapped as `other`."""
    return _changed(event, _wrap_item, _wrap_tool)


def unwrapped(event: dict[str, Any]) -> dict[str, Any]:
    """An event as it is to be sent, with what was wrapped as it came."""
    return _changed(event, _unwrap_item, _unwrap)


def tolerant(event: dict[str, Any]) -> dict[str, Any]:
    """A server's event with what is of an unknown kind wrapped, and the usual omissions made good."""
    event = _changed(event, _read_item, _wrap_tool)
    session = event.get("session")
    if isinstance(session, dict):
        event["session"] = _read_session(session)
    response = event.get("response")
    if isinstance(response, dict):
        event["response"] = _changed_inside(response, "audio", lambda audio: _known_formats(audio, "output"))
    return event


def _changed(event: dict[str, Any], item: Change, tool: Change) -> dict[str, Any]:
    """A copy of an event with each of its items and tools changed."""
    event = _changed_inside(event, "item", item)
    for holder in ("session", "response"):
        inner = event.get(holder)
        if isinstance(inner, dict):
            for key, change in (("tools", tool), ("input", item), ("output", item)):
                inner = _changed_inside(inner, key, partial(_each, change=change))
            event[holder] = inner
    return event


def _changed_inside(holder: dict[str, Any], key: str, change: Change) -> dict[str, Any]:
    """A copy with the value under `key`, if there is one, changed."""
    return {**holder, key: change(holder[key])} if key in holder else dict(holder)


def _each(values: Any, change: Change) -> Any:
    """A list (or a tuple, as structs give it) with each of its values changed; anything else as it is."""
    return [change(value) for value in values] if isinstance(values, (list, tuple)) else values


def _wrap(value: Any, known: frozenset[str]) -> Any:
    """An object of a kind that is not known, wrapped; anything else as it is."""
    if isinstance(value, dict) and isinstance(value.get("type"), str) and value["type"] not in known:
        return {"type": "other", "body": value}
    return value


def _unwrap(value: Any) -> Any:
    """What was wrapped, as it came."""
    return value["body"] if value["type"] == "other" else value


def _wrap_tool(tool: Any) -> Any:
    return _wrap(tool, _TOOLS)


def _wrap_item(item: Any) -> Any:
    if isinstance(item, dict) and "content" in item and item.get("type") == "message":
        return {**item, "content": _each(item["content"], lambda content: _wrap(content, _CONTENTS))}
    return _wrap(item, _ITEMS)


def _unwrap_item(item: Any) -> Any:
    if "content" in item:
        return {**item, "content": _each(item["content"], _unwrap)}
    return _unwrap(item)


def _read_item(item: Any) -> Any:
    """A server's item: what it left out is empty, and what the beta called otherwise has its name."""
    if not isinstance(item, dict):
        return item
    if item.get("type") == "message":
        contents = item.get("content")
        if item.get("role") == "assistant":
            contents = _each(contents, _read_content)
        item = {**item, "role": item.get("role") or "", "content": [] if contents is None else contents}
    elif item.get("type") == "function_call":
        item = {**item, "name": item.get("name") or "", "arguments": item.get("arguments") or ""}
    return _wrap_item(item)


def _read_content(content: Any) -> Any:
    if isinstance(content, dict) and content.get("type") in ("text", "audio"):
        return {**content, "type": _BETA_CONTENTS[content["type"]]}
    return content


def _read_session(session: dict[str, Any]) -> dict[str, Any]:
    """A server's settings without formats and detections that we do not know."""

    def audio(found: Any) -> Any:
        return _known_formats(_known_formats(found, "input"), "output")

    return _changed_inside(session, "audio", audio)


def _known_formats(audio: Any, side: str) -> Any:
    """One side of the sound without what is of an unknown kind."""
    if not isinstance(audio, dict) or not isinstance(audio.get(side), dict):
        return audio
    kept = {
        key: value
        for key, value in audio[side].items()
        if not _unknown(key, value, "format", _FORMATS) and not _unknown(key, value, "turn_detection", _DETECTIONS)
    }
    return {**audio, side: kept}


def _unknown(key: str, value: Any, name: str, known: frozenset[str]) -> bool:
    """Whether this is the key of that name and holds something of an unknown kind."""
    return key == name and value is not None and not (isinstance(value, dict) and value.get("type") in known)
