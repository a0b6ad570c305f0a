"""`npcl-voice call`: hold one call, and show it as it goes."""

import enum
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from npcl_voice.errors import SettingsError, UnavailableError

if TYPE_CHECKING:
    from npcl_voice.call import OngoingCall
    from npcl_voice.channels.line import Listener
    from npcl_voice.channels.microphone import Microphone
    from npcl_voice.channels.soundcard import SoundCard
    from npcl_voice.cli.following import Follower
    from npcl_voice.cli.live import Controls, LiveView
    from npcl_voice.config import Audio, Settings
    from npcl_voice.domain.company import Company
    from npcl_voice.ports import Channel, Clock, Observer
    from npcl_voice.store.records import Demonstration

__all__ = ["call"]

DEFAULT_SCENARIO = "outage"
ENGINES = ("auto", "openai", "local")


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
        str | None,
        typer.Option(help="Let a synthetic caller speak: outage, registered, status, bill or hazard.", metavar="NAME"),
    ] = None,
    mic: Annotated[
        bool, typer.Option("--mic", help="Speak yourself; this is what happens anyway where there is a microphone.")
    ] = False,
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
    """Hold one call to its end: you at the microphone or the keyboard, recordings, or a synthetic caller."""
    from npcl_voice.cli.settings import load_settings

    if sum((bool(wav), scenario is not None, mic, text)) > 1:
        raise typer.BadParameter("choose one of --wav, --scenario, --mic and --text")
    if mic and pace is Pace.MAX:
        raise typer.BadParameter("--pace max goes with a caller who is no person: --wav or --scenario")
    if text and save is not None:
        raise typer.BadParameter("--save goes with a voice: a typed call has no sound")
    if engine is not None and engine not in ENGINES:
        raise SettingsError("--engine", f"{engine!r} is none; allowed: {', '.join(ENGINES)}")
    if caller is not None and not (caller.isascii() and caller.isdigit() and len(caller) <= 15):
        raise SettingsError("--caller", "a telephone number is digits only, at most 15 (ITU-T E.164)")
    settings = load_settings()
    _hold(settings, _Wishes(wav or [], scenario, mic, text, pace, engine, language, caller, events, save, plain))


class _Wishes:
    """What was asked for on the command line."""

    def __init__(
        self,
        wav: list[Path],
        scenario: str | None,
        mic: bool,
        text: bool,
        pace: Pace,
        engine: str | None,
        language: str | None,
        caller: str | None,
        events: Path | None,
        save: Path | None,
        plain: bool,
    ) -> None:
        self.wav = wav
        self.scenario = scenario
        self.mic = mic
        self.text = text
        self.pace = pace
        self.engine = engine
        self.language = language
        self.caller = caller
        self.events = events
        self.save = save
        self.plain = plain


def _hold(settings: "Settings", wishes: _Wishes) -> None:
    import asyncio

    import msgspec

    from npcl_voice.channels.recording import check_target
    from npcl_voice.cli.following import Follower
    from npcl_voice.cli.logs import logs_told_to
    from npcl_voice.cli.opening import now
    from npcl_voice.conversation.phrases import load_book
    from npcl_voice.domain.company import read_company
    from npcl_voice.rehearsal.clock import run_rehearsal
    from npcl_voice.speech.lineup import remote_engines

    if wishes.language is not None:
        settings = msgspec.structs.replace(
            settings,
            call=msgspec.structs.replace(settings.call, language=wishes.language),
        )
    if wishes.engine is not None:
        settings = msgspec.structs.replace(
            settings, engine=msgspec.structs.replace(settings.engine, name=wishes.engine)
        )
    load_book(settings.call.language, read_company(settings.domain.texts()))
    # What is wrong with an address or a key is said before anything else is done.
    remote_engines(settings.engine, settings.realtime, ready_ms=settings.call.engine_ready_ms, wall=now)
    if wishes.save is not None:
        check_target(wishes.save, "--save")
    paced = wishes.pace is Pace.REAL
    with Follower(wishes.events, view=_view(wishes), paced=paced) as follower, logs_told_to(follower.aside):
        card = _sound_card(settings, wishes, follower)
        work = _held(settings, wishes, follower, card)
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


def _sound_card(settings: "Settings", wishes: _Wishes, follower: "Follower") -> "SoundCard | None":
    """The sound card of a person's call; without a microphone a synthetic caller takes the person's place."""
    if wishes.wav or wishes.scenario or wishes.text:
        return None
    from npcl_voice.channels.soundcard import sound_card
    from npcl_voice.cli.devices import can_talk

    why = "there is no microphone with a loudspeaker"
    if wishes.mic or wishes.pace is Pace.REAL:
        try:
            card = sound_card(settings.audio.sound_backend)
        except UnavailableError as error:
            why = str(error)
        else:
            if can_talk(card):
                _ask_for_a_word(settings, wishes, card, follower)
                return card
    if wishes.mic:
        raise UnavailableError(f"{why} (`npcl-voice devices`)")
    wishes.scenario = DEFAULT_SCENARIO
    if wishes.pace is Pace.REAL:
        why = f"No person can speak here ({why})"
    else:
        why = "No person can keep up with --pace max"
    follower.note(f"{why}: a synthetic caller reports a power cut.")
    return None


async def _held(settings: "Settings", wishes: _Wishes, follower: "Follower", card: "SoundCard | None") -> None:
    import asyncio
    from datetime import UTC, datetime, timedelta

    from npcl_voice.app import open_house
    from npcl_voice.audio.frame import PCM_24K
    from npcl_voice.call import RealClock
    from npcl_voice.channels.recording import Recorder
    from npcl_voice.channels.text import TextChannel
    from npcl_voice.cli.levels import LineLevels
    from npcl_voice.cli.live import Controls
    from npcl_voice.conversation.phrases import languages, load_phrases
    from npcl_voice.rehearsal.clock import RehearsalClock

    fast = wishes.pace is Pace.MAX
    clock: Clock = RehearsalClock() if fast else RealClock()
    began, start = datetime.now(UTC), clock.now()

    def wall() -> datetime:
        return began + timedelta(seconds=clock.now() - start) if fast else datetime.now(UTC)

    async with AsyncExitStack() as stack:
        with follower.loading(), clock.work():
            house = await stack.enter_async_context(
                _working(open_house(settings, wall, clock=clock, inline=fast), clock)
            )
        for line in house.switch.costs():
            follower.note(line)
        recorder = Recorder(PCM_24K) if wishes.save is not None else None
        levels = LineLevels()
        listeners: list[Listener] = [levels, *([] if recorder is None else [recorder])]
        observers: list[Observer] = [follower, levels]
        seed, desk = None, None
        if card is None:
            channel, seed = _channel(wishes, clock, listeners, stack, house.company)
            kind = "text" if wishes.text else "file"
            observers += [channel] if isinstance(channel, TextChannel) else []
        else:
            channel = desk = _microphone(settings, wishes, clock, card, listeners, follower)
            kind = "microphone"
            _welcome(follower, await house.store.records.demonstration())
        calling = house.call(
            channel, kind=kind, clock=clock, observers=observers, seed=seed, caller_number=wishes.caller
        )
        async with calling as ongoing:
            _hang_up_on_interrupt(asyncio.get_running_loop(), ongoing, follower)
            spoken = [load_phrases(language) for language in languages()]
            asking = {one.language: f"Please speak {one.name}" for one in spoken}
            controls = Controls(
                press=ongoing.press,
                hang_up=ongoing.hang_up,
                language=lambda language: ongoing.type(asking[language]),
                languages=tuple(asking),
            )
            if desk is not None:
                controls = _at_the_desk(controls, desk, settings.audio)
            with follower.showing(ongoing, house.log_path(ongoing.call_id), controls, levels):
                await ongoing.hold()
            _tell_losses(desk, follower)
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


def _ask_for_a_word(settings: "Settings", wishes: _Wishes, card: "SoundCard", follower: "Follower") -> None:
    """Before the call: is there a voice at the microphone? Where a terminal can show its level."""
    from npcl_voice.cli.devices import SPOKEN_DB, check_microphone, request_for

    if settings.audio.push_to_talk and _view(wishes) is None:
        raise SettingsError("NPCL_PUSH_TO_TALK", "the key to talk needs the live view: a terminal, and no --plain")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    loudest = check_microphone(card, request_for(settings, card))
    if loudest is None:
        follower.note("The microphone gives no sound at all: is it muted, or the wrong one? See `npcl-voice devices`.")
    elif loudest < SPOKEN_DB:
        follower.note(f"Nobody was heard at the microphone (at most {loudest:.0f} dB): speak up, or turn it up.")


def _at_the_desk(controls: "Controls", desk: "Microphone", audio: "Audio") -> "Controls":
    """The keys of somebody at a microphone; there is nothing to interrupt by a key where a voice can."""
    import msgspec

    controls = msgspec.structs.replace(controls, mute=desk.mute)
    if audio.echo != "half_duplex" and not audio.push_to_talk:
        return controls
    talking = {"talk": desk.talk, "talking": lambda: desk.talking, "push_to_talk": audio.push_to_talk}
    return msgspec.structs.replace(controls, **talking)


def _tell_losses(desk: "Microphone | None", follower: "Follower") -> None:
    """What a queue or the device could not hold."""
    lost = [] if desk is None else [f"{name} {count}" for name, count in desk.drops.items() if count]
    if lost:
        follower.note(f"Sound was lost on this machine (samples, keys, slips): {', '.join(lost)}.")


def _welcome(follower: "Follower", demonstration: "Demonstration") -> None:
    """What a person may say, before the first word."""
    follower.note('You may say: "my power is out", "the status of my complaint", "talk to a person", "goodbye".')
    if demonstration.consumer_numbers:
        follower.note(f"Demonstration: consumer numbers {', '.join(demonstration.consumer_numbers[:3])};")
        follower.note(f"               complaint numbers {', '.join(demonstration.complaint_numbers[:3])}.")


def _channel(
    wishes: _Wishes, clock: "Clock", listeners: "Sequence[Listener]", stack: AsyncExitStack, company: "Company"
) -> "tuple[Channel, bytes | None]":
    """The caller that was asked for, and what a rehearsal draws its chance from."""
    from npcl_voice.audio.frame import PCM_24K
    from npcl_voice.channels.file import FileChannel
    from npcl_voice.channels.line import Line
    from npcl_voice.channels.text import TextChannel, typed_lines
    from npcl_voice.conversation.phrases import load_phrases
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
    places = tuple(area.name for area in company.areas)
    caller = cast_caller(story, clock, PCM_24K, load_phrases("en", company), places, executor=executor)
    number = wishes.caller or story.caller_number
    seed = f"rehearsal {wishes.scenario}".encode() if wishes.pace is Pace.MAX else None
    return Line(clock, caller, PCM_24K, caller_number=number, listeners=listeners), seed


def _microphone(
    settings: "Settings",
    wishes: _Wishes,
    clock: "Clock",
    card: "SoundCard",
    listeners: "Sequence[Listener]",
    follower: "Follower",
) -> "Microphone":
    """The person at this machine, asked for a word first where a terminal can show the level."""
    from npcl_voice.channels.echo import echo_guard
    from npcl_voice.channels.microphone import Microphone
    from npcl_voice.cli.devices import RATE_HZ, request_for

    audio = settings.audio
    request = request_for(settings, card)
    guard = echo_guard(audio.echo, RATE_HZ, tail_ms=audio.echo_tail_ms, barge_in_db=audio.barge_in_db)
    return Microphone(
        clock,
        card,
        request,
        guard,
        note=follower.note,
        push_to_talk=audio.push_to_talk,
        caller_number=wishes.caller,
        listeners=listeners,
    )


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
