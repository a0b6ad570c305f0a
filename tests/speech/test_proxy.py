"""Sessions through a proxy that the environment names, and what may go wrong there."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.realtime.events import SessionCreated
from npcl_voice.speech.address import read_address
from npcl_voice.speech.dialling import environment_proxy
from tests.speech.certificates import certified
from tests.speech.opening import KEY, accepting, closed_port, engine, opened, refusal
from tests.speech.raw_server import serving

HOST = "realtime.test"
"""A name that only the proxy knows."""


class Proxy:
    """A proxy that a test looks into."""

    port = 0

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.heads: list[bytes] = []
        self.carried = bytearray()


@asynccontextmanager
async def proxying(answer: bytes = b"HTTP/1.1 200 Yes\r\n\r\n", *, silent: bool = False) -> AsyncIterator[Proxy]:
    """A proxy that leads every name to this machine, after its answer."""
    proxy = Proxy()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        proxy.heads.append(head)
        proxy.asked.append(head.split(b" ")[1].decode())
        if silent:
            await reader.read()
            writer.close()
            return
        writer.write(answer)
        await writer.drain()
        if b" 200 " in answer:
            port = int(proxy.asked[-1].rpartition(":")[2])
            there, back = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(pump(reader, back, proxy.carried), pump(there, writer, bytearray()))
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    async with server:
        yield proxy


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: bytearray) -> None:
    """Carry bytes one way, to the end."""
    try:
        while data := await reader.read(65_536):
            seen += data
            writer.write(data)
    except ConnectionError:
        pass
    writer.close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch) -> None:
    for name in ("http", "https", "ws", "wss", "all", "no", "socks"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)


async def test_through_a_proxy(monkeypatch, tmp_path) -> None:
    """The proxy is asked for a tunnel, and reads neither the key nor a voice in it."""
    server_side, client_side = certified(tmp_path, HOST)
    async with serving(accepting, server_side) as server, proxying() as proxy:
        monkeypatch.setenv("https_proxy", f"http://user:pass@127.0.0.1:{proxy.port}")
        remote = engine(server.port, scheme="wss", host=HOST, tls=client_side)
        async with opened(remote) as session:
            assert isinstance(await anext(session.events()), SessionCreated)
        assert proxy.asked == [f"{HOST}:{server.port}"]
        assert base64.b64encode(b"user:pass") in proxy.heads[0]
        assert KEY.encode() not in proxy.heads[0] + proxy.carried
        assert server.clients[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_proxy_cannot_stand_in_for_the_server(monkeypatch, tmp_path) -> None:
    """`tls`: what answers behind the tunnel must prove who it is."""
    server_side, client_side = certified(tmp_path, "other.test")
    async with serving(accepting, server_side) as server, proxying() as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        remote = engine(server.port, scheme="wss", host=HOST, tls=client_side)
        assert (await refusal(remote, RefusedError)).reason == "tls"
        assert server.clients == []


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b"HTTP/1.1 502 Bad Gateway\r\n\r\n", b"hello\r\n\r\n", b""],
)
async def test_the_proxy_refuses(monkeypatch, answer) -> None:
    """`proxy`: it does not know us, does not find the server, or is none."""
    async with proxying(answer) as proxy:
        monkeypatch.setenv("http_proxy", f"http://user:pass@127.0.0.1:{proxy.port}")
        refused = await refusal(engine(80, host=HOST), UnavailableError)
        assert refused.reason == "proxy"
        assert "pass" not in str(refused).replace("through", "")


async def test_the_proxy_is_silent(monkeypatch) -> None:
    """`timeout`: its time counts in the time of opening."""
    async with proxying(silent=True) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        remote = engine(80, host=HOST, open_timeout_s=0.2)
        assert (await refusal(remote, UnavailableError)).reason == "timeout"


async def test_there_is_no_proxy(monkeypatch) -> None:
    """`proxy`: it is named, and nobody is there."""
    async with closed_port() as port:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        assert (await refusal(engine(80, host=HOST), UnavailableError)).reason == "proxy"


@pytest.mark.parametrize("named", ["ftp://127.0.0.1:1", "http://127.0.0.1:99999", "http://"])
async def test_a_proxy_that_is_none(monkeypatch, named) -> None:
    """`proxy`: what is named cannot be used."""
    monkeypatch.setenv("http_proxy", named)
    assert (await refusal(engine(80, host=HOST), UnavailableError)).reason == "proxy"


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "wss://a.test/", None),
        ({"https_proxy": "http://p:1"}, "wss://a.test/", "http://p:1"),
        ({"https_proxy": "http://p:1", "wss_proxy": "http://q:2"}, "wss://a.test/", "http://q:2"),
        ({"https_proxy": "p:1"}, "wss://a.test/", "http://p:1"),
        ({"all_proxy": "socks5://p:1"}, "wss://a.test/", "socks5://p:1"),
        ({"https_proxy": "http://p:1", "no_proxy": "b.test,a.test"}, "wss://a.test/", None),
        ({"https_proxy": "http://p:1", "no_proxy": ".test"}, "wss://a.test/", None),
        ({"https_proxy": "http://p:1", "no_proxy": "a.test:444"}, "wss://a.test/", "http://p:1"),
        ({"https_proxy": "http://p:1", "no_proxy": "*"}, "wss://a.test/", None),
        ({"https_proxy": "http://p:1"}, "ws://realtime.test/", None),
        ({"http_proxy": "http://p:1"}, "ws://realtime.test/", "http://p:1"),
        ({"http_proxy": "http://p:1"}, "ws://127.0.0.1/", None),
        ({"https_proxy": "http://p:1"}, "wss://localhost/", None),
    ],
)
def test_which_proxy(monkeypatch, environment, url, proxy) -> None:
    """What the environment says, as other programs read it; this machine is reached without one."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert environment_proxy(read_address(url, "m", plain_hosts=HOST)) == proxy
