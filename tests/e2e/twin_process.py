"""The scripted twin in a process of its own, which knows a caller's sentences: `python -m tests.e2e.twin_process`.

It listens, writes its address, and then a line for each thing that happens, until its standard input ends.
Given a file of faults; with a certificate's file it takes TLS, and nobody can trust it.
"""

import asyncio
import contextlib
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from npcl_voice.call import RealClock
from npcl_voice.rehearsal.twin import Faults, TwinEngine, load_faults, load_script
from npcl_voice.rehearsal.twin.server import TwinServer
from tests.e2e.failing import recordings

__all__ = ["RunningTwin", "running_twin"]

STORY = "outage"


class RunningTwin:
    """That process, from outside."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.url = url
        self.lines: list[str] = []
        self._process = process

    async def follow(self) -> None:
        """Keep what it tells."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.lines.append(line.decode().strip())

    @property
    def sessions(self) -> int:
        """How many it was asked for."""
        return sum(" begins" in line or " refused" in line for line in self.lines)


@contextlib.asynccontextmanager
async def running_twin(faults: Path, certificate: Path | None = None) -> AsyncIterator[RunningTwin]:
    """The process while it runs."""
    arguments = [str(faults), *([str(certificate)] if certificate is not None else [])]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.e2e.twin_process",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(120):
            url = (await process.stdout.readline()).decode().strip()
        assert url, "the twin did not start"
        twin = RunningTwin(process, url)
        following = asyncio.create_task(twin.follow())
        try:
            yield twin
        finally:
            process.stdin.close()
            await following
    finally:
        process.stdin.close()
        await process.wait()


def _tell(line: str) -> None:
    print(line, flush=True)


async def _serve(faults: Faults, certificate: Path | None) -> None:
    """Play the twin until standard input ends."""
    script = msgspec.structs.replace(load_script(STORY), voice="cheap")
    engine = TwinEngine("openai", script, faults, RealClock(), recordings(STORY), told=_tell)
    async with contextlib.AsyncExitStack() as stack:
        if certificate is None:
            url = (await stack.enter_async_context(TwinServer(engine))).url
        else:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate, certificate.with_name("key.pem"))
            server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", ssl=context)
            await stack.enter_async_context(server)
            url = f"wss://localhost:{server.sockets[0].getsockname()[1]}/v1/realtime"
        _tell(url)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(load_faults(Path(sys.argv[1])), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
