"""The twin with the caller's recordings in its ears, on a free port: `python -m tests.conformance.twin FOLDER`.

It tells words only of sound that it knows, so it is given every recording of the folder, each under
the text in the file beside it.
"""

import asyncio
import sys
import time
from pathlib import Path

import msgspec

from npcl_voice.call import RealClock
from npcl_voice.rehearsal.twin import Faults, Recordings, TwinEngine, load_script
from npcl_voice.rehearsal.twin.recordings import read_recordings
from npcl_voice.rehearsal.twin.server import TwinServer

SCRIPT = "outage"
PACE = 1.2
"""Hardly faster than it is heard: so whoever is talked over is still answering, which the embedded engine never is."""


async def serve(known: Recordings) -> None:
    """Serve until stopped."""
    script = load_script(SCRIPT)
    script = msgspec.structs.replace(script, timing=msgspec.structs.replace(script.timing, pace=PACE))
    engine = TwinEngine("twin", script, Faults(), RealClock(), known, wall=time.time)
    async with TwinServer(engine) as server:
        print(f"Listening on {server.url}", file=sys.stderr, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(read_recordings(Path(sys.argv[1]))))
