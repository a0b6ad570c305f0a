"""A remote engine: what it asks for, what it keeps to itself, and what a server's refusals mean."""

import logging

import pytest

from npcl_voice.errors import LocalProtocolError, RefusedError, SettingsError, UnavailableError
from npcl_voice.realtime.events import SessionCreated
from npcl_voice.secret import Secret
from npcl_voice.speech.remote import RemoteEngine
from tests.speech.opening import KEY, NOON, accepting, engine, opened, refusal
from tests.speech.raw_server import Client, closing, error, frame, serving


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
    """A server of one's own may want no key."""
    async with serving(accepting) as server:
        own = RemoteEngine(
            "own",
            f"ws://127.0.0.1:{server.port}/",
            "",
            Secret(),
            open_timeout_s=5,
            keepalive_s=5,
            wall=lambda: NOON,
        )
        async with opened(own):
            headers = server.clients[0].headers
            assert not {"authorization", "openai-safety-identifier"} & headers.keys()


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
