"""`/v1/realtime`: who may come in, how the others are told, and what a client's mistakes cost."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession

from npcl_voice.call import RealClock
from npcl_voice.config import Secret, Turns
from npcl_voice.conversation.phrases import PhraseBook, load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.errors import UnavailableError
from npcl_voice.speech.local.endpoint import RealtimeEndpoint
from npcl_voice.speech.local.engine import LocalEngine
from npcl_voice.speech.local.larger import EarsChoice, speaker_of
from npcl_voice.speech.local.workers import InlineWorkers

KEYS = (Secret("first-key-of-tests"), Secret("second-key-of-tests"))
BEARER = {"authorization": "Bearer second-key-of-tests"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def opened() -> Iterator[LocalEngine]:
    """One engine, for one caller at a time."""
    phrases = load_phrases("en")
    workers = InlineWorkers(EarsChoice(hear=phrases.hear, places=("Alpha 1",)), speaker_of("kal16", 1.0, ""))
    engine = LocalEngine(PhraseBook.of(phrases), packaged_areas(), Turns(), workers)
    asyncio.run(engine.open())
    yield engine
    asyncio.run(engine.close())


@pytest.fixture
def engine(opened: LocalEngine) -> Iterator[LocalEngine]:
    """Whatever a test does, no session of it is left."""
    assert opened.live == 0
    yield opened
    assert opened.live == 0


@contextlib.contextmanager
def talking(
    engine: LocalEngine,
    *,
    keys: tuple[Secret, ...] = (),
    host: str = "127.0.0.1",
    headers: dict[str, str] | None = None,
    subprotocols: list[str] | None = None,
    query: str = "",
) -> Iterator[WebSocketTestSession]:
    """A client that is connected from `host`."""
    endpoint = RealtimeEndpoint(engine, RealClock(), keys, lambda: "sess_of_test", lambda: 1_800_000_000)

    async def serve(websocket: Any) -> None:
        await endpoint(websocket)

    service = Starlette(routes=[WebSocketRoute("/v1/realtime", serve)])
    with (
        TestClient(service, client=(host, 50_000)) as client,
        client.websocket_connect(f"/v1/realtime{query}", subprotocols=subprotocols, headers=headers or {}) as socket,
    ):
        yield socket


def told(socket: WebSocketTestSession, kind: str) -> dict[str, Any]:
    """The next event, which is of that kind."""
    event = json.loads(socket.receive_text())
    assert event["type"] == kind, event
    return event


def refusal(socket: WebSocketTestSession) -> tuple[str, str, int, str]:
    """The code and type of the error, then the code and the reason of the close."""
    error = told(socket, "error")["error"]
    closed = socket.receive()
    assert closed["type"] == "websocket.close"
    return error["code"], error["type"], closed["code"], closed["reason"]


BAD_KEY = ("invalid_api_key", "invalid_request_error", 3000, "invalid_request_error.invalid_api_key")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": "Bearer "},
        {"authorization": "Bearer"},
        {"authorization": "Basic second-key-of-tests"},
        {"authorization": "second-key-of-tests"},
        {"authorization": "Bearer second-key-of-tests-and-more"},
    ],
)
def test_without_a_right_key_nobody_comes_in(engine: LocalEngine, headers: dict[str, str]) -> None:
    """Not even from this machine; the upgrade is accepted and the refusal told, as the service does."""
    with talking(engine, keys=KEYS, headers=headers or {}) as socket:
        assert refusal(socket) == BAD_KEY


def test_a_wrong_key_of_a_browser_is_refused(engine: LocalEngine) -> None:
    """In the subprotocol, too."""
    with talking(engine, keys=KEYS, subprotocols=["realtime", "openai-insecure-api-key.wrong"]) as socket:
        assert refusal(socket) == BAD_KEY


@pytest.mark.parametrize("key", [key.reveal() for key in KEYS])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_right_key_opens_from_anywhere(engine: LocalEngine, key: str, scheme: str) -> None:
    """Any of the keys, for any address and any page."""
    headers = {"authorization": f"{scheme} {key}", "origin": "https://elsewhere.example"}
    with talking(engine, keys=KEYS, host="203.0.113.9", headers=headers or {}) as socket:
        session = told(socket, "session.created")["session"]
        assert (session["id"], session["expires_at"]) == ("sess_of_test", 1_800_000_000)
        assert socket.accepted_subprotocol is None


def test_a_browsers_key_comes_as_a_subprotocol(engine: LocalEngine) -> None:
    """And the answer names `realtime` alone: a key is not sent back."""
    offered = ["realtime", "openai-insecure-api-key.first-key-of-tests"]
    with talking(engine, keys=KEYS, host="203.0.113.9", subprotocols=offered) as socket:
        told(socket, "session.created")
        assert socket.accepted_subprotocol == "realtime"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1"])
def test_without_keys_this_machine_comes_in(engine: LocalEngine, host: str) -> None:
    """Over every address of the loopback; the model's name is the one that was asked for."""
    with talking(engine, host=host, query="?model=another") as socket:
        assert told(socket, "session.created")["session"]["model"] == "another"


@pytest.mark.parametrize("host", ["203.0.113.9", "10.0.0.1", "testclient", "2001:db8::1"])
def test_without_keys_nobody_else_does(engine: LocalEngine, host: str) -> None:
    """Whatever the network calls itself; a key that was brought does not help."""
    with talking(engine, host=host, headers=BEARER) as socket:
        assert refusal(socket) == BAD_KEY


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://testserver.elsewhere.example"])
def test_a_page_of_another_site_is_refused(engine: LocalEngine, origin: str) -> None:
    """It would speak with the voice of its visitor's machine."""
    with talking(engine, headers={"origin": origin}) as socket:
        assert refusal(socket) == BAD_KEY


def test_a_page_of_our_own_comes_in(engine: LocalEngine) -> None:
    """Its origin is the host that it asks."""
    with talking(engine, headers={"origin": "http://testserver"}) as socket:
        told(socket, "session.created")


def test_the_beta_is_over(engine: LocalEngine) -> None:
    """Its clients are told so before any key is looked at."""
    with talking(engine, keys=KEYS, headers={"openai-beta": "realtime=v1"}) as socket:
        assert refusal(socket) == (
            "beta_api_shape_disabled",
            "invalid_request_error",
            4000,
            "invalid_request_error.beta_api_shape_disabled",
        )


def test_when_all_lines_are_busy_the_next_is_told_to_try_later(engine: LocalEngine) -> None:
    """And when one is free again it comes in."""
    with talking(engine) as first:
        told(first, "session.created")
        assert engine.live == engine.capacity == 1
        with talking(engine) as second:
            assert refusal(second) == ("server_error", "server_error", 1013, "server_error.server_error")
        first.send_text("{}")
        assert told(first, "error")["error"]["type"] == "invalid_request_error"
    with talking(engine) as third:
        told(third, "session.created")


def test_a_clients_mistakes_are_told_and_the_session_goes_on(engine: LocalEngine) -> None:
    """A binary frame, text that is no JSON, an unknown event: one error each."""
    with talking(engine) as socket:
        told(socket, "session.created")
        socket.send_bytes(b"\x00\x01")
        assert told(socket, "error")["error"]["code"] == "invalid_event"
        for text in ("", "{", "\ud7ff", "[" * 100_000):
            socket.send_text(text)
            assert told(socket, "error")["error"]["code"] == "invalid_json"
        socket.send_json({"type": "session.conquer", "event_id": "mine"})
        assert told(socket, "error")["error"]["event_id"] == "mine"
        socket.send_json({"type": "session.update", "session": {"type": "realtime", "output_modalities": ["text"]}})
        assert told(socket, "session.updated")["session"]["output_modalities"] == ["text"]
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "my power is out"}]}
        socket.send_json({"type": "conversation.item.create", "item": item})
        socket.send_json({"type": "response.create"})
        while (event := json.loads(socket.receive_text()))["type"] != "response.done":
            assert event["type"] != "error"
        assert event["response"]["status"] == "completed"


def test_an_engine_that_breaks_closes_the_socket_with_a_server_error(engine: LocalEngine) -> None:
    """The client learns that it is not its fault."""

    class Broken(InlineWorkers):
        async def leg(self, endpointing: Any = None) -> Any:
            raise UnavailableError("the ears are gone")

    phrases = load_phrases("en")
    workers = Broken(EarsChoice(hear=phrases.hear, places=()), speaker_of("kal16", 1.0, ""))
    broken = LocalEngine(PhraseBook.of(phrases), packaged_areas(), Turns(), workers)
    with talking(broken) as socket:
        told(socket, "session.created")
        assert socket.receive() == {"type": "websocket.close", "code": 1011, "reason": "server_error"}
    assert broken.live == 0
