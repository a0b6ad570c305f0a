"""One process of ears: asked in order, answered in order, and started again when it dies."""

import asyncio
import json
import sys
from collections import deque
from collections.abc import Callable

import msgspec

from npcl_voice.errors import UnavailableError
from npcl_voice.speech.local import worker

__all__ = ["RESTARTS", "RESTARTS_S", "START_SECONDS", "EarsProcess"]

CLOSE_SECONDS = 2.0
START_SECONDS = 2.0
"""About how long a process takes until its models are warm."""
RESTARTS, RESTARTS_S = 3, 300.0
"""A process that dies more often within so many seconds is ill, and not started again: each death costs its
callers their ears. One death a week is bad luck."""

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from npcl_voice.speech.local.worker import main; main()"
)


class EarsProcess:
    """Its callers come and go; they do not survive its death."""

    def __init__(self, load: "asyncio.Future[worker.Load]", now: Callable[[], float]) -> None:
        """`load` is what it is told first."""
        self._load = load
        self._now = now
        self._deaths: deque[float] = deque(maxlen=RESTARTS + 1)
        self._child: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: deque[asyncio.Future[worker.Answer]] = deque()
        self._stopping = False
        self._again: asyncio.Task[None] | None = None
        self.generation = 0
        """Counts the processes that there have been: a call does not survive its own."""
        self.legs: set[int] = set()
        self.alive = False
        self.warm = False
        """Whether its models are loaded: it can hear."""
        self.gone = False
        """Whether it has died for good."""

    async def start(self) -> float:
        """Start it and wait until it is warm. What a second of speech costs it, in processor seconds."""
        try:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                _BOOT,
                json.dumps(sys.path),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            msg = f"a process of ears could not be started: {error}"
            raise UnavailableError(msg) from error
        self.alive = True
        self._reader = asyncio.get_running_loop().create_task(self._read(self._child))
        answer = await self.ask(await asyncio.shield(self._load))
        if not isinstance(answer, worker.Measured):
            msg = "the process of ears did not load its models"
            raise UnavailableError(msg)
        self.warm = True
        return answer.load

    async def stop(self) -> None:
        """End it: politely, and after two seconds by force."""
        self._stopping = True
        if self._again is not None:
            self._again.cancel()
            await asyncio.gather(self._again, return_exceptions=True)
        child, reader = self._child, self._reader
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()
        if reader is not None:
            await reader

    def send(self, ask: worker.Ask) -> "asyncio.Future[worker.Answer]":
        """Write a request and return what will hold its answer; never waits.

        Raises UnavailableError when the process is not running.
        """
        if not self.alive or self._child is None or self._child.stdin is None:
            msg = "the process of ears is not running"
            raise UnavailableError(msg, reason="gone")
        future: asyncio.Future[worker.Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self._child.stdin.write(worker.framed(ask))
        return future

    async def ask(self, ask: worker.Ask) -> worker.Answer:
        """Its answer. Raises UnavailableError when it dies before, or says that it cannot."""
        answer = await self.send(ask)
        if isinstance(answer, worker.Failed):
            msg = f"the ears failed: {answer.why}"
            raise UnavailableError(msg, reason="gone")
        return answer

    async def _read(self, child: asyncio.subprocess.Process) -> None:
        answers = msgspec.msgpack.Decoder(worker.Answer)
        stream = child.stdout
        if stream is None:
            return
        try:
            while True:
                head = await stream.readexactly(worker.LENGTH_BYTES)
                answer = answers.decode(await stream.readexactly(worker.size_of(head)))
                future = self._waiting.popleft()
                if not future.done():
                    future.set_result(answer)
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError, ValueError):
            await self._died(child)

    async def _died(self, child: asyncio.subprocess.Process) -> None:
        self.alive = self.warm = False
        self.generation += 1
        self.legs.clear()
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_exception(UnavailableError("the process of ears has died", reason="ears_died"))
        if self._stopping:
            return
        if child.returncode is None:
            child.kill()
        await child.wait()
        self._deaths.append(self._now())
        if len(self._deaths) > RESTARTS and self._deaths[-1] - self._deaths[0] <= RESTARTS_S:
            self.gone = True
        else:
            self._again = asyncio.get_running_loop().create_task(self._start_again())

    async def _start_again(self) -> None:
        generation = self.generation
        try:
            await self.start()
        except UnavailableError:
            if self.generation == generation:  # one that died while it started has been seen to already
                self.alive, self.gone = False, True  # the other processes take its calls
