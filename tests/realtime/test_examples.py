"""Every JSON example of the protocol's description, read and written again."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from npcl_voice.realtime import events as e
from npcl_voice.realtime.codec import decode_client, decode_server, encode

EXAMPLES = [msgspec.json.decode(line) for line in (Path(__file__).parent / "examples.jsonl").read_bytes().splitlines()]
STRICT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)


def _name(example: dict[str, Any]) -> str:
    return f"{example['direction']}-{example['event']['type']}"


def _holds(whole: Any, part: Any) -> bool:
    """Whether `whole` says all that `part` says."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and _holds(whole[key], value) for key, value in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(_holds, whole, part))
    return bool(whole == part)


@pytest.mark.parametrize("example", EXAMPLES, ids=_name)
def test_an_example_says_the_same_when_it_is_written_again(example: dict[str, Any]) -> None:
    """Nothing of it is lost, and it is no raw event."""
    text = msgspec.json.encode(example["event"])
    event: e.ClientEvent | e.ServerEvent
    event = decode_client(text) if example["direction"] == "client" else decode_server(text.decode())
    assert not isinstance(event, e.RawEvent)
    again = msgspec.json.decode(encode(event))
    assert _holds(again, example["event"])
    if example["direction"] == "server":
        STRICT.validate_python({**again, "event_id": "event_1"})


def test_both_directions_have_examples() -> None:
    """The examples are all there."""
    assert (len(EXAMPLES), sum(example["direction"] == "client" for example in EXAMPLES)) == (33, 14)
