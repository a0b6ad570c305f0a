"""The twin over a real socket: the official client's types hold, and faults are done to real connections."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from openai import AsyncOpenAI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK, InvalidMessage, InvalidStatus

from npcl_voice.audio.frame import PCM_24K
from npcl_voice.call import RealClock
from npcl_voice.errors import SettingsError, UnavailableError
from npcl_voice.rehearsal.twin import Faults, FaultyEngine, TwinEngine, load_script, spoken
from npcl_voice.rehearsal.twin import faults as f
from npcl_voice.rehearsal.twin.server import TwinServer
from tests.rehearsal.twin.talking import OUTAGE, STRICT

WRITTEN = {"type": "realtime", "output_modalities": ["text"], "audio": {"input": {"turn_detection": None}}}


def engine(*faults: f.Fault, connect: tuple[f.ConnectFault, ...] = (), **more: Any) -> TwinEngine:
    """A twin in real time that does not dawdle."""
    script = load_script("outage")
    timing = msgspec.structs.replace(script.timing, think_ms=0, transcript_ms=0, pace=0)
    known = spoken([OUTAGE], PCM_24K)
    made = Faults(faults, connect)
    return TwinEngine("twin", msgspec.structs.replace(script, timing=timing), made, RealClock(), known, **more)


@asynccontextmanager
async def serving(twin: FaultyEngine, **more: Any) -> AsyncIterator[str]:
    """Where it listens; afterwards no task of it is left."""
    async with TwinServer(twin, **more) as server:
        yield server.url
    assert twin.live == 0


def reaching(url: str, **more: Any) -> connect:
    """A plain client."""
    return connect(f"{url}?model=any", proxy=None, close_timeout=1, **more)


class Wire:
    """A connection, and what came over it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.events: list[dict[str, Any]] = []

    async def send(self, **event: Any) -> None:
        await self.connection.send(json.dumps(event))

    async def until(self, kind: str) -> dict[str, Any]:
        """Read up to the next event of a kind, each held to the strict types."""
        while True:
            body = json.loads(await self.connection.recv())
            STRICT.validate_python(body)
            self.events.append(body)
            if body["type"] == kind:
                return body

    async def ask(self, text: str) -> dict[str, Any]:
        """Type something; the response to it."""
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
        await self.send(type="conversation.item.create", item=item)
        await self.send(type="response.create")
        return (await self.until("response.done"))["response"]


async def wired(connection: ClientConnection) -> Wire:
    """A session that has taken settings."""
    wire = Wire(connection)
    await wire.until("session.created")
    await wire.send(type="session.update", session=WRITTEN)
    await wire.until("session.updated")
    return wire


async def test_the_official_client_holds_a_turn_with_it() -> None:
    """Spoken, heard, answered by voice, with nothing changed but the base URL."""
    twin = engine()
    async with serving(twin) as url:
        client = AsyncOpenAI(api_key="local", base_url=url.replace("ws:", "http:").removesuffix("/realtime"))
        async with client, client.realtime.connect(model="gpt-realtime-2.1") as connection:
            sound = spoken([OUTAGE], PCM_24K)[OUTAGE]
            for piece in [*sound.chunks(2_400), PCM_24K.silence(24_000)]:
                await connection.input_audio_buffer.append(audio=base64.b64encode(piece.data).decode())
            words, heard = "", 0
            while True:
                event = json.loads(await connection.recv_bytes())
                STRICT.validate_python(event)
                if event["type"] == "response.output_audio.delta":
                    heard += len(base64.b64decode(event["delta"]))
                elif event["type"] == "response.output_audio_transcript.done":
                    words = event["transcript"]
                elif event["type"] == "response.done":
                    break
            assert "consumer number" in words
            assert heard > 48_000
    (record,) = twin.sessions
    assert sum(entry.audio_bytes for entry in record.received()) == len(sound.data) + 48_000


async def test_a_typed_call_with_a_tool() -> None:
    """The whole script, by text."""
    async with serving(engine()) as url, reaching(url) as connection:
        wire = await wired(connection)
        await wire.ask("my power is out")
        await wire.ask("2000000001")
        (call,) = [one for one in (await wire.ask("yes"))["output"] if one["type"] == "function_call"]
        assert json.loads(call["arguments"]) == {"consumer_number": "2000000001"}
        output = '{"ok":true,"complaint_number":"000054321"}'
        item = {"type": "function_call_output", "call_id": call["call_id"], "output": output}
        await wire.send(type="conversation.item.create", item=item)
        await wire.send(type="response.create")
        done = await wire.until("response.done")
        assert "000054321" in done["response"]["output"][0]["content"][0]["text"]


async def test_what_cannot_be_read_is_answered_and_the_session_goes_on() -> None:
    """Bad JSON and binary frames get the errors of the service."""
    async with serving(engine()) as url, reaching(url) as connection:
        wire = await wired(connection)
        await connection.send("{")
        assert (await wire.until("error"))["error"]["code"] == "invalid_json"
        await connection.send(b"{}")
        assert (await wire.until("error"))["error"]["code"] == "invalid_event"
        assert (await wire.ask("hello"))["status"] == "completed"


@pytest.mark.parametrize(
    ("path", "headers", "code", "close"),
    [
        (
            "?model=any",
            {"OpenAI-Beta": "realtime=v1", "Authorization": "Bearer right"},
            "beta_api_shape_disabled",
            4000,
        ),
        ("?model=any", {}, "invalid_api_key", 3000),
        ("?model=any", {"Authorization": "Bearer wrong"}, "invalid_api_key", 3000),
        ("", {"Authorization": "Bearer right"}, "missing_model", 4000),
    ],
)
async def test_who_may_not_come_in_is_told_after_the_upgrade(
    path: str, headers: dict[str, str], code: str, close: int
) -> None:
    """An error event, and then a close code with the same."""
    async with (
        serving(engine(), api_key="right") as url,
        connect(url + path, proxy=None, additional_headers=headers) as connection,
    ):
        assert (await Wire(connection).until("error"))["error"]["code"] == code
        with pytest.raises(ConnectionClosedError) as closed:
            await connection.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (close, f"invalid_request_error.{code}")


async def test_a_key_and_a_subprotocol_let_clients_in() -> None:
    """The caller's identifier is in the record."""
    twin = engine()
    async with serving(twin, api_key="right") as url:
        headers = {"Authorization": "bearer right", "OpenAI-Safety-Identifier": "abc"}
        async with reaching(url, additional_headers=headers, subprotocols=["realtime", "x"]) as connection:
            assert connection.subprotocol == "realtime"
            await wired(connection)
        with pytest.raises(InvalidStatus) as refused:
            await connect(url.replace("/v1", "/v2"), proxy=None)
        assert refused.value.response.status_code == 404
    assert [record.caller for record in twin.sessions] == ["abc"]


@pytest.mark.parametrize("status", [429, 503, 520])
async def test_a_handshake_may_be_answered_by_a_status(status: int) -> None:
    """With the wait that it asks for."""
    async with serving(engine(connect=(f.Http(status=status, retry_after_s=7),))) as url:
        with pytest.raises(InvalidStatus) as refused:
            await reaching(url)
        assert refused.value.response.status_code == status
        assert refused.value.response.headers["Retry-After"] == "7"


async def test_a_black_hole_takes_the_connection_and_never_answers() -> None:
    """The client gives up by itself."""
    async with serving(engine(connect=(f.Timeout(),))) as url:
        with pytest.raises(TimeoutError):
            await reaching(url, open_timeout=0.2)


async def test_a_refused_connection_is_reset() -> None:
    """Also while the engine is down; when it is up again, the next one is taken."""
    twin = engine(connect=(f.Refuse(session=1),))
    async with serving(twin) as url:
        with pytest.raises((InvalidMessage, ConnectionResetError)):
            await reaching(url)
        async with reaching(url) as connection:
            await wired(connection)
            twin.down()
            with pytest.raises(ConnectionClosedError) as closed:
                await connection.recv()
            assert closed.value.rcvd is None
        with pytest.raises((InvalidMessage, ConnectionResetError)):
            await reaching(url)
        twin.up()
        async with reaching(url) as connection:
            await wired(connection)


async def test_a_session_that_is_not_admitted_is_told_why() -> None:
    """The upgrade succeeds all the same."""
    fault = f.CloseAtOnce(code=1013, error="insufficient_quota", type="insufficient_quota", text="No money.")
    async with serving(engine(connect=(fault,))) as url, reaching(url) as connection:
        error = (await Wire(connection).until("error"))["error"]
        assert (error["code"], error["message"]) == ("insufficient_quota", "No money.")
        with pytest.raises(ConnectionClosedError) as closed:
            await connection.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1013, "insufficient_quota.insufficient_quota")


async def test_a_cut_is_a_reset_on_the_wire() -> None:
    """No close frame comes; what was sent before has come."""
    async with serving(engine(f.Cut(on="response.created", when="after"))) as url, reaching(url) as connection:
        wire = await wired(connection)
        with pytest.raises(ConnectionClosedError) as closed:
            await wire.ask("hello")
        assert closed.value.rcvd is None
        assert isinstance(closed.value.__cause__, ConnectionResetError)


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1012, 1013, 3000, 4000])
async def test_a_close_has_its_code_and_its_reason(code: int) -> None:
    """As the script has them."""
    fault = f.Close(on="response.created", code=code, text="as asked")
    async with serving(engine(fault)) as url, reaching(url) as connection:
        wire = await wired(connection)
        with pytest.raises((ConnectionClosedError, ConnectionClosedOK)) as closed:
            await wire.ask("hello")
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (code, "as asked")


async def test_garbage_is_garbage_on_the_wire() -> None:
    """A frame that is no JSON, in place of the event."""
    async with serving(engine(f.Corrupt(on="response.created"))) as url, reaching(url) as connection:
        wire = await wired(connection)
        with pytest.raises(json.JSONDecodeError):
            await wire.ask("hello")
        await wire.until("response.done")
        assert "response.created" not in [event["type"] for event in wire.events]


async def test_a_stalled_server_answers_pings_unless_it_is_deaf() -> None:
    """An open but silent socket, and one on which not even the ping comes back."""
    for deaf in (False, True):
        fault = f.Stall(on="response.created", when="after", deaf=deaf)
        async with serving(engine(fault)) as url, reaching(url) as connection:
            wire = await wired(connection)
            item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}
            await wire.send(type="conversation.item.create", item=item)
            await wire.send(type="response.create")
            await wire.until("response.created")
            pong = await connection.ping()
            done, _ = await asyncio.wait({asyncio.ensure_future(pong)}, timeout=0.3 if deaf else 5)
            assert bool(done) is not deaf
            pong.cancel()


async def test_faults_that_are_no_servers_doing_are_refused() -> None:
    """A name that is not found cannot be brought about by who listens there."""
    for fault in (f.Dns(), f.Tls()):
        with pytest.raises(SettingsError, match="in memory only"):
            TwinServer(engine(connect=(fault,)))


async def test_a_taken_port_is_told_of() -> None:
    """By the option to change."""
    async with serving(engine()) as url:
        port = int(url.rpartition(":")[2].partition("/")[0])
        with pytest.raises(SettingsError, match="cannot listen"):
            await TwinServer(engine(), port=port).open()


class Torn:
    """An engine whose first session cannot be had."""

    name = "twin"
    embedded = False

    def __init__(self, error: Exception) -> None:
        self.inner = engine()
        self.errors = [error]

    async def open(self, caller: str) -> Any:
        if self.errors:
            raise self.errors.pop()
        return await self.inner.open(caller)


async def test_a_session_that_fails_in_an_unforeseen_way_ends_alone() -> None:
    """Its client is cut off, and the next session is sound."""
    async with serving(FaultyEngine(Torn(KeyError("a bug")), Faults(), RealClock())) as url:
        async with reaching(url) as connection:
            with pytest.raises(ConnectionClosedError) as closed:
                await connection.recv()
            assert closed.value.rcvd is None
        async with reaching(url) as connection:
            await wired(connection)


async def test_an_engine_that_has_no_session_to_give_says_so() -> None:
    """As a service that is overloaded does."""
    async with serving(FaultyEngine(Torn(UnavailableError("not yet")), Faults(), RealClock())) as url:
        async with reaching(url) as connection:
            assert (await Wire(connection).until("error"))["error"]["message"] == "not yet"
            with pytest.raises(ConnectionClosedError) as closed:
                await connection.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
        async with reaching(url) as connection:
            await wired(connection)
