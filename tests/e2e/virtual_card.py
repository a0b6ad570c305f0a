"""A sound card that is not there: PulseAudio with a virtual microphone and a virtual loudspeaker.

What a person at a desk does is done here by a synthetic caller: it hears the loudspeaker's monitor and
speaks into the microphone's feed, in real time. A room may carry the loudspeaker back to the microphone.
"""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from npcl_voice.audio.frame import PCM_24K, Frame
from npcl_voice.channels.line import TICK_MS, FarEnd

__all__ = ["PULSE_IS_THERE", "WHY_NO_PULSE", "Room", "VirtualCard"]

PULSE_IS_THERE = all(shutil.which(name) for name in ("pulseaudio", "pactl", "pacat"))
WHY_NO_PULSE = "PulseAudio (packages pulseaudio, pulseaudio-utils) is not installed"

SINK = "load-module module-null-sink sink_name={} rate=24000 norewinds=1 format=s16le channels=1"
SCRIPT = "\n".join(
    (
        "load-module module-native-protocol-unix auth-anonymous=1",
        SINK.format("spk"),
        SINK.format("micfeed"),
        "load-module module-remap-source source_name=mic master=micfeed.monitor",
        "set-default-sink spk",
        "set-default-source mic",
        "",
    )
)
ECHO = "load-module module-loopback source=spk.monitor sink=micfeed latency_msec={} adjust_time=0\n"
TICK_BYTES = PCM_24K.samples_in(TICK_MS) * 2
RAW = ["--raw", "--rate=24000", "--channels=1", "--format=s16le", "--latency-msec=60"]
STARTS_S = 5.0


class Room(NamedTuple):
    """How much of the loudspeaker comes back into the microphone, and how late."""

    gain_db: float | None = None
    """None for a headset: nothing does."""
    delay_ms: int = 80


class VirtualCard:
    """The sound server; `environment` is for the programs that are to use it."""

    def __init__(self, folder: Path, room: Room | None = None) -> None:
        self._folder = folder
        self._room = room or Room()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
        self.environment.pop("PULSE_SERVER", None)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        script = self._folder / "card.pa"
        script.write_text(SCRIPT + (ECHO.format(self._room.delay_ms) if self._room.gain_db is not None else ""))
        options = ["--exit-idle-time=-1", "--daemonize=yes", "--disable-shm=yes", "--log-target=null"]
        command = ["pulseaudio", "-n", "-F", str(script), *options]
        subprocess.run(command, env=self.environment, check=True, stderr=subprocess.DEVNULL)
        until = time.monotonic() + STARTS_S
        while not self._answers():
            assert time.monotonic() < until, "PulseAudio does not answer"
            time.sleep(0.05)
        if self._room.gain_db is not None:
            # The loopback is the only stream that plays yet.
            self.control("set-sink-input-volume", "0", f"{self._room.gain_db}dB")

    def stop(self) -> None:
        """End the server that was started here, and no other."""
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            os.kill(int((self._folder / "pulse" / "pid").read_text()), 15)
        until = time.monotonic() + STARTS_S
        while self._answers():
            assert time.monotonic() < until, "PulseAudio does not end"
            time.sleep(0.02)

    def control(self, *command: str) -> str:
        """What `pactl` says to a command, such as `unload-module`."""
        asked = subprocess.run(["pactl", *command], env=self.environment, capture_output=True, text=True, check=True)
        return asked.stdout

    def _answers(self) -> bool:
        asked = subprocess.run(["pactl", "info"], env=self.environment, capture_output=True, check=False)
        return asked.returncode == 0

    @asynccontextmanager
    async def there(self, far_end: FarEnd) -> AsyncIterator[None]:
        """Meanwhile `far_end` sits at the card; when the server goes, it waits until it is back."""
        person = asyncio.create_task(self._sit(far_end))
        try:
            yield
        finally:
            person.cancel()
            await asyncio.wait([person])
            if not person.cancelled() and (error := person.exception()) is not None:
                raise error

    async def _sit(self, far_end: FarEnd) -> None:
        while True:
            pipes = [
                await asyncio.create_subprocess_exec(
                    *command,
                    env=self.environment,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                )
                for command in (["parec", "-d", "spk.monitor", *RAW], ["pacat", "-p", "-d", "micfeed", *RAW])
            ]
            try:
                await self._talk(far_end, *pipes)
            except (asyncio.IncompleteReadError, ConnectionError):
                await asyncio.sleep(0.1)  # the server is gone
            finally:
                for pipe in pipes:
                    with suppress(ProcessLookupError):
                        pipe.kill()
                    await pipe.communicate()  # `wait` would wait for ever for what is left in a full pipe

    async def _talk(self, far_end: FarEnd, ear: asyncio.subprocess.Process, mouth: asyncio.subprocess.Process) -> None:
        assert ear.stdout is not None
        assert mouth.stdin is not None
        while True:
            heard = await ear.stdout.readexactly(TICK_BYTES)
            moment = far_end.tick(Frame(heard, PCM_24K), asyncio.get_running_loop().time())
            spoken = b"" if moment.frame is None else moment.frame.data
            mouth.stdin.write(spoken.ljust(TICK_BYTES, b"\0"))
            await mouth.stdin.drain()
