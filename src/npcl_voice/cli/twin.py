"""`npcl-voice twin`: the Realtime API played on this machine, with failures as a script has them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from npcl_voice.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager, AsyncExitStack

    from npcl_voice.ports import Clock, Engine
    from npcl_voice.rehearsal.twin.faults import Faults

__all__ = ["twin"]

LARGEST_PORT = 65_535
PORT = 8090


def twin(
    port: Annotated[int, typer.Option(help="Port of this machine to listen on; 0 lets the system choose.")] = PORT,
    script: Annotated[
        str,
        typer.Option(
            help="Answer typed words and known recordings by this script: a packaged one's name, or a TOML file.",
            metavar="NAME",
        ),
    ] = "",
    recordings: Annotated[
        Path | None,
        typer.Option(help="With --script: WAV files that a caller may speak, their words beside them.", metavar="DIR"),
    ] = None,
    faults: Annotated[
        Path | None, typer.Option(help="What goes wrong, and when: a TOML file.", metavar="FILE", dir_okay=False)
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Write all sessions to this file, without their sound.", metavar="FILE")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(help="Play the sessions of such a file again.", metavar="FILE", dir_okay=False)
    ] = None,
    hear: Annotated[
        bool, typer.Option("--hear", help="Hear and answer by the embedded engine; so it is unless told otherwise.")
    ] = False,
) -> None:
    """Play a Realtime server that fails when it is told to, until Ctrl-C.

    One line for each session and for each failure that struck.
    """
    if not 0 <= port <= LARGEST_PORT:
        raise SettingsError("--port", f"{port} is no port; allowed: 0 to {LARGEST_PORT}")
    if sum((bool(script), replay is not None, hear)) > 1:
        raise typer.BadParameter("give one of --script, --replay and --hear")

    if recordings is not None and not script:
        raise typer.BadParameter("--recordings goes with --script")

    import asyncio

    from npcl_voice.rehearsal.twin.faults import Faults, load_faults

    asyncio.run(_play(port, script, recordings, load_faults(faults) if faults else Faults(), record, replay))


async def _play(
    port: int, script: str, recordings: Path | None, faults: "Faults", record: Path | None, replay: Path | None
) -> None:
    """Serve until a signal comes."""
    import asyncio
    import contextlib
    import signal

    from npcl_voice.call import RealClock
    from npcl_voice.rehearsal.twin.engine import FaultyEngine
    from npcl_voice.rehearsal.twin.jsonlines import Writer
    from npcl_voice.rehearsal.twin.server import TwinServer

    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers, and raises KeyboardInterrupt
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    clock = RealClock()
    async with contextlib.AsyncExitStack() as stack:
        engine, network_ms = await stack.enter_async_context(_engine(script, recordings, replay, clock))
        follow = Writer(_writer(record, stack)) if record is not None else None
        faulty = FaultyEngine(
            engine,
            faults,
            clock,
            network_ms=network_ms,
            told=typer.echo,
            follow=follow or (lambda _number, _entry: None),
        )
        server = await stack.enter_async_context(TwinServer(faulty, port=port))
        typer.echo(f"The twin listens on {server.url}", err=True)
        typer.echo("In another terminal, a call that it answers:", err=True)
        typer.echo(f"  OPENAI_API_KEY=test NPCL_REALTIME_URL={server.url} npcl-voice call --engine openai", err=True)
        await stop.wait()


def _engine(
    script: str, recordings: Path | None, replay: Path | None, clock: "Clock"
) -> "AbstractAsyncContextManager[tuple[Engine, float]]":
    """Whoever answers, and how long the way to it is."""
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager
    from datetime import UTC, datetime
    from itertools import count

    def wall() -> float:
        return datetime.now(UTC).timestamp()

    @asynccontextmanager
    async def scripted() -> AsyncIterator[tuple["Engine", float]]:
        from npcl_voice.rehearsal.twin.engine import ScriptedEngine
        from npcl_voice.rehearsal.twin.recordings import Recordings, read_recordings
        from npcl_voice.rehearsal.twin.script import load_script

        found = load_script(script)
        known = Recordings() if recordings is None else read_recordings(recordings)
        yield ScriptedEngine(found, clock, known, wall=wall), found.timing.network_ms

    @asynccontextmanager
    async def replayed(path: Path) -> AsyncIterator[tuple["Engine", float]]:
        from npcl_voice.rehearsal.twin.jsonlines import read_sessions
        from npcl_voice.rehearsal.twin.replaying import ReplayEngine

        yield ReplayEngine(read_sessions(path), clock), 0

    @asynccontextmanager
    async def hearing() -> AsyncIterator[tuple["Engine", float]]:
        from npcl_voice.app import open_engine
        from npcl_voice.cli.settings import read_settings
        from npcl_voice.domain.company import read_company
        from npcl_voice.speech.local.engine import LocalDoor
        from npcl_voice.speech.local.server import SESSION_S

        settings, _ = read_settings()
        company = read_company(settings.domain.texts())
        typer.echo("Loading the embedded engine…", err=True)
        async with open_engine(settings.call.language, settings.local, settings.turns, company=company) as engine:
            ids = count(1)
            yield LocalDoor(engine, clock, lambda: f"sess_twin_{next(ids)}", lambda: int(wall()) + SESSION_S), 0

    if script:
        return scripted()
    return hearing() if replay is None else replayed(replay)


def _writer(path: Path, stack: "AsyncExitStack") -> "Callable[[str], object]":
    """Writes lines to a file that is closed with the stack; each is there at once."""
    try:
        file = stack.enter_context(path.open("w", encoding="utf-8", buffering=1))
    except OSError as error:
        raise SettingsError("--record", f"cannot write {path}: {error.strerror}") from None
    return file.write
