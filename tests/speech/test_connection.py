"""An open remote session: what goes out and comes in, and every way in which it breaks."""

import asyncio
import base64
import struct
import time
from collections.abc import Callable
from typing import Any

import picows
import pytest

from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.realtime import events as e
from npcl_voice.realtime.items import InputText, Message
from npcl_voice.realtime.session import SessionConfig
from npcl_voice.speech.connection import FULL_BYTES, MAX_UNREADABLE, RealtimeConnection
from npcl_voice.speech.websocket import MAX_MESSAGE_BYTES, MAX_PARTS, WebSocket
from tests.speech.opening import engine, opened
from tests.speech.raw_server import BINARY, CLOSE, PING, PONG, TEXT, Client, closing, error, event, frame, serving

SPOKEN = event("response.output_audio.delta", response_id="r", item_id="i", delta="AAAA")
CONTINUED = 0
LONG = e.ConversationItemCreate(Message("user", (InputText("x" * 2**20),)))


def names(events: list[Any]) -> list[str]:
    """Events by their names."""
    return [one.name if isinstance(one, e.RawEvent) else str(one.__struct_config__.tag) for one in events]


async def broken(
    session: RealtimeConnection, kind: type[UnavailableError | RefusedError] = UnavailableError
) -> tuple[list[str], Any]:
    """All events of a session up to what breaks it, and that."""
    heard: list[Any] = []
    with pytest.raises(kind) as raised:
        await collect(session, heard)
    return names(heard), raised.value


async def collect(session: RealtimeConnection, heard: list[Any]) -> None:
    """All events to the end, into a list that keeps those before an error."""
    async for one in session.events():
        heard.append(one)  # noqa: PERF401 - a comprehension would lose them


def saying(*frames: bytes) -> Callable[[Client], Any]:
    """A server that opens the session, says this, and then waits for the client to go."""

    async def script(client: Client) -> None:
        await client.created()
        for one in frames:
            await client.say(one)
        await client.until_gone()

    return script


# What goes out.


async def test_events_arrive_as_they_were_sent() -> None:
    """In their order, as JSON in text frames, whatever their kind."""
    heard: list[dict[str, Any]] = []
    done = asyncio.Event()

    async def script(client: Client) -> None:
        await client.created()
        heard.extend([await client.hear_event() for _ in range(4)])
        done.set()
        await client.hear_close()

    async with serving(script) as server, opened(engine(server.port)) as session:
        session.send(e.SessionUpdate(SessionConfig(instructions="Be brief."), event_id="c1"))
        session.send(e.InputAudioBufferAppend(audio=b"\0" * 160))
        session.send(e.ConversationItemCreate(Message("user", (InputText("नमस्ते"),))))
        session.send(e.ResponseCreate())
        await done.wait()
    kinds = ["session.update", "input_audio_buffer.append", "conversation.item.create", "response.create"]
    assert [one["type"] for one in heard] == kinds
    assert heard[2]["item"]["content"][0]["text"] == "नमस्ते"
    assert session.sent == 4


async def test_the_network_is_full_for_a_while() -> None:
    """Frames wait and are sent as fewer, nothing is lost, and the order is kept."""
    read, done = asyncio.Event(), asyncio.Event()
    heard: list[dict[str, Any]] = []

    async def script(client: Client) -> None:
        client.writer.transport.pause_reading()
        await client.created()
        await read.wait()
        client.writer.transport.resume_reading()
        while not heard or heard[-1]["type"] != "response.cancel":
            heard.append(await client.hear_event())
        done.set()
        await client.hear_close()

    pieces = [bytes([at % 256]) * 960 for at in range(600)]
    async with serving(script) as server, opened(engine(server.port)) as session:
        while not session.socket.full:  # as much as the kernel takes
            session.send(LONG)
        for at, piece in enumerate(pieces):
            session.send(e.InputAudioBufferAppend(audio=piece))
            if at == 300:
                session.send(e.InputAudioBufferAppend(audio=b"", event_id="c9"))
        session.send(e.ResponseCancel())
        read.set()
        await done.wait()
    later = [one for one in heard if one["type"] != "conversation.item.create"]
    marked = next(at for at, one in enumerate(later) if one.get("event_id") == "c9")
    audio = [base64.b64decode(one["audio"]) for one in later[:-1]]
    assert b"".join(audio[:marked]) == b"".join(pieces[:301])
    assert b"".join(audio[marked:]) == b"".join(pieces[301:])
    assert later[-1] == {"type": "response.cancel"}
    assert len(later) < 30
    assert session.sent == len(heard)


async def test_the_network_stays_full() -> None:
    """`stall`: what waits is bounded, and the call goes on elsewhere."""

    async def script(client: Client) -> None:
        client.writer.transport.pause_reading()
        await client.created()
        await asyncio.get_running_loop().create_future()

    async with serving(script) as server, opened(engine(server.port)) as session:
        while session._broken is None:
            session.send(LONG)
        session.send(LONG)
        _, fault = await broken(session)
        assert fault.reason == "stall"
        assert not session._waiting


@pytest.mark.parametrize("full", [False, True])
async def test_what_cannot_be_written(full) -> None:
    """`unsendable`: the server would never know what it missed, now or when the network takes it."""

    async def script(client: Client) -> None:
        client.writer.transport.pause_reading()
        await client.created()
        await asyncio.get_running_loop().create_future()

    async with serving(script) as server, opened(engine(server.port)) as session:
        while full and not session.socket.full:
            session.send(LONG)
        session.send(e.ConversationItemCreate(Message("user", (InputText("\ud800"),))))
        assert (await broken(session))[1].reason == "unsendable"


# What comes in.


async def test_messages_in_parts() -> None:
    """Fragments are put together, with pings and pongs in between; a binary frame is read as well."""
    whole = b'{"type":"input_audio_buffer.cleared","event_id":"e"}'
    parts = [
        frame(TEXT, whole[:5], ends=False),
        frame(PING, b"p"),
        frame(CONTINUED, b"", ends=False),
        frame(PONG, b"nobody asked"),
        frame(CONTINUED, whole[5:]),
        frame(BINARY, whole),
        frame(TEXT, b"", ends=False),
        frame(CONTINUED, whole),
    ]
    heard: list[tuple[int, bytes]] = []

    async def script(client: Client) -> None:
        await client.created()
        await client.say(b"".join(parts))
        heard.append(await client.hear())
        await client.say(closing(1000))
        await client.until_gone()

    async with serving(script) as server, opened(engine(server.port)) as session:
        events, fault = await broken(session)
    assert events == ["session.created", *["input_audio_buffer.cleared"] * 3]
    assert heard == [(PONG, b"p")]
    assert fault.reason == "close_1000"
    assert session.received == 4


async def test_messages_that_cannot_be_read() -> None:
    """They are dropped and counted; the session lives."""
    bad = [b"{", b"[]", b"\xff\xfe", b'{"type":3}', b'{"type":"response.done"}', b"[" * 10_000, b'{"a":NaN}']
    async with (
        serving(saying(*(frame(TEXT, one) for one in bad), SPOKEN, closing(1000))) as server,
        opened(engine(server.port)) as session,
    ):
        assert (await broken(session))[0] == ["session.created", "response.output_audio.delta"]
        assert session.unreadable == len(bad)


async def test_nothing_can_be_read() -> None:
    """`protocol`: after so many in a row it is no Realtime server, but one good message begins anew."""
    nearly = [frame(TEXT, b"{")] * (MAX_UNREADABLE - 1)
    async with (
        serving(saying(*nearly, SPOKEN, *nearly, frame(TEXT, b"{"))) as server,
        opened(engine(server.port)) as session,
    ):
        events, fault = await broken(session)
        assert events == ["session.created", "response.output_audio.delta"]
        assert fault.reason == "protocol"


async def test_the_server_waits_for_us() -> None:
    """What is not used yet is bounded, and silence that we asked for is no dead connection."""
    count, paused = 600, asyncio.Event()
    big = event("response.output_audio.delta", response_id="r", item_id="i", delta="A" * 40_000)

    async def script(client: Client) -> None:
        await client.created()
        writing = asyncio.get_running_loop().create_task(client.say(big * count + closing(1000)))
        for _ in range(4):
            await client.hear()  # pings, unanswered as long as we do not read
        paused.set()
        await writing
        await client.until_gone()

    async with serving(script) as server, opened(engine(server.port, keepalive_s=0.05)) as session:
        await paused.wait()
        assert FULL_BYTES < session._inbox_bytes < 2 * FULL_BYTES
        events, fault = await broken(session)
        assert len(events) == 1 + count
        assert fault.reason == "close_1000"


# Whether anybody is there.


async def test_pings_are_answered() -> None:
    """The session lives, and the way there and back is known."""
    enough = asyncio.Event()

    async def script(client: Client) -> None:
        await client.created()
        for _ in range(4):
            kind, payload = await client.hear()
            assert kind == PING
            await client.say(frame(PONG, payload))
        enough.set()
        await client.hear_close()

    async with serving(script) as server, opened(engine(server.port, keepalive_s=0.05)) as session:
        assert session.round_trip_s is None
        await enough.wait()
        assert session.round_trip_s is not None
        assert session._broken is None


async def test_pings_are_not_answered_but_somebody_speaks() -> None:
    """Whatever comes proves that the connection lives."""

    async def script(client: Client) -> None:
        await client.created()
        for _ in range(4):
            await client.hear()
            await client.say(SPOKEN)
        await client.say(closing(1001))
        await client.until_gone()

    async with serving(script) as server, opened(engine(server.port, keepalive_s=0.05)) as session:
        events, fault = await broken(session)
        assert len(events) == 5
        assert fault.reason == "close_1001"


async def test_nobody_is_there() -> None:
    """`ping`: a half-open connection looks like a silent one until it is asked."""
    async with serving(saying()) as server, opened(engine(server.port, keepalive_s=0.05)) as session:
        assert (await broken(session))[1].reason == "ping"


async def test_we_stood_still_ourselves() -> None:
    """When this process was held up, the other side is not to blame."""
    stood = asyncio.Event()

    async def script(client: Client) -> None:
        await client.created()
        await client.hear()
        stood.set()
        for _ in range(3):
            kind, payload = await client.hear()
            await client.say(frame(PONG, payload) if kind == PING else b"")
        await client.say(closing(1012))
        await client.until_gone()

    async with serving(script) as server, opened(engine(server.port, keepalive_s=0.1)) as session:
        await stood.wait()
        time.sleep(0.7)  # noqa: ASYNC251 - this is what the test is about
        assert (await broken(session))[1].reason == "close_1012"


# How it ends.


@pytest.mark.parametrize(
    ("code", "text", "kind", "reason"),
    [
        (1000, "", UnavailableError, "close_1000"),
        (1001, "", UnavailableError, "close_1001"),
        (1001, "session_expired", UnavailableError, "session_expired"),
        (1008, "", RefusedError, "close_1008"),
        (1009, "", UnavailableError, "too_big"),
        (1011, "", UnavailableError, "close_1011"),
        (1012, "", UnavailableError, "close_1012"),
        (1013, "", UnavailableError, "close_1013"),
        (1013, "insufficient_quota.insufficient_quota", RefusedError, "quota"),
        (3000, "invalid_request_error.invalid_api_key", RefusedError, "invalid_api_key"),
        (3000, "", RefusedError, "close_3000"),
        (3999, "", RefusedError, "close_3xxx"),
        (4000, "", RefusedError, "close_4000"),
        (4004, "", RefusedError, "close_4004"),
        (4999, "", RefusedError, "close_4xxx"),
        (1005, "", UnavailableError, "protocol"),
        (999, "", UnavailableError, "protocol"),
    ],
)
async def test_the_server_closes(code, text, kind, reason) -> None:
    """All that came before is told, then the reason; the close is answered."""
    answers: asyncio.Queue[int] = asyncio.Queue()

    async def script(client: Client) -> None:
        await client.created()
        await client.say(SPOKEN + closing(code, text))
        await answers.put(await client.hear_close())

    async with serving(script) as server, opened(engine(server.port)) as session:
        events, fault = await broken(session, kind)
        assert (await broken(session, kind))[0] == []
        session.send(e.ResponseCreate())
        assert events == ["session.created", "response.output_audio.delta"]
        assert fault.reason == reason
        assert await answers.get() == (1002 if reason == "protocol" else code)


async def test_a_close_without_a_code() -> None:
    """`close_1005`, and what we answer has one."""
    answers: asyncio.Queue[int] = asyncio.Queue()

    async def script(client: Client) -> None:
        await client.created()
        await client.say(frame(CLOSE, b""))
        await answers.put(await client.hear_close())

    async with serving(script) as server, opened(engine(server.port)) as session:
        assert (await broken(session))[1].reason == "close_1005"
        assert await answers.get() == 1000


@pytest.mark.parametrize("how", ["reset", "end"])
async def test_the_connection_breaks_off(how) -> None:
    """`close_1006`, in the middle of a frame, whether the other machine knows of it or not."""

    async def script(client: Client) -> None:
        await client.created()
        await client.say(SPOKEN + SPOKEN[:40])
        await client.hear()
        if how == "reset":
            client.reset()
        else:
            client.writer.close()

    async with serving(script) as server, opened(engine(server.port)) as session:
        session.send(e.ResponseCreate())
        events, fault = await broken(session)
        assert events == ["session.created", "response.output_audio.delta"]
        assert fault.reason == "close_1006"


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        (frame(TEXT, b"{}", masked=True), "protocol"),
        (frame(TEXT, b"{}", reserved=4), "protocol"),
        (frame(TEXT, b"{}", reserved=1), "protocol"),
        (frame(3, b"{}"), "protocol"),
        (frame(PING, b"x" * 200), "protocol"),
        (frame(PING, b"x", ends=False), "protocol"),
        (frame(CLOSE, b"x"), "protocol"),
        (frame(CLOSE, struct.pack("!H", 1000) + b"\xff"), "protocol"),
        (frame(CONTINUED, b"{}"), "protocol"),
        (frame(TEXT, b"{", ends=False) + frame(TEXT, b"}"), "protocol"),
        (struct.pack("!BBQ", 0x81, 127, MAX_MESSAGE_BYTES + 1), "too_big"),
        (struct.pack("!BBQ", 0x81, 127, 2**63 + 5), "protocol"),
        (frame(TEXT, b"[", ends=False) + frame(CONTINUED, b"", ends=False) * MAX_PARTS, "too_big"),
    ],
)
async def test_the_server_breaks_the_rules(frames, reason) -> None:
    """What RFC 6455 does not allow ends the session, before it can cost anything."""
    async with serving(saying(SPOKEN, frames, SPOKEN)) as server, opened(engine(server.port)) as session:
        _, fault = await broken(session)
        assert fault.reason == reason


async def test_a_message_that_is_too_long_in_parts() -> None:
    """`too_big`: the whole counts."""
    part = frame(TEXT, b"[" * 2**20, ends=False)
    more = [frame(CONTINUED, b"[" * 2**20, ends=False)] * 16
    async with serving(saying(part, *more)) as server, opened(engine(server.port)) as session:
        assert (await broken(session))[1].reason == "too_big"


@pytest.mark.parametrize(
    ("told", "close", "kind", "reason", "retry_after_s"),
    [
        (error("session_expired"), closing(1001), UnavailableError, "session_expired", None),
        (error("insufficient_quota"), closing(1011), RefusedError, "quota", None),
        (error("a_new_one", kind="insufficient_quota"), closing(1011), RefusedError, "quota", None),
        (error("session_expired", "Try again in 2s."), b"", UnavailableError, "session_expired", 2),
        (error("server_error"), closing(1011), UnavailableError, "close_1011", None),
        (error("invalid_value"), closing(1013, "try again in 3s"), UnavailableError, "close_1013", 3),
    ],
)
async def test_an_error_says_why(told, close, kind, reason, retry_after_s) -> None:
    """The event comes first, and its code says more than the close; most errors end nothing."""

    async def script(client: Client) -> None:
        await client.created()
        await client.say(told + close)
        if close:
            await client.until_gone()

    async with serving(script) as server, opened(engine(server.port)) as session:
        events, fault = await broken(session, kind)
        assert events == ["session.created", "error"]
        assert fault.reason == reason
        assert getattr(fault, "retry_after_s", None) == retry_after_s
        assert str(fault).startswith(f"127.0.0.1:{server.port}: ")


async def test_we_close() -> None:
    """The server hears a normal end, the events end, and everything afterwards is harmless."""
    codes: list[int] = []
    heard: list[Any] = []

    async def script(client: Client) -> None:
        await client.created()
        codes.append(await client.hear_close())
        await client.say(SPOKEN + closing(1000))
        await client.until_gone()

    async with serving(script) as server, opened(engine(server.port)) as session:
        events = session.events()
        assert names([await anext(events)]) == ["session.created"]
        listening = asyncio.get_running_loop().create_task(collect(session, heard))
        await session.close()
        await session.close()
        await session.abort()
        session.send(e.ResponseCreate())
        await listening
        await collect(session, heard)
        assert heard == []
    assert codes == [1000]


async def test_the_server_does_not_answer_our_close() -> None:
    """It is left alone after a moment."""
    gone = asyncio.Event()

    async def script(client: Client) -> None:
        await client.created()
        await client.until_gone()
        gone.set()

    async with serving(script) as server:
        async with opened(engine(server.port)):
            pass
        await gone.wait()


async def test_a_bug_of_ours_is_not_hidden() -> None:
    """What a callback raises is raised where the session is closed."""

    def bug(message: bytes) -> None:
        raise LookupError(message)

    ended: list[str] = []
    async with serving(saying(SPOKEN)) as server:
        websocket = WebSocket(5, on_message=bug, on_end=lambda reason, words: ended.append(reason), on_room=bool)
        await picows.ws_connect(lambda request, response: websocket, f"ws://127.0.0.1:{server.port}/")
        with pytest.raises(LookupError):
            await websocket.close()
    assert ended in ([], ["close_1011"])
