"""A remote engine on this machine, for commands that run an event loop of their own."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from npcl_voice.call import RealClock
from npcl_voice.rehearsal.twin import Faults, load_script
from npcl_voice.rehearsal.twin.engine import FaultyEngine, ScriptedEngine
from npcl_voice.rehearsal.twin.recordings import Recordings
from npcl_voice.rehearsal.twin.server import TwinServer

__all__ = ["twin_nearby"]


@contextmanager
def twin_nearby() -> Iterator[str]:
    """The scripted twin at a socket of this machine, on a loop of its own, and its address."""
    opened: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def play() -> None:
        clock, stop = RealClock(), asyncio.Event()
        engine = FaultyEngine(ScriptedEngine(load_script("outage"), clock, Recordings()), Faults(), clock)
        async with TwinServer(engine) as server:
            opened.set_result((server.url, asyncio.get_running_loop(), stop))
            await stop.wait()

    playing = threading.Thread(target=asyncio.run, args=(play(),))
    playing.start()
    url, loop, stop = opened.result(timeout=30)
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stop.set)
        playing.join()
