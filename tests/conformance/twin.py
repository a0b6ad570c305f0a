"""The twin with the caller's recordings in its ears, on a free port: `python -m tests.conformance.twin FOLDER`.

It tells words only of sound that it knows, so it is given every recording of the folder, each under
the text in the file beside it.
"""

import asyncio
import sys
import time
from pathlib import Path

import msgspec

from npcl_voice.audio.frame import PCM_24K, Frame
from npcl_voice.audio.wave import read_wave
from npcl_voice.call import RealClock
from npcl_voice.rehearsal.twin import Faults, TwinEngine, load_script
from npcl_voice.rehearsal.twin.server import TwinServer

SCRIPT = "outage"
PACE = 1.2
"""Hardly faster than it is heard: so whoever is talked over is still answering, which the embedded engine never is."""


def recordings(folder: Path) -> dict[str, Frame]:
    """All that callers may say, by its words."""
    return {
        path.with_suffix(".txt").read_text("utf-8"): Frame(read_wave(path.read_bytes()).samples.tobytes(), PCM_24K)
        for path in sorted(folder.glob("*.wav"))
    }


async def serve(known: dict[str, Frame]) -> None:
    """Serve until stopped."""
    script = load_script(SCRIPT)
    script = msgspec.structs.replace(script, timing=msgspec.structs.replace(script.timing, pace=PACE))
    engine = TwinEngine("twin", script, Faults(), RealClock(), known, wall=time.time)
    async with TwinServer(engine) as server:
        print(f"Listening on {server.url}", file=sys.stderr, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(recordings(Path(sys.argv[1]))))
