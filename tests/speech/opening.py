"""Remote engines for tests, and places of the loopback that do not answer."""

import asyncio
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.secret import Secret
from npcl_voice.speech.connection import RealtimeConnection
from npcl_voice.speech.remote import RemoteEngine
from tests.speech.raw_server import Client

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
