"""The doctor at the remote engine: a real session over a socket, refusals, and what to do about each."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from npcl_voice.audio.frame import PCMU
from npcl_voice.cli.findings import Finding, covered
from npcl_voice.cli.remote import examine_session
from npcl_voice.config import Turns
from npcl_voice.conversation.session import session_for
from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.realtime.codec import decode_server, encode
from npcl_voice.realtime.events import ClientEvent, ServerEvent

MODEL = "gpt-realtime-2.1"
CANARY = "sk-planted-canary-0123456789"
CREATED = {"type": "session.created", "event_id": "e1", "session": {"type": "realtime", "model": MODEL}}

Script = Callable[[ServerConnection, dict], Awaitable[None]]


def a_call_s_settings(voice: str | None = "marin"):
    """What a call on the telephone asks for, with a voice."""
    session = session_for(PCMU, voice=True, turns=Turns(), tools=(), instructions="Be brief.", language="en")
    if voice is None:
        return session
    output = msgspec.structs.replace(session.audio.output, voice=voice)
    return msgspec.structs.replace(session, audio=msgspec.structs.replace(session.audio, output=output))


class SocketSpeech:
    """A session over a WebSocket, as little of one as the check needs."""

    name = "openai"

    def __init__(self, socket: ClientConnection, lasts_s: float | None) -> None:
        self.lasts_s = lasts_s
        self._socket = socket
        self._out = asyncio.Queue()
        self._writing = asyncio.get_running_loop().create_task(self._write())

    def send(self, event: ClientEvent) -> None:
        self._out.put_nowait(event)

    async def _write(self) -> None:
        while True:
            await self._socket.send(encode(await self._out.get()).decode())

    async def events(self) -> AsyncIterator[ServerEvent]:
        try:
            async for message in self._socket:
                yield decode_server(message)
        except ConnectionClosed:
            raise UnavailableError("the connection broke off", reason="close_1006") from None

    async def close(self) -> None:
        self._writing.cancel()
        await asyncio.wait({self._writing})
        await self._socket.close()


class SocketEngine:
    """An engine at a port of this machine."""

    name, embedded = "openai", False

    def __init__(self, port: int, lasts_s: float | None = 3_600.0) -> None:
        self._port, self._lasts_s = port, lasts_s

    async def open(self, caller: str) -> SocketSpeech:
        assert caller == ""
        return SocketSpeech(await connect(f"ws://127.0.0.1:{self._port}/v1/realtime", close_timeout=1), self._lasts_s)


@asynccontextmanager
async def server(script: Script) -> AsyncIterator[int]:
    """A server that greets, reads one event, and does what the script says; its port."""

    async def handle(socket: ServerConnection) -> None:
        await socket.send(msgspec.json.encode(CREATED).decode())
        await script(socket, msgspec.json.decode(await socket.recv()))
        await socket.wait_closed()

    async with serve(handle, "127.0.0.1", 0) as listening:
        yield listening.sockets[0].getsockname()[1]


def says(*events: dict) -> Script:
    """The script of a server that sends these."""

    async def script(socket: ServerConnection, _update: dict) -> None:
        for event in events:
            await socket.send(msgspec.json.encode({"event_id": "e2", **event}).decode())

    return script


def accepts(change: Callable[[dict], None] = lambda _session: None) -> Script:
    """The script of a server that takes what it is asked for, with a change of its own."""

    async def script(socket: ServerConnection, update: dict) -> None:
        assert update["type"] == "session.update"
        session = {**update["session"], "model": MODEL}
        change(session)
        await says({"type": "rate_limits.updated", "rate_limits": []}, {"type": "x.unheard_of"})(socket, update)
        other = {"type": "invalid_request_error", "message": "about something else", "event_id": "other"}
        await says({"type": "error", "error": other})(socket, update)
        await says({"type": "session.updated", "session": session})(socket, update)

    return script


async def examined(script: Script, *, lasts_s: float | None = 3_600.0, deadline_s: float = 30.0, **asked) -> Finding:
    """What the check finds at such a server."""
    async with server(script) as port:
        return await examine_session(
            SocketEngine(port, lasts_s), a_call_s_settings(**asked), MODEL, deadline_s=deadline_s
        )


async def test_a_server_that_takes_a_call_s_settings() -> None:
    """Model, voice and format are told, the two times, and how long a session lasts."""
    found = await examined(accepts())
    assert (found.name, found.status, found.remedy) == ("remote engine", "ok", "")
    assert re.fullmatch(
        r"openai: model gpt-realtime-2\.1, voice marin, format audio/pcmu; "
        r"opened in \d+ ms, there and back in \d+ ms, a session lasts 60 min",
        found.found,
    )


async def test_times_are_told_by_the_clock() -> None:
    """From asking for a session to having it, and from the settings to their echo."""
    times = iter([10.0, 10.25, 20.0, 20.0305])
    async with server(accepts()) as port:
        found = await examine_session(
            SocketEngine(port, None), a_call_s_settings(), MODEL, deadline_s=30, clock=lambda: next(times)
        )
    assert found.found.endswith("; opened in 250 ms, there and back in 30 ms, it does not say how long a session lasts")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s["audio"]["output"].update(voice="alloy"), "voice alloy instead of marin"),
        (lambda s: s["audio"]["output"].update(voice={"id": "voice_1"}), "voice voice_1 instead of marin"),
        (
            lambda s: s["audio"]["output"].update(format={"type": "audio/pcm", "rate": 24_000}),
            "format audio/pcm instead of audio/pcmu",
        ),
        (
            lambda s: s["audio"]["input"].update(format={"type": "audio/pcma"}),
            "format of the caller audio/pcma instead of audio/pcmu",
        ),
        (lambda s: s.update(output_modalities=["text"]), "modality text instead of audio"),
        (
            lambda s: s["audio"]["input"]["turn_detection"].update(create_response=True),
            "answers of its own true instead of false",
        ),
        (
            lambda s: s["audio"]["input"]["turn_detection"].update(interrupt_response=True),
            "interruptions of its own true instead of false",
        ),
    ],
)
async def test_a_server_that_goes_on_with_something_else(change, words) -> None:
    """A call would be held in another voice, another format, or by somebody else's turns."""
    found = await examined(accepts(change))
    assert (found.status, found.found) == ("failure", f"openai goes on with {words}")
    assert "NPCL_REALTIME_VOICE" in found.remedy


@pytest.mark.parametrize(
    ("model", "status"),
    [("gpt-realtime-2.1-2026-05-04", "ok"), ("gpt-realtime-2.1x", "warning"), ("other", "warning"), (None, "ok")],
)
async def test_the_model_behind_the_name(model, status) -> None:
    """A dated version is the model; on Azure a deployment's name stands for whatever it stands for."""
    found = await examined(accepts(lambda session: session.update(model=model)))
    assert found.status == status
    assert f"model {model or MODEL}" in found.found
    assert (f"{MODEL} was asked for" in found.found) == (status == "warning")


@pytest.mark.parametrize(
    ("change", "silent"),
    [
        (lambda s: s["audio"]["output"].pop("voice"), "voice"),
        (lambda s: s["audio"]["output"].update(voice=None, format=None), "voice, format"),
        (
            lambda s: s["audio"].pop("input"),
            "format of the caller, answers of its own, interruptions of its own",
        ),
        (lambda s: s["audio"].pop("output"), "voice, format"),
        (
            lambda s: s.pop("audio"),
            "voice, format, format of the caller, answers of its own, interruptions of its own",
        ),
        (
            lambda s: s["audio"]["input"].update(turn_detection=None),
            "answers of its own, interruptions of its own",
        ),
    ],
)
async def test_a_server_that_does_not_confirm(change, silent) -> None:
    """A compatible server may take what it does not tell: somebody has to listen."""
    found = await examined(accepts(change))
    assert found.status == "warning"
    assert found.found.endswith(f"; it does not confirm: {silent}")


async def test_what_was_not_asked_for_is_not_looked_at() -> None:
    """Without a voice of ours the server's own will do."""
    found = await examined(accepts(), voice=None)
    assert found.status == "ok"
    assert "voice" not in found.found


@pytest.mark.parametrize(
    ("error", "found", "remedy"),
    [
        (
            {"code": "invalid_value", "param": "session.audio.output.voice", "message": "No such voice."},
            "openai refuses our settings: invalid_value (session.audio.output.voice): No such voice.",
            "set NPCL_REALTIME_VOICE to a voice that this server has",
        ),
        (
            {"code": "cannot_update_voice", "message": "Too late."},
            "openai refuses our settings: cannot_update_voice: Too late.",
            "set NPCL_REALTIME_VOICE to a voice that this server has",
        ),
        (
            {"code": "x", "param": "session.audio.input.transcription.model", "message": "No.", "event_id": "doctor_1"},
            "openai refuses our settings: x (session.audio.input.transcription.model): No.",
            "set NPCL_REALTIME_TRANSCRIBER to a recogniser that this server has",
        ),
        (
            {"message": "words " * 200},
            f"openai refuses our settings: server_error: {'words ' * 33}…",
            "see that the server speaks the GA Realtime API and has this model; docs/how-to/use-openai.md",
        ),
    ],
)
async def test_a_server_that_refuses_the_settings(error, found, remedy) -> None:
    """Its own words, so far as they are of use, and the setting to change."""
    told = await examined(says({"type": "error", "error": {"type": "server_error", **error}}))
    assert told == Finding("remote engine", "failure", found, remedy)


@pytest.mark.parametrize("before", [0, 185, 199])
async def test_a_key_in_a_server_s_words_is_never_shown_in_part(before: int) -> None:
    """It is hidden where it is whole, and left out where the words are cut."""
    message = f"{'x' * before} {CANARY} {'x' * 300}"
    found = covered(await examined(says({"type": "error", "error": {"message": message}})), [CANARY])
    assert "sk-" not in found.found


async def test_a_server_that_says_nothing_more() -> None:
    """The session is given up when its time is over."""
    found = await examined(says(), deadline_s=0.3)
    assert found.status == "failure"
    assert found.found == "openai opened a session and did not accept our settings within 0.3 s"


async def test_a_server_that_ends_the_session() -> None:
    """With a goodbye, and without one."""

    async def goodbye(socket: ServerConnection, _update: dict) -> None:
        await socket.close()

    async def cut(socket: ServerConnection, _update: dict) -> None:
        socket.transport.abort()

    found = await examined(goodbye)
    assert (found.status, found.found) == ("failure", "openai ended the session before it accepted our settings")
    found = await examined(cut)
    assert (found.status, found.found) == ("failure", "openai: the connection broke off [close_1006]")


class Closed:
    """An engine that gives no session."""

    name, embedded = "openai", False

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    async def open(self, caller: str):
        if self._error is None:
            await asyncio.Event().wait()
        raise self._error


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (RefusedError("not accepted", reason="invalid_api_key"), "npcl-voice key set"),
        (RefusedError("no credit", reason="quota"), "billing"),
        (RefusedError("no such model", reason="model"), "NPCL_REALTIME_MODEL"),
        (RefusedError("no certificate", reason="tls"), "certificate"),
        (UnavailableError("no such name", reason="dns"), "NPCL_REALTIME_URL"),
        (UnavailableError("busy", reason="http_429"), "calls go on at the embedded engine"),
    ],
)
async def test_an_engine_that_gives_no_session(error, remedy) -> None:
    """Each reason has what to do about it."""
    found = await examine_session(Closed(error), a_call_s_settings(), MODEL, deadline_s=30)
    assert (found.status, found.found) == ("failure", f"openai: {error} [{error.reason}]")
    assert remedy in found.remedy


async def test_an_engine_that_does_not_answer() -> None:
    """The doctor waits no longer than a call would."""
    found = await examine_session(Closed(None), a_call_s_settings(), MODEL, deadline_s=0.05)
    assert (found.status, found.found) == ("failure", "openai did not open a session within 0.05 s")
