"""Measure what the connection to a Realtime server costs, beside bare clients of the same and of another library.

    python -m tests.bench.connection

Twenty calls at real pace, 20 ms of mu-law each way, against a server in another process on the loopback
that answers each `append` with a `delta`. A round trip begins when the event is handed over to be sent
and ends when the answer is in its receiver's hands; the bare clients send and take the same bytes and
read none of them. Calls that only keep time show what the pace itself costs. The rounds of all kinds
alternate, and the median round counts, for these machines are noisy.
"""

import asyncio
import multiprocessing
import statistics
import time
from collections import deque
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from typing import NamedTuple

import picows
import uvloop

from npcl_voice.realtime.codec import encode
from npcl_voice.realtime.events import InputAudioBufferAppend, ResponseOutputAudioDelta, SessionCreated
from npcl_voice.realtime.session import SessionConfig
from npcl_voice.secret import Secret
from npcl_voice.speech.remote import RemoteEngine

try:
    from websockets.asyncio.client import connect
except ImportError:  # the product does without it
    connect = None

CALLS, FRAMES, FRAME_S, ROUNDS = 20, 60, 0.02, 7
SOUND = bytes(range(160))
APPEND = encode(InputAudioBufferAppend(audio=SOUND))
DELTA = encode(
    ResponseOutputAudioDelta(
        response_id="resp_0123456789abcdef", item_id="item_0123456789abcdef", event_id="event_0123456789", delta=SOUND
    )
)


class Answering(picows.WSListener):
    """The server's side of one call."""

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        transport.send(picows.WSMsgType.TEXT, encode(SessionCreated(SessionConfig(), event_id="event_0")))

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type == picows.WSMsgType.TEXT:
            transport.send(picows.WSMsgType.TEXT, DELTA)
        elif frame.msg_type == picows.WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()


def serve(port: "Connection[int, None]") -> None:
    """The server's process."""

    async def main() -> None:
        server = await picows.ws_create_server(lambda request: Answering(), "127.0.0.1", 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(main())


class Round(NamedTuple):
    """What one round of one kind came to."""

    cpu_ms: float
    """Per second of one call, without its opening and its end."""
    round_trips_us: list[float]


class Meter:
    """One round: it begins when all calls are open and ends when all have heard their last answer."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self.began = self.ended = 0.0
        self._open, self._done = asyncio.Barrier(CALLS), asyncio.Barrier(CALLS)
        self._calls = 0

    async def paced(self, send: Callable[[], Awaitable[None] | None], sent: deque[float]) -> None:
        """One call's frames, on time; the calls are spread over a frame's time as real ones are."""
        offset = self._calls * FRAME_S / CALLS
        self._calls += 1
        await self._open.wait()
        self.began = time.process_time()
        loop = asyncio.get_running_loop()
        start = loop.time() + offset
        for at in range(FRAMES):
            await asyncio.sleep(max(0.0, start + at * FRAME_S - loop.time()))
            sent.append(time.perf_counter())
            waiting = send()
            if waiting is not None:
                await waiting

    async def done(self) -> None:
        """The call has heard its last answer."""
        await self._done.wait()
        self.ended = self.ended or time.process_time()


async def only_pace(url: str, meter: Meter) -> None:
    """Nothing but the time."""
    await meter.paced(lambda: None, deque())
    await meter.done()


async def bare_picows(url: str, meter: Meter) -> None:
    """The library that we use, without us."""
    sent: deque[float] = deque()
    done = asyncio.Event()

    class Hearing(picows.WSListener):
        heard = 0

        def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
            if frame.msg_type == picows.WSMsgType.TEXT:
                if len(frame.get_payload_as_bytes()) == len(DELTA):
                    meter.took.append(time.perf_counter() - sent.popleft())
                    self.heard += 1
                    if self.heard == FRAMES:
                        done.set()
            elif frame.msg_type == picows.WSMsgType.CLOSE:
                transport.disconnect()

    transport, _ = await picows.ws_connect(Hearing, url, use_aiofastnet=False)
    await meter.paced(lambda: transport.send(picows.WSMsgType.TEXT, APPEND), sent)
    await done.wait()
    await meter.done()
    transport.send_close(picows.WSCloseCode.OK)
    await transport.wait_disconnected()


async def bare_websockets(url: str, meter: Meter) -> None:
    """The other library."""
    sent: deque[float] = deque()
    async with connect(url, compression=None, proxy=None, ping_interval=5, ping_timeout=5) as socket:

        async def hear() -> None:
            await socket.recv(decode=False)
            for _ in range(FRAMES):
                await socket.recv(decode=False)
                meter.took.append(time.perf_counter() - sent.popleft())

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hear())
            await meter.paced(lambda: socket.send(APPEND, text=True), sent)
        await meter.done()


async def ours(url: str, meter: Meter) -> None:
    """Events in and out of the product's connection."""
    engine = RemoteEngine("bench", url, "m", Secret(), open_timeout_s=10, keepalive_s=5, wall=time.time)
    session = await engine.open("")
    sent: deque[float] = deque()

    async def hear() -> None:
        left = FRAMES
        async for event in session.events():
            if isinstance(event, ResponseOutputAudioDelta):
                meter.took.append(time.perf_counter() - sent.popleft())
                left -= 1
                if not left:
                    break

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(hear())
        await meter.paced(lambda: session.send(InputAudioBufferAppend(audio=SOUND)), sent)
    await meter.done()
    await session.close()


async def one_round(kind: Callable[[str, Meter], Awaitable[None]], url: str) -> Round:
    """All calls of a kind at once."""
    meter = Meter()
    await asyncio.gather(*(kind(url, meter) for _ in range(CALLS)))
    spent = meter.ended - meter.began
    return Round(spent * 1e3 / (CALLS * FRAMES * FRAME_S), sorted(one * 1e6 for one in meter.took))


def at(share: float, values: list[float]) -> float:
    """The value below which that share lies."""
    return values[int(share * (len(values) - 1))] if values else 0.0


async def main(url: str) -> None:
    """Measure all kinds in turn, then print them beside the bare library."""
    kinds = {"the pace alone": only_pace, "bare picows": bare_picows, "this product": ours}
    if connect is None:
        print("websockets is not installed, so it is left out")
    else:
        kinds["bare websockets"] = bare_websockets
    rounds: dict[str, list[Round]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, kind in kinds.items():
            rounds[name].append(await one_round(kind, url))
    cpu = {name: statistics.median(one.cpu_ms for one in found) for name, found in rounds.items()}
    pace, bare = cpu["the pace alone"], cpu["bare picows"]
    base = {share: quantile(rounds["bare picows"], share) for share in (0.5, 0.95, 0.99)}
    print(f"{CALLS} calls, 50 frames a second each way, {ROUNDS} rounds of {FRAMES * FRAME_S:.1f} s, medians:")
    for name, found in rounds.items():
        line = f"{name}: {cpu[name]:.2f} ms of CPU a call-second ({cpu[name] / 10:.2f} % of a core)"
        if name != "the pace alone":
            line += f", {cpu[name] / bare:.2f}x bare picows, {(cpu[name] - pace) / (bare - pace):.2f}x without the pace"
            figures = [(share, quantile(found, share)) for share in base]
            line += "; round trip " + ", ".join(f"p{share * 100:.0f} {value:.0f} us" for share, value in figures)
            if name != "bare picows":
                line += " (added " + ", ".join(f"{value - base[share]:+.0f}" for share, value in figures) + ")"
        print(line)


def quantile(rounds: list[Round], share: float) -> float:
    """The median round's."""
    return statistics.median(at(share, one.round_trips_us) for one in rounds)


if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there,), daemon=True)
    process.start()
    uvloop.run(main(f"ws://127.0.0.1:{here.recv()}/v1/realtime"))
    process.terminate()
    process.join()
