"""The events, in the logs and on the wire."""

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent

from npcl_voice.realtime import events as e
from tests.realtime.strategies import CLIENT_EVENTS, SERVER_EVENTS, STEADY, of


class Line(msgspec.Struct, frozen=True):
    """How the rest of the house holds events."""

    said: e.ServerEvent | None = None
    asked: e.ClientEvent | None = None


@STEADY
@given(SERVER_EVENTS, CLIENT_EVENTS)
def test_events_live_inside_other_structs(said: Any, asked: Any) -> None:
    """A log line that holds events of both sides is read back as it was."""
    line = Line(said, asked)
    assert msgspec.json.decode(msgspec.json.encode(line), type=Line) == line


@STEADY
@given(of(e.RawEvent))
def test_a_raw_event_has_its_id(event: e.RawEvent) -> None:
    """An id is a string or it is none."""
    found = event.body.get("event_id")
    assert event.event_id == (found if isinstance(found, str) else None)


def test_a_raw_event_knows_its_id() -> None:
    """The id of an event that we do not act on, when it has a proper one."""
    assert e.RawEvent("a", {"event_id": "e1"}).event_id == "e1"
    assert e.RawEvent("a", {"event_id": 1}).event_id is None


@pytest.mark.parametrize(
    ("ours", "theirs"), [(e.KnownClientEvent, RealtimeClientEvent), (e.KnownServerEvent, RealtimeServerEvent)]
)
def test_every_event_has_the_name_that_the_official_library_knows(ours: Any, theirs: Any) -> None:
    """Each tag is a `type` of the official union, and each class is named after its tag."""
    union = get_args(theirs)[0]
    known = {get_args(member.model_fields["type"].annotation)[0] for member in get_args(union)}
    for kind in get_args(ours):
        tag = kind.__struct_config__.tag
        assert tag in known
        camel = "".join(word.title() for word in tag.replace(".", "_").split("_"))
        assert kind.__name__ in (camel, f"{camel}Event")
