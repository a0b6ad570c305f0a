"""Let other people's clients talk with our servers.

    python -m tests.conformance.run [--client NAME]… [--server NAME]… [--scene NAME]… [--write]

Makes an environment for each client, speaks the caller's lines, starts the servers on free ports of
the loopback, and lets each client hold each scene. Prints a table; the exit code is 1 when something
that used to be held is held no more. `--write` puts what happened into the docs instead.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.conformance.libraries import BUILD, LIBRARIES, VERSIONS, Library, install
from tests.conformance.page import (
    EXPECTED,
    HELD,
    PAGE,
    Results,
    merged,
    other_clients_page,
    read_expected,
    table,
    worse,
    write_expected,
)
from tests.conformance.scenes import SCENE_NAMES, SCENES, Scene, Spoken, fault_in
from tests.conformance.tap import Passed, tapped

RECORDINGS = BUILD / "recordings"
SERVERS = {
    "embedded": ("npcl_voice", "serve", "--port", "0"),
    "twin": ("tests.conformance.twin", str(RECORDINGS)),
}
"""Each server by what `python -m` is given."""
AT_ONCE = 2
"""Scenes that are held at the same time: more than a small machine can hear would not be fair."""
SCENE_S = 120
READY_S = 60
LISTENING = re.compile(r"(?:http|ws)://(127\.0\.0\.1:\d+)")


def main() -> int:
    """Hold what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.run")
    parser.add_argument("--client", action="append", choices=[library.name for library in LIBRARIES])
    parser.add_argument("--server", action="append", choices=list(SERVERS))
    parser.add_argument("--scene", action="append", choices=SCENE_NAMES)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    libraries = [library for library in LIBRARIES if library.name in (chosen.client or [library.name])]
    scenes = [scene for scene in SCENES if scene.name in (chosen.scene or [scene.name])]
    for library in libraries:
        install(library)
    lines = record({line.text for scene in scenes for line in scene.lines if isinstance(line, Spoken)})
    found: Results = {library.name: {} for library in libraries}
    for server in chosen.server or SERVERS:
        asyncio.run(hold_all(server, libraries, scenes, lines, found))
    return tell(found, write=chosen.write)


def tell(found: Results, *, write: bool) -> int:
    """Print what happened, and what to make of it."""
    print(table(found, VERSIONS, SCENE_NAMES))
    for client, servers in found.items():
        for server, scenes in servers.items():
            for scene, result in scenes.items():
                if result != HELD:
                    print(f"{client}, {server}, {scene}: {result}")
    expected = read_expected(EXPECTED.read_text("utf-8")) if EXPECTED.exists() else {}
    if write:
        EXPECTED.write_text(write_expected(merged(expected, found)), "utf-8")
        PAGE.write_text(other_clients_page(), "utf-8")
        return 0
    lost = worse(expected, found)
    for line in lost:
        print(f"held no more: {line}", file=sys.stderr)
    return 1 if lost else 0


def record(texts: set[str]) -> dict[str, Path]:
    """The caller's lines, spoken by our own mouth."""
    RECORDINGS.mkdir(parents=True, exist_ok=True)
    out = {}
    for text in sorted(texts):
        path = RECORDINGS / f"{re.sub('[^a-z0-9]+', '-', text.lower()).strip('-')}.wav"
        say = [sys.executable, "-m", "npcl_voice", "say", text, "--save", path]
        with tempfile.TemporaryDirectory() as data:
            env = {**os.environ, "NPCL_DATA_DIR": data}
            subprocess.run(say, check=True, capture_output=True, timeout=READY_S, env=env)
        path.with_suffix(".txt").write_text(text, "utf-8")
        out[text] = path
    return out


async def hold_all(
    server: str, libraries: list[Library], scenes: list[Scene], lines: dict[str, Path], found: Results
) -> None:
    """Every scene with every client, against one server."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(library: Library, scene: Scene, address: str) -> None:
        async with free:
            result = await hold(library, scene, lines, address)
        found[library.name].setdefault(server, {})[scene.name] = result
        print(f"{library.name}, {server}, {scene.name}: {result}", file=sys.stderr, flush=True)

    async with running(server) as address, asyncio.TaskGroup() as tasks:
        for library in libraries:
            found[library.name][server] = {scene.name: "not begun" for scene in scenes}
            for scene in scenes:
                tasks.create_task(one(library, scene, address))


async def hold(library: Library, scene: Scene, lines: dict[str, Path], address: str) -> str:
    """One scene with one client: `held`, or what kept it from that."""
    passed = Passed()
    async with tapped(address, passed) as tap:
        script = [
            {"text": line.text, "wav": str(lines[line.text]), "over": line.over}
            if isinstance(line, Spoken)
            else {"text": line.text}
            for line in scene.lines
        ]
        report = await talk(library, json.dumps({"address": tap, "lines": script}))
    return fault_in(scene, report, passed) or HELD


async def talk(library: Library, scene: str) -> dict[str, Any] | None:
    """Run the client's script; its report, or None when it gave none in time."""
    with tempfile.TemporaryDirectory() as home:
        # A client that finds no key and no address of OpenAI's in its environment cannot go there.
        env = {"PATH": os.environ.get("PATH", ""), "HOME": home, "PYTHONNOUSERSITE": "1"}
        log = BUILD / f"{library.name}.log"
        with log.open("ab") as err:
            process = await asyncio.create_subprocess_exec(
                library.python, library.script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, env=env
            )
            try:
                async with asyncio.timeout(SCENE_S):
                    out, _ = await process.communicate(scene.encode())
            except TimeoutError:
                process.kill()
                await process.wait()
                return None
    reports = [line for line in out.decode().splitlines() if line.startswith('{"heard"')]
    return json.loads(reports[-1]) if reports else None


@asynccontextmanager
async def running(server: str) -> AsyncIterator[str]:
    """One of our servers on a free port, until it is needed no more."""
    with tempfile.TemporaryDirectory() as data:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "NPCL_"))}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *SERVERS[server],
            stderr=subprocess.PIPE,
            env={**env, "NPCL_DATA_DIR": data},
        )
        try:
            assert process.stderr is not None
            async with asyncio.timeout(READY_S):
                found = None
                while found is None:
                    line = (await process.stderr.readline()).decode()
                    if not line:
                        raise RuntimeError(f"{server} ended before it listened")
                    found = LISTENING.search(line)
                address = f"http://{found[1]}"
                if server == "embedded":
                    await _ready(address)
            drain = asyncio.create_task(process.stderr.read())
            yield address
            drain.cancel()
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _ready(address: str) -> None:
    async with httpx.AsyncClient() as client:
        while True:
            if (await client.get(f"{address}/ready")).status_code == httpx.codes.OK:
                return
            await asyncio.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
