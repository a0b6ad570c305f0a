"""Measure what callers hear when the remote engine dies under twelve calls, with room for four elsewhere.

    python -m tests.bench.storm [PLACES]

The house, with its processes of ears, is one; the Realtime server that is killed is another; the callers
are a third, which sends prepared frames of mu-law every 20 ms, plays what comes back, and judges. The
server is killed as a process, so its sockets break and its port refuses; later another one listens there.
All take about two minutes. These machines are noisy: the load is printed beside the figures.
"""

import asyncio
import contextlib
import math
import multiprocessing
import os
import statistics
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import structlog
import uvloop

from npcl_voice.app import House, open_house
from npcl_voice.audio.frame import PCMU, Frame
from npcl_voice.call import RealClock
from npcl_voice.channels.line import Line
from npcl_voice.config import LatencyBudget
from npcl_voice.conversation.commands import Command, Report, Transcript
from npcl_voice.conversation.events import CallAnswered, CallerAudio, CallerHungUp, CallerKeyed, CallEvent, Played
from npcl_voice.rehearsal.script import Scenario
from npcl_voice.rehearsal.twin import Faults, TwinEngine
from npcl_voice.rehearsal.twin.server import TwinServer
from tests.e2e.service import settings_in
from tests.e2e.storming import EVERY_S, Side, StormCaller, Watcher, callers, silences, sounds, storm_script

BUDGET = LatencyBudget()
DOWN_S, UP_S, UNTIL_S = 26.0, 44.0, 105.0
"""When the server is killed, when another listens, and when all callers hang up: seconds from the first call."""
JUDGED_S = 20.0
"""For so long after the cut its effects are judged; later calls go back."""
LAG_EVERY_S = 0.01
HEAD = struct.Struct(">BI")
ANSWERED, AUDIO, KEY, PLAYED, OVER, PLAY, PAUSE, RESUME, STOP, CAPTION = range(10)


# The line between the two processes.


class SocketLine:
    """A Channel whose line, with its queue of sound, is in another process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: str) -> None:
        self.format = PCMU
        self._reader = reader
        self._writer = writer
        self._number = number

    async def events(self) -> AsyncIterator[CallEvent]:
        """What the other process tells, to the end."""
        yield CallAnswered(PCMU, voice=True, caller_number=self._number)
        async for kind, data in messages(self._reader):
            match kind:
                case 1:
                    yield CallerAudio(Frame(data, PCMU))
                case 2:
                    yield CallerKeyed(data.decode())
                case 3:
                    yield Played(*struct.unpack(">II", data))
                case _:
                    break
        yield CallerHungUp()

    def play(self, frame: Frame) -> None:
        """Queue a frame over there."""
        write(self._writer, PLAY, frame.data)

    def pause(self) -> None:
        """Fall silent over there."""
        write(self._writer, PAUSE)

    def resume(self) -> None:
        """Go on over there."""
        write(self._writer, RESUME)

    def stop(self, stream: int) -> None:
        """Drop the queue over there."""
        write(self._writer, STOP, stream.to_bytes(4, "big"))

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()

    def saw(self, _now: float, _event: CallEvent, commands: Sequence[Command]) -> None:
        """An Observer, too: captions, by which the caller knows what it was asked."""
        for command in commands:
            match command:
                case Report(line=Transcript(who="assistant", text=text)):
                    write(self._writer, CAPTION, text.encode())
                case _:
                    pass


def write(writer: asyncio.StreamWriter, kind: int, data: bytes = b"") -> None:
    """Send a message, if the other side is still there."""
    if not writer.is_closing():
        writer.write(HEAD.pack(kind, len(data)) + data)


async def messages(reader: asyncio.StreamReader) -> AsyncIterator[tuple[int, bytes]]:
    """What comes, to the end of the connection."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            kind, size = HEAD.unpack(await reader.readexactly(HEAD.size))
            yield kind, await reader.readexactly(size)


# The callers' process.


def call_all(path: str, done: "Connection[Any, Any]") -> None:
    """All callers, each at its time; then what they heard."""

    async def main(began: float) -> None:
        jobs = (call(path, one, began + at * EVERY_S, began + UNTIL_S) for at, one in enumerate(callers()))
        done.send(await asyncio.gather(*jobs))

    sounds()
    done.send("ready")
    asyncio.run(main(done.recv()))


async def call(path: str, scenario: Scenario, starts: float, until: float) -> Side:
    """One call: a line of 20 ms ticks at this end, the house at the other."""
    clock = RealClock()
    await clock.sleep_until(starts)
    caller = StormCaller(scenario, sounds(), until=until, stays=True)
    line = Line(clock, caller, PCMU)
    reader, writer = await asyncio.open_unix_connection(path)
    write(writer, ANSWERED, str(scenario.caller_number).encode())
    hearing = asyncio.create_task(hear(reader, line, caller))
    async for event in line.events():
        match event:
            case CallerAudio(frame=frame):
                write(writer, AUDIO, frame.data)
            case CallerKeyed(digit=key):
                write(writer, KEY, key.encode())
            case Played(samples=samples, stream=stream):
                write(writer, PLAYED, struct.pack(">II", samples, stream))
            case _:
                pass
    write(writer, OVER)
    hearing.cancel()
    writer.close()
    return caller.side


async def hear(reader: asyncio.StreamReader, line: Line, caller: StormCaller) -> None:
    """Do what the house says."""
    async for kind, data in messages(reader):
        match kind:
            case 5:
                line.play(Frame(data, PCMU))
            case 6:
                line.pause()
            case 7:
                line.resume()
            case 8:
                line.stop(int.from_bytes(data, "big"))
            case _:
                caller.read(data.decode())
    await line.close()


# The server's process.


def serve(port: int, go: "Connection[Any, Any]") -> None:
    """A Realtime server: says that it is ready, and listens when it is told to."""

    async def main() -> None:
        twin = TwinEngine("openai", storm_script(), Faults(), RealClock(), sounds(), wall=time.time)
        go.send("ready")
        await asyncio.get_running_loop().run_in_executor(None, go.recv)
        async with TwinServer(twin, port=port) as server:
            go.send(server.url)
            await asyncio.Event().wait()

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    asyncio.run(main())


# The house's process.


class Storm:
    """Holds all calls that come, and keeps what their watchers saw."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.watchers: dict[str, Watcher] = {}
        self.failed = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call from its first moment to its last."""
        _, number = await anext(messages(reader))
        channel, watcher = SocketLine(reader, writer, number.decode()), Watcher()
        self.watchers[number.decode()] = watcher
        try:
            calling = self.house.call(
                channel, kind="bench", observers=[channel, watcher], caller_number=number.decode()
            )
            async with calling as ongoing:
                await ongoing.hold()
        except Exception as error:  # noqa: BLE001 - the edge of a call: it is counted, and the others go on
            self.failed += 1
            print(f"a call failed: {error!r}")


async def watch(lags: list[tuple[float, float]]) -> None:
    """How late the event loop is, and when."""
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(LAG_EVERY_S)
        lags.append((time.monotonic(), max(0.0, (time.perf_counter() - asked - LAG_EVERY_S) * 1000)))


async def main(places: int) -> None:
    """Let it happen, then print what it came to."""
    context = multiprocessing.get_context("spawn")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    loop = asyncio.get_running_loop()

    def start(target: Callable[..., None], *args: Any) -> tuple[Any, Any]:
        here, there = context.Pipe()
        process = context.Process(target=target, args=(*args, there), daemon=True)
        process.start()
        return process, here

    async def told(pipe: Any) -> Any:
        return await loop.run_in_executor(None, pipe.recv)

    server, ear = start(serve, 0)
    await told(ear)
    ear.send("listen")
    url = await told(ear)
    again, ear_again = start(serve, int(url.split(":")[2].split("/")[0]))
    await told(ear_again)
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder), NPCL_LOCAL_CAPACITY=str(places), NPCL_REALTIME_URL=url)
        async with open_house(settings, lambda: datetime.now(UTC)) as house:
            print(f"this machine's own measure: room for {house.engine.measured}; set to {places}")
            storm, lags, cpu = Storm(house), list[tuple[float, float]](), list[tuple[float, float]]()
            path = str(Path(folder) / "line")
            listening = await asyncio.start_unix_server(storm.take, path)
            watching = asyncio.create_task(watch(lags))
            clock = RealClock()
            calling, done = start(call_all, path)
            await told(done)
            began = clock.now() + 0.5
            done.send(began)
            sides = asyncio.create_task(told(done))
            for moment, what in ((DOWN_S - 6, None), (DOWN_S, server.kill), (UP_S, lambda: ear_again.send("listen"))):
                await clock.sleep_until(began + moment)
                cpu.append((clock.now(), time.process_time()))
                if what is not None:
                    what()
            loads = os.getloadavg()
            heard = await sides
            links = house.links()
            watching.cancel()
            listening.close()
            records = house.store.records
            rows = [one for one in await records.complaints() if not one.demo]
            callbacks = Counter(one.number for one in await records.callbacks() if not one.demo)
    for process in (again, calling):
        process.kill()
        process.join()
    cut = cpu[1][0]
    table(heard, storm.watchers, callbacks, began, cut)
    figures(heard, storm, rows, callbacks, cut)
    lag = sorted(late for at, late in lags if cut <= at < cut + JUDGED_S)
    spoke = sum(to - at for side in heard for at, to, _ in side.turns)
    lasted = sum(side.over - side.heard[0][0] for side in heard)
    print(f"the callers spoke {100 * spoke / lasted:.0f} % of the time")
    print(f"loop lag: p99 {share(lag, 0.99):.1f} ms (budget {BUDGET.loop_lag_p99_ms:.0f}), most {lag[-1]:.1f} ms")
    for name, (at, spent), (to, then) in (("before the cut", *cpu[:2]), ("after it", *cpu[1:])):
        print(f"the house's own process {name}: {100 * (then - spent) / (to - at):.0f} % of a core")
    print(f"load of the machine then: {loads[0]:.1f} on {os.cpu_count()} cores")
    print(f"links: {msgspec.json.encode(links).decode()}")


def table(
    heard: Sequence[Side], watchers: dict[str, Watcher], callbacks: Counter[str], began: float, cut: float
) -> None:
    """A line for each call."""
    print(f"{'caller':44}{'urgency':>8}{'then':>10}{'waited s':>10}{'callback':>9}  where it went, in s from the cut")
    for scenario, side in zip(callers(), heard, strict=True):
        number = str(scenario.caller_number)
        watcher = watchers[number]
        waits = [waited for _, waited in silences(side, cut - 1, cut + JUDGED_S)]
        went = " ".join(f"{at - cut:+.1f} {name}" for at, name in watcher.engines[1:])
        name = f"{scenario.opening} {number}"
        urgency, engine = watcher.urgency_at(cut), watcher.engine_after(cut)
        print(f"{name:44}{urgency:8}{engine:>10}{max(waits, default=0):10.2f}{callbacks[number]:9}  {went}")


def figures(heard: Sequence[Side], storm: Storm, rows: Sequence[Any], callbacks: Counter[str], cut: float) -> None:
    """What the acceptance asks for."""
    watchers = [storm.watchers[str(one.caller_number)] for one in callers()]
    waits = [waited for side in heard for _, waited in silences(side, cut - 1, cut + JUDGED_S)]
    limit = BUDGET.dead_air_p95_ms / 1000
    late = sum(waited > limit for waited in waits)
    print(f"silences where sound was due: {len(waits)}, the longest {max(waits):.2f} s, {late} beyond {limit} s")
    placed = [one for one in watchers if one.engine_after(cut) == "local"]
    others = [one for one in watchers if one.engine_after(cut) == "recorded"]
    urgencies = [sorted(one.urgency_at(cut) for one in some) for some in (placed, others)]
    print(f"places: {len(placed)}, urgencies {urgencies[0]}; without: {len(others)}, urgencies {urgencies[1]}")
    for number, name, p50, p95 in (
        (False, "first sound", BUDGET.first_sound_p50_ms, BUDGET.first_sound_p95_ms),
        (True, "after a number", BUDGET.first_sound_after_number_p50_ms, BUDGET.first_sound_after_number_p95_ms),
    ):
        took = sorted(
            ms
            for one in placed
            for at, engine, numbered, ms in one.first_sounds
            if engine == "local" and numbered is number and at < cut + JUDGED_S
        )
        if took:
            print(
                f"{name} at the embedded engine: p50 {statistics.median(took):.0f} ms, p95 {share(took, 0.95):.0f} ms "
                f"of {len(took)} (budget {p50:.0f} / {p95:.0f})"
            )
    booked = sum(
        callbacks[str(scenario.caller_number)] == 1
        for scenario, one in zip(callers(), watchers, strict=True)
        if one in others
    )
    print(f"callbacks: {booked} of {len(others)} without a place have exactly one")
    confirmed = {
        number
        for one in watchers
        for _, name, ok, number in one.results
        if ok and number and name in {"no_supply", "hazard"}
    }
    numbers = [one.complaint_number for one in rows]
    print(f"complaints: {len(numbers)} rows, {len(set(numbers))} numbers, {len(confirmed)} confirmed to callers")
    assert sorted(numbers) == sorted(confirmed), "a row was lost or doubled"
    assert not storm.failed, "a call broke"
    back = sorted(at - cut for one in watchers for at, name in one.engines[1:] if name == "openai")
    print(
        f"back at the remote engine, s from the cut ({UP_S - DOWN_S:.0f}: it listens): {[round(at, 1) for at in back]}"
    )


def share(values: Sequence[float], part: float) -> float:
    """The value below which that part lies."""
    return values[math.ceil(part * len(values)) - 1] if values else 0.0


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 4))
