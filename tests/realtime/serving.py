"""A server session on its own, and words to ask what it answered."""

from typing import Any

from npcl_voice.realtime import events as e
from npcl_voice.realtime import items as i
from npcl_voice.realtime import orders as o
from npcl_voice.realtime import session as s
from npcl_voice.realtime.server import Out, ServerSession
from tests.realtime.joined import MS, strictly

TEXT = s.SessionConfig(output_modalities=("text",), audio=s.Audio(input=s.AudioInput(turn_detection=None)))
NEITHER = s.SessionConfig(
    audio=s.Audio(input=s.AudioInput(turn_detection=s.ServerVad(create_response=False, interrupt_response=False)))
)


def begun(*configurations: s.SessionConfig) -> ServerSession:
    server = ServerSession("sess_1", "model", 3600)
    server.open()
    for configuration in configurations:
        server.receive(e.SessionUpdate(configuration))
    return server


def names(out: list[Out]) -> list[str]:
    """Events by their names, orders by their classes."""
    for step in out:
        if not isinstance(step, o.Order):
            strictly(step)
    return [type(step).__name__ if isinstance(step, o.Order) else str(step.__struct_config__.tag) for step in out]


def refused(out: list[Out]) -> tuple[str | None, str | None, str | None]:
    """Code, parameter and event id of the one error."""
    assert names(out) == ["error"]
    error = out[0].error  # type: ignore[union-attr]
    assert error.type == "invalid_request_error"
    return error.code, error.param, error.event_id


def only(out: list[Out], kind: type[Any]) -> Any:
    """The one step of that kind."""
    found = [step for step in out if isinstance(step, kind)]
    assert len(found) == 1
    return found[0]


def sound(ms: int) -> e.InputAudioBufferAppend:
    return e.InputAudioBufferAppend(b"\0" * ms * MS)


def typed(item_id: str | None = None, text: str = "hello") -> i.Message:
    return i.Message("user", (i.InputText(text),), id=item_id)
