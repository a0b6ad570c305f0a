"""`npcl-voice call`: hold one call, and show it as it goes."""

import enum
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from npcl_voice.errors import SettingsError

if TYPE_CHECKING:
    from npcl_voice.call import OngoingCall
    from npcl_voice.channels.line import Listener
    from npcl_voice.cli.following import Follower
    from npcl_voice.cli.live import LiveView
    from npcl_voice.config import Settings
    from npcl_voice.ports import Channel, Clock, Observer

__all__ = ["call"]

DEFAULT_SCENARIO = "outage"
OPENAI_REFUSED = "the remote engine comes with a later release; allowed now: auto, local"


class Pace(enum.StrEnum):
    """How fast time runs."""

    REAL = "real"
    MAX = "max"


def call(
    wav: Annotated[
        list[Path] | None,
        typer.Option(help="Speak this recording as one caller turn; may be repeated, in order.", metavar="FILE"),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Let a synthetic caller speak: outage, status or hazard.", metavar="NAME")
    ] = None,
    mic: Annotated[bool, typer.Option("--mic", help="Speak yourself (comes with a later release).")] = False,
    text: Annotated[bool, typer.Option("--text", help="Type instead of speaking; `/keys 1234#` presses keys.")] = False,
    pace: Annotated[Pace, typer.Option(help="`max` lets time run as fast as the work allows.")] = Pace.REAL,
    engine: Annotated[str | None, typer.Option(help="auto, openai or local.", metavar="NAME")] = None,
    language: Annotated[str | None, typer.Option(help="The language of the call.", metavar="CODE")] = None,
    caller: Annotated[str | None, typer.Option(help="The caller's telephone number.", metavar="NUMBER")] = None,
    events: Annotated[
        Path | None, typer.Option(help="Write what happens to this file, one JSON line each.", metavar="FILE")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write what the assistant says to this WAV file.", metavar="FILE")
    ] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Show lines in a terminal too, not the live view.")] = False,
) -> None:
    """Hold one call to its end: a synthetic caller, recordings, or you at the keyboard."""
    from npcl_voice.cli.settings import load_settings

    if sum((bool(wav), scenario is not None, mic, text)) > 1:
        raise typer.BadParameter("choose one of --wav, --scenario, --mic and --text")
    if mic:
        raise SettingsError("--mic", "the microphone comes with a later release; use --text, --wav or --scenario")
    if text and save is not None:
        raise typer.BadParameter("--save goes with a voice: a typed call has no sound")
    if engine not in {None, "auto", "local"}:
        raise SettingsError("--engine", OPENAI_REFUSED if engine == "openai" else f"{engine!r}: {OPENAI_REFUSED}")
    if caller is not None and not (caller.isascii() and caller.isdigit() and len(caller) <= 15):
        raise SettingsError("--caller", "a telephone number is digits only, at most 15 (ITU-T E.164)")
    settings = load_settings()
    _hold(settings, _Wishes(wav or [], scenario, text, pace, language, caller, events, save, plain))


class _Wishes:
    """What was asked for on the command line."""

    def __init__(
        self,
        wav: list[Path],
        scenario: str | None,
        text: bool,
        pace: Pace,
        language: str | None,
        caller: str | None,
        events: Path | None,
        save: Path | None,
        plain: bool,
    ) -> None:
        self.wav = wav
        self.scenario = scenario if scenario or wav or text else DEFAULT_SCENARIO
        self.chosen = bool(scenario or wav or text)
        self.text = text
        self.pace = pace
        self.language = language
        self.caller = caller
        self.events = events
        self.save = save
        self.plain = plain


def _hold(settings: "Settings", wishes: _Wishes) -> None:
    import asyncio

    import msgspec

    from npcl_voice.app import language_of
    from npcl_voice.channels.recording import check_target
    from npcl_voice.cli.following import Follower
    from npcl_voice.conversation.phrases import load_phrases
    from npcl_voice.rehearsal.clock import run_rehearsal

    if wishes.language is not None:
        settings = msgspec.structs.replace(
            settings,
            call=msgspec.structs.replace(settings.call, language=wishes.language),
        )
    load_phrases(language_of(settings.call))
    if wishes.save is not None:
        check_target(wishes.save, "--save")
    with Follower(wishes.events, view=_view(wishes), paced=wishes.pace is Pace.REAL) as follower:
        if not wishes.chosen:
            follower.note("No microphone yet: a synthetic caller reports a power cut (`npcl-voice call --help`).")
        work = _held(settings, wishes, follower)
        try:
            if wishes.pace is Pace.MAX:
                run_rehearsal(work)
            else:
                with asyncio.Runner(loop_factory=_loop) as runner:
                    runner.run(work)
        finally:
            follower.summary()
    if not follower.held:
        raise typer.Exit(1)


def _view(wishes: _Wishes) -> "LiveView | None":
    """The live view where there is a screen for it; what is typed needs the terminal's own line."""
    from npcl_voice.cli.terminal import can_show

    if wishes.plain or wishes.text or not can_show(os.environ.get("TERM", ""), sys.stdout):
        return None
    from npcl_voice.cli.live import LiveView

    return LiveView(paced=wishes.pace is Pace.REAL)


def _loop() -> Any:
    try:
        import uvloop
    except ImportError:
        import asyncio

        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def _held(settings: "Settings", wishes: _Wishes, follower: "Follower") -> None:
    import asyncio
    from datetime import UTC, datetime, timedelta

    from npcl_voice.app import open_house
    from npcl_voice.audio.frame import PCM_24K
    from npcl_voice.call import RealClock
    from npcl_voice.channels.recording import Recorder
    from npcl_voice.channels.text import TextChannel
    from npcl_voice.cli.levels import LineLevels
    from npcl_voice.cli.live import Controls
    from npcl_voice.rehearsal.clock import RehearsalClock

    fast = wishes.pace is Pace.MAX
    clock: Clock = RehearsalClock() if fast else RealClock()
    began, start = datetime.now(UTC), clock.now()

    def wall() -> datetime:
        return began + timedelta(seconds=clock.now() - start) if fast else datetime.now(UTC)

    async with AsyncExitStack() as stack:
        with follower.loading(), clock.work():
            house = await stack.enter_async_context(_working(open_house(settings, wall, inline=fast), clock))
        recorder = Recorder(PCM_24K) if wishes.save is not None else None
        levels = LineLevels()
        listeners: list[Listener] = [levels, *([] if recorder is None else [recorder])]
        channel, seed = _channel(wishes, clock, listeners, stack)
        observers: list[Observer] = [follower, levels, *([channel] if isinstance(channel, TextChannel) else [])]
        kind = "text" if wishes.text else "file"
        async with house.call(channel, kind=kind, clock=clock, observers=observers, seed=seed) as ongoing:
            _hang_up_on_interrupt(asyncio.get_running_loop(), ongoing, follower)
            controls = Controls(press=ongoing.press, hang_up=ongoing.hang_up)
            with follower.showing(ongoing, house.log_path(ongoing.call_id), controls, levels):
                await ongoing.hold()
        if recorder is not None and wishes.save is not None:
            recorder.save(wishes.save)


@asynccontextmanager
async def _working(opening: AbstractAsyncContextManager[Any], clock: "Clock") -> AsyncIterator[Any]:
    """Opens and closes while a rehearsal's time stands still."""
    with clock.work():
        opened = await opening.__aenter__()
    try:
        yield opened
    finally:
        with clock.work():
            await opening.__aexit__(None, None, None)


def _channel(
    wishes: _Wishes, clock: "Clock", listeners: "Sequence[Listener]", stack: AsyncExitStack
) -> "tuple[Channel, bytes | None]":
    """The caller that was asked for, and what a rehearsal draws its chance from."""
    from npcl_voice.audio.frame import PCM_24K
    from npcl_voice.channels.file import FileChannel
    from npcl_voice.channels.line import Line
    from npcl_voice.channels.text import TextChannel, typed_lines
    from npcl_voice.conversation.phrases import load_phrases
    from npcl_voice.domain.areas import packaged_areas
    from npcl_voice.rehearsal.casting import cast_caller, ears_process
    from npcl_voice.rehearsal.script import load_scenario

    if wishes.text:
        return TextChannel(clock, typed_lines(sys.stdin), caller_number=wishes.caller), None
    if wishes.wav:
        return FileChannel(clock, wishes.wav, PCM_24K, caller_number=wishes.caller, listeners=listeners), None
    story = load_scenario(wishes.scenario or DEFAULT_SCENARIO)
    executor = None
    if wishes.pace is Pace.REAL:
        executor = ears_process()
        stack.callback(executor.shutdown, cancel_futures=True)
    places = tuple(area.name for area in packaged_areas())
    caller = cast_caller(story, clock, PCM_24K, load_phrases("en"), places, executor=executor)
    number = wishes.caller or story.caller_number
    seed = f"rehearsal {wishes.scenario}".encode() if wishes.pace is Pace.MAX else None
    return Line(clock, caller, PCM_24K, caller_number=number, listeners=listeners), seed


def _hang_up_on_interrupt(loop: Any, ongoing: "OngoingCall", follower: "Follower") -> None:
    """The first Ctrl-C ends the call properly; the second ends it at once."""
    import signal

    def interrupted() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        follower.note("Hanging up. Once more ends at once.")
        ongoing.hang_up()

    try:
        loop.add_signal_handler(signal.SIGINT, interrupted)
    except (NotImplementedError, RuntimeError):  # not the main thread, or no signals here
        return
