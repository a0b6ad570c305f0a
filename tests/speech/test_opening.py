"""A remote session opens, or is refused: every way of it, over real sockets of the loopback."""

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from npcl_voice.errors import LocalProtocolError, RefusedError, SettingsError, UnavailableError
from npcl_voice.realtime.events import SessionCreated
from npcl_voice.secret import Secret
from npcl_voice.speech.connection import RealtimeConnection
from npcl_voice.speech.remote import RemoteEngine
from tests.speech.certificates import certified
from tests.speech.raw_server import Client, Server, closing, error, event, frame, serving

KEY = "sk-canary-0123456789"
NOON = 1_000.0


def engine(port: int, *, scheme: str = "ws", host: str = "127.0.0.1", **more: Any) -> RemoteEngine:
    """A remote engine on that port of the loopback."""
    kept = {"open_timeout_s": 5.0, "keepalive_s": 5.0, "plain_hosts": "realtime.test", "wall": lambda: NOON, **more}
    return RemoteEngine("openai", f"{scheme}://{host}:{port}/v1/realtime", "m-1", Secret(KEY), **kept)


@asynccontextmanager
async def opened(remote: RemoteEngine, caller: str = "") -> AsyncIterator[RealtimeConnection]:
    """A session; afterwards it is closed and leaves no task of its own."""
    before = asyncio.all_tasks()
    session = await remote.open(caller)
    try:
        yield session
    finally:
        await session.close()
        assert {task for task in asyncio.all_tasks() - before if is_ours(task)} == set()


def is_ours(task: asyncio.Task[Any]) -> bool:
    """Whether a task runs code of the product or of a library, not of the test's own servers."""
    return any(folder in repr(task) for folder in ("npcl_voice/", "site-packages"))


async def accepting(client: Client) -> None:
    """Opens the session, and leaves it open until the client says goodbye."""
    await client.created()
    await client.hear_close()


async def refusal(remote: RemoteEngine, kind: type[UnavailableError | RefusedError]) -> Any:
    """What opening raises: it names the server and neither the key nor the address."""
    before = asyncio.all_tasks()
    with pytest.raises(kind) as raised:
        await remote.open("")
    assert remote.address.place in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "model=" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    assert KEY not in "".join(traceback.TracebackException.from_exception(raised.value, capture_locals=True).format())
    assert {task for task in asyncio.all_tasks() - before if is_ours(task)} == set()
    return raised.value


async def test_a_session() -> None:
    """The first event is `session.created`, and what the server was asked for is what the protocol wants."""
    async with serving(accepting) as server, opened(engine(server.port), "c4f3") as session:
        first = await anext(session.events())
        assert isinstance(first, SessionCreated)
        assert session.lasts_s == 4_600 - NOON
        assert session.name == "openai"
        client = server.clients[0]
        assert client.path == "/v1/realtime?model=m-1"
        assert client.headers["authorization"] == f"Bearer {KEY}"
        assert client.headers["openai-safety-identifier"] == "c4f3"
        assert not {"openai-beta", "openai-organization", "sec-websocket-extensions", "cookie"} & client.headers.keys()


async def test_without_a_key_and_with_a_project() -> None:
    """A server of one's own may want no key; an account may have parts."""
    async with serving(accepting) as server:
        own = RemoteEngine(
            "own",
            f"ws://127.0.0.1:{server.port}/",
            "",
            Secret(),
            open_timeout_s=5,
            keepalive_s=5,
            wall=lambda: NOON,
            organization="org-1",
            project="p-1",
        )
        async with opened(own):
            headers = server.clients[0].headers
            assert not {"authorization", "openai-safety-identifier"} & headers.keys()
            assert (headers["openai-organization"], headers["openai-project"]) == ("org-1", "p-1")


@pytest.mark.parametrize("expires_at", [None, 0, int(NOON), 2**53])
async def test_an_end_that_makes_no_sense(expires_at) -> None:
    """What a server says about its own end is believed only where it can be true."""

    async def script(client: Client) -> None:
        await client.created(expires_at=expires_at)
        await client.hear_close()

    async with serving(script) as server, opened(engine(server.port)) as session:
        assert session.lasts_s is None


@pytest.mark.parametrize("key", ["sk canary", "sk-canary\r\nX: 1", "sk-cañary"])
def test_a_key_that_is_none(key) -> None:
    """A slip in the settings is named at start, and the key is not shown."""
    with pytest.raises(SettingsError) as refused:
        RemoteEngine("x", "wss://a.example/", "m", Secret(key), open_timeout_s=1, keepalive_s=1, wall=lambda: NOON)
    assert refused.value.setting == "OPENAI_API_KEY"
    assert "ary" not in str(refused.value)


async def test_a_caller_who_is_no_word() -> None:
    """What would be a second header is our own bug, and is not sent."""
    async with serving(accepting) as server:
        with pytest.raises(LocalProtocolError):
            await engine(server.port).open("a\r\nX: 1")
        assert server.clients == []


async def test_the_key_is_forgotten() -> None:
    """After `forget` the key is nowhere, and no session opens."""
    async with serving(accepting) as server:
        remote = engine(server.port)
        async with opened(remote) as session:
            remote.forget()
            assert KEY not in repr(vars(remote))
            transport = session.socket._transport
            assert transport is not None
            assert KEY not in str(transport.request.headers)
        assert (await refusal(remote, UnavailableError)).reason == "gone"


async def test_the_key_is_in_no_log_line(caplog) -> None:
    """However much is logged: neither ours nor the library's lines hold the key."""
    caplog.set_level(1)
    logging.getLogger("picows").setLevel(1)
    async with serving(accepting) as server:
        remote = engine(server.port)
        async with opened(remote) as session:
            assert KEY not in repr(remote) + repr(session)
    assert KEY not in caplog.text


# The way there.


async def test_the_name_is_unknown() -> None:
    """`dns`: the next engine is asked."""

    async def resolve(host: str, port: int) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    assert (await refusal(engine(80, host="realtime.test", resolve=resolve), UnavailableError)).reason == "dns"


async def test_the_name_has_no_address() -> None:
    """The same for a name service that finds nothing."""

    async def resolve(host: str, port: int) -> list[Any]:
        return []

    assert (await refusal(engine(80, host="realtime.test", resolve=resolve), UnavailableError)).reason == "dns"


async def test_a_name_that_cannot_be_one() -> None:
    """A label of 64 letters is in no name service."""
    host = "a" * 64 + ".test"
    assert (await refusal(engine(80, host=host, plain_hosts=host), UnavailableError)).reason == "dns"


async def test_the_name_service_is_slow() -> None:
    """Its time counts in the time of opening."""

    async def resolve(host: str, port: int) -> list[Any]:
        return await asyncio.get_running_loop().create_future()

    remote = engine(80, host="realtime.test", resolve=resolve, open_timeout_s=0.1)
    assert (await refusal(remote, UnavailableError)).reason == "timeout"


@pytest.mark.parametrize("slow", [True, False], ids=["slow", "gone"])
async def test_the_name_service_was_there_before(slow) -> None:
    """Where the host answered a moment ago it is looked for again."""
    answers: list[Any] = []

    async def resolve(host: str, port: int) -> list[Any]:
        if answers:
            return answers.pop()
        if slow:
            return await asyncio.get_running_loop().create_future()
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    async with serving(accepting) as server:
        answers.append([(socket.AF_INET, ("127.0.0.1", server.port))])
        remote = engine(server.port, host="realtime.test", resolve=resolve)
        async with opened(remote), opened(remote):
            assert len(server.clients) == 2


async def test_an_address_that_leads_nowhere() -> None:
    """The other addresses of the name are tried, one beside the other."""
    async with serving(accepting) as server, black_hole() as nowhere, closed_port() as refusing:

        async def resolve(host: str, port: int) -> list[Any]:
            targets = [nowhere, refusing, server.port]
            return [(socket.AF_INET, ("127.0.0.1", target)) for target in targets]

        async with opened(engine(80, host="realtime.test", resolve=resolve)):
            assert len(server.clients) == 1


async def test_nobody_listens() -> None:
    """`refused`."""
    async with closed_port() as port:
        assert (await refusal(engine(port), UnavailableError)).reason == "refused"


async def test_there_is_no_way() -> None:
    """`unreachable`: an address to which this machine has no route."""

    async def resolve(host: str, port: int) -> list[Any]:
        return [(socket.AF_INET, ("255.255.255.255", port))]

    remote = engine(80, host="realtime.test", resolve=resolve)
    assert (await refusal(remote, UnavailableError)).reason == "unreachable"


async def test_nobody_answers_the_connection() -> None:
    """`timeout`: packets vanish."""
    async with black_hole() as port:
        assert (await refusal(engine(port, open_timeout_s=0.2), UnavailableError)).reason == "timeout"


async def test_nobody_answers_the_upgrade() -> None:
    """`timeout`: connected, then silence; the connection is let go."""
    gone = asyncio.Event()

    async def script(client: Client) -> None:
        await client.until_gone()
        gone.set()

    async with serving(script) as server:
        assert (await refusal(engine(server.port, open_timeout_s=0.2), UnavailableError)).reason == "timeout"
        await gone.wait()


async def test_the_upgrade_is_no_admission() -> None:
    """`timeout`: upgraded, then no `session.created`, whatever else comes."""

    async def script(client: Client) -> None:
        await client.upgrade()
        await client.say(event("rate_limits.updated", rate_limits=[]))
        await client.say(error("a_new_one"))
        await client.until_gone()

    async with serving(script) as server:
        assert (await refusal(engine(server.port, open_timeout_s=0.3), UnavailableError)).reason == "timeout"


@pytest.mark.parametrize("upgraded", [True, False])
async def test_opening_is_given_up(upgraded) -> None:
    """A caller hangs up meanwhile: the connection is let go, and nothing is left."""
    asked, gone = asyncio.Event(), asyncio.Event()

    async def script(client: Client) -> None:
        if upgraded:
            await client.upgrade()
        asked.set()
        await client.until_gone()
        gone.set()

    async with serving(script) as server:
        opening = asyncio.get_running_loop().create_task(engine(server.port).open(""))
        await asked.wait()
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await gone.wait()


async def test_the_server_hangs_up_before_it_answers() -> None:
    """`close_1006`: the connection broke off."""

    async def script(client: Client) -> None:
        client.writer.close()

    async with serving(script) as server:
        assert (await refusal(engine(server.port), UnavailableError)).reason == "close_1006"


# What the server answers.


@pytest.mark.parametrize(
    ("answer", "kind", "reason", "retry_after_s"),
    [
        ("401 Unauthorized", RefusedError, "invalid_api_key", None),
        ("403 Forbidden", RefusedError, "forbidden", None),
        ("400 Bad Request", RefusedError, "bad_request", None),
        ("404 Not Found", RefusedError, "bad_request", None),
        ("200 OK", RefusedError, "bad_request", None),
        ("408 Request Timeout", UnavailableError, "http_408", None),
        ("429 Too Many Requests\r\nretry-after: 7", UnavailableError, "http_429", 7),
        ("429 Too Many Requests", UnavailableError, "http_429", None),
        ("500 Internal Server Error", UnavailableError, "http_5xx", None),
        ("503 Service Unavailable\r\nRetry-After: 2", UnavailableError, "http_5xx", 2),
        ("520 Web Server Returned an Unknown Error", UnavailableError, "http_5xx", None),
        ("503", UnavailableError, "http_5xx", None),
    ],
)
async def test_a_status_in_place_of_a_session(answer, kind, reason, retry_after_s) -> None:
    """The status says whether trying again is worth it; the line names it."""

    async def script(client: Client) -> None:
        await client.say(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())

    async with serving(script) as server:
        refused = await refusal(engine(server.port), kind)
        assert refused.reason == reason
        assert f"HTTP {answer[:3]}" in str(refused)
        assert getattr(refused, "retry_after_s", None) == retry_after_s


async def test_an_old_server_answers() -> None:
    """A balancer in front of it may speak HTTP/1.0."""

    async def script(client: Client) -> None:
        await client.say(b"HTTP/1.0 503 Service Unavailable\r\n\r\nbusy")

    async with serving(script) as server:
        assert (await refusal(engine(server.port), UnavailableError)).reason == "http_5xx"


async def test_the_body_says_more() -> None:
    """429 is sent for limits, and for an account without money; its words may hold the wait."""
    bodies = [
        b'{"error":{"code":"insufficient_quota","message":"sk-canary-0123456789"}}',
        b'{"error":{"code":"rate_limit_exceeded","message":"Please try again in 850ms."}}',
    ]

    async def script(client: Client) -> None:
        body = bodies.pop(0)
        await client.say(b"HTTP/1.1 429 No\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with serving(script) as server:
        assert (await refusal(engine(server.port), RefusedError)).reason == "quota"
        limited = await refusal(engine(server.port), UnavailableError)
        assert (limited.reason, limited.retry_after_s) == ("http_429", 0.85)


async def test_the_key_follows_no_redirect() -> None:
    """`redirect`: another server would get the key."""

    async def redirect(client: Client) -> None:
        await client.say(f"HTTP/1.1 307 There\r\nLocation: ws://127.0.0.1:{other.port}/\r\n\r\n".encode())

    async with serving(accepting) as other, serving(redirect) as server:
        assert (await refusal(engine(server.port), RefusedError)).reason == "redirect"
        assert other.clients == []


async def test_it_is_no_websocket_server() -> None:
    """`protocol`: what answers is something else."""

    async def script(client: Client) -> None:
        await client.say(b"220 mail.example ESMTP\r\n\r\n")

    async with serving(script) as server:
        assert (await refusal(engine(server.port), UnavailableError)).reason == "protocol"


async def test_it_did_not_read_our_request() -> None:
    """`protocol`: something in between answers with what it had (RFC 6455, 4.1)."""

    async def script(client: Client) -> None:
        await client.upgrade(wrong=True)

    async with serving(script) as server:
        assert (await refusal(engine(server.port), UnavailableError)).reason == "protocol"


@pytest.mark.parametrize(
    ("code", "close", "kind", "reason"),
    [
        ("invalid_api_key", 3000, RefusedError, "invalid_api_key"),
        ("insufficient_quota", 1013, RefusedError, "quota"),
        ("beta_api_shape_disabled", 4000, RefusedError, "beta"),
        ("missing_model", 4000, RefusedError, "model"),
        ("model_not_found", 4004, RefusedError, "model"),
        ("server_error", 1013, UnavailableError, "close_1013"),
    ],
)
@pytest.mark.parametrize("told", [True, False], ids=["told", "closed"])
async def test_admission_is_refused(told, code, close, kind, reason) -> None:
    """An `error` says why, or the text of the close after it does."""

    async def script(client: Client) -> None:
        await client.upgrade()
        if told:
            await client.say(error(code))
        await client.say(closing(close, f"invalid_request_error.{code}"))

    async with serving(script) as server:
        assert (await refusal(engine(server.port), kind)).reason == reason


async def test_an_error_that_says_when() -> None:
    """The wait that a server names at the close goes along."""

    async def script(client: Client) -> None:
        await client.upgrade()
        await client.say(closing(1013, "Please try again in 1m2s."))

    async with serving(script) as server:
        assert (await refusal(engine(server.port), UnavailableError)).retry_after_s == 62


async def test_the_session_is_created_in_pieces() -> None:
    """The upgrade and the first event may come in one packet, or byte by byte."""

    async def script(client: Client) -> None:
        await client.upgrade()
        for byte in frame(1, b'{"type":"session.created","event_id":"e","session":{"type":"realtime"}}'):
            await client.say(bytes([byte]))
        await client.hear_close()

    async with serving(script) as server, opened(engine(server.port)) as session:
        assert isinstance(await anext(session.events()), SessionCreated)


# TLS.


async def test_the_server_proves_who_it_is(tmp_path) -> None:
    """A certificate that leads to a known authority, for the name that was asked for."""
    server_side, client_side = certified(tmp_path, "localhost")
    async with (
        serving(accepting, server_side) as server,
        opened(engine(server.port, scheme="wss", host="localhost", tls=client_side)) as session,
    ):
        assert isinstance(await anext(session.events()), SessionCreated)


@pytest.mark.parametrize("wrong", ["authority", "name", "time"])
async def test_a_server_that_cannot_prove_it(tmp_path, wrong) -> None:
    """`tls`: no session, no second try, and no key has been sent."""
    server_side, client_side = certified(
        tmp_path, "other.test" if wrong == "name" else "localhost", expired=wrong == "time"
    )
    tls = None if wrong == "authority" else client_side
    async with serving(accepting, server_side) as server:
        refused = await refusal(engine(server.port, scheme="wss", host="localhost", tls=tls), RefusedError)
        assert refused.reason == "tls"
        assert server.clients == []


async def test_a_server_without_tls(tmp_path) -> None:
    """`tls`: something in between that speaks plainly gets nothing from us."""
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1_000))
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    plain = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with plain:
        port = plain.sockets[0].getsockname()[1]
        assert (await refusal(engine(port, scheme="wss", host="localhost"), RefusedError)).reason == "tls"
    assert KEY.encode() not in heard[0]


async def test_the_server_hangs_up_while_it_should_prove_itself() -> None:
    """`close_1006`: this is the network, not a certificate."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1_000)
        writer.close()

    plain = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with plain:
        port = plain.sockets[0].getsockname()[1]
        assert (await refusal(engine(port, scheme="wss", host="localhost"), UnavailableError)).reason == "close_1006"


# Places that do not answer.


@asynccontextmanager
async def closed_port() -> AsyncIterator[int]:
    """A port that refuses, since it is bound and nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@asynccontextmanager
async def black_hole() -> AsyncIterator[int]:
    """A port whose queue of connections is full, so that the kernel drops what comes."""
    with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]


__all__ = ["Server", "accepting", "engine", "opened", "refusal"]
