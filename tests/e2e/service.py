"""A running service for tests: the real application on a free port of the loopback."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import uvicorn

from npcl_voice.app import application
from npcl_voice.config import Settings
from npcl_voice.speech.local.endpoint import MAX_MESSAGE_BYTES

SECRET = "only-for-tests-0123456789"


def settings_in(folder: Path, **more: str) -> Settings:
    """Settings for a data folder of its own."""
    return Settings.from_mapping({"NPCL_DATA_DIR": str(folder), "NPCL_SECRET_KEY": SECRET, **more})


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[str]:
    """The service's address, once it is ready."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(
                application(settings), ws="websockets-sansio", ws_max_size=MAX_MESSAGE_BYTES, log_level="warning"
            )
        )
        task = asyncio.create_task(server.serve(sockets=[listening]))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            await _until_ready(address)
            yield address
        finally:
            server.should_exit = True
            await task


async def _until_ready(address: str) -> None:
    async with asyncio.timeout(60), httpx.AsyncClient() as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(f"{address}/ready")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.1)
