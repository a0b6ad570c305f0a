"""`npcl-voice devices`: which microphones and loudspeakers there are, trying them, and choosing two."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from npcl_voice.errors import SettingsError, UnavailableError

if TYPE_CHECKING:
    from npcl_voice.channels.soundcard import Device, Request, SoundCard
    from npcl_voice.config import Settings

__all__ = ["app", "can_talk", "check_microphone", "request_for"]

app = typer.Typer(help="Show the sound devices, try them, and choose two.", invoke_without_command=True)

REMEMBERED = "devices.json"
"""The file in the data folder that holds what was chosen."""
MOST_BYTES = 10_000
RATE_HZ = 24_000
SPEAK_S = 6.0
"""How long somebody is waited for who was asked to speak."""
SPOKEN_DB = -42.0
"""A voice at a desk is above it, a room with nobody speaking below."""
METER_DB = 60
"""The meter's range: from so far below full scale."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Input = Annotated[str, typer.Option("--input", help="The microphone's name, or a part of it.", metavar="NAME")]
Output = Annotated[str, typer.Option("--output", help="The loudspeaker's name, or a part of it.", metavar="NAME")]


@app.callback()
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the sound devices there are; `*` marks what a call would use."""
    if context.invoked_subcommand is not None:
        return
    import msgspec

    from npcl_voice.channels.soundcard import sound_card
    from npcl_voice.cli.opening import print_json, print_table
    from npcl_voice.cli.settings import load_settings

    settings = load_settings()
    card = sound_card(settings.audio.sound_backend)
    devices = card.devices()
    if as_json:
        print_json(msgspec.to_builtins(devices))
        return
    request = request_for(settings, card)
    into = _meant(devices, request.input_name, "input")
    out_of = _meant(devices, request.output_name, "output")
    rows = (
        (
            device.name,
            f"{'*' if at == into else ' '} {device.inputs or ''}",
            f"{'*' if at == out_of else ' '} {device.outputs or ''}",
        )
        for at, device in enumerate(devices)
    )
    print_table(("device", "records", "plays"), rows)
    if not devices:
        typer.echo("No sound device is there: plug one in, or start the sound server.", err=True)


@app.command()
def use(into: Input = "", out_of: Output = "") -> None:
    """Remember a microphone, a loudspeaker or both for the calls to come; without names, the default again."""
    import msgspec

    from npcl_voice.channels.soundcard import device_called, sound_card
    from npcl_voice.cli.settings import load_settings

    settings = load_settings()
    devices = sound_card(settings.audio.sound_backend).devices()
    places = device_called(into, devices, "input"), device_called(out_of, devices, "output")
    path = settings.store.data_dir / REMEMBERED
    before = _remembered(path) if into or out_of else {"input": "", "output": ""}
    kept = (before["input"], before["output"])
    names = [old if at is None else devices[at].name for at, old in zip(places, kept, strict=True)]
    try:
        path.write_bytes(msgspec.json.encode({"input": names[0], "output": names[1]}))
    except OSError as error:
        raise SettingsError("NPCL_DATA_DIR", f"cannot write {path}: {error.strerror}") from None
    typer.echo(f"microphone:  {names[0] or 'the default'}\nloudspeaker: {names[1] or 'the default'}")


@app.command("test")
def try_out(into: Input = "", out_of: Output = "") -> None:
    """Try a microphone and a loudspeaker: you hear the assistant, then it hears you."""
    import msgspec

    from npcl_voice.channels.soundcard import sound_card
    from npcl_voice.cli.settings import load_settings
    from npcl_voice.speech.local.larger import speaker_of

    settings = load_settings()
    card = sound_card(settings.audio.sound_backend)
    request = request_for(settings, card)
    request = msgspec.structs.replace(
        request, input_name=into or request.input_name, output_name=out_of or request.output_name
    )
    speaker = speaker_of(settings.local.voice, settings.local.speed, settings.local.voice_model)
    sound = b"".join(_at_rate(speaker.render(piece), speaker.rate_hz) for piece in speaker.sentences(GREETING))
    typer.echo(
        f"microphone:  {request.input_name or 'the default'}\nloudspeaker: {request.output_name or 'the default'}"
    )
    typer.echo("You should hear a voice now.")
    _play(card, request, sound)
    loudest = check_microphone(card, request)
    if loudest is None:
        raise UnavailableError("the microphone gives no sound at all: is it muted, or the wrong one?")
    if loudest < SPOKEN_DB:
        raise UnavailableError(
            f"nobody was heard: the loudest was {loudest:.0f} dB, a voice has {SPOKEN_DB:.0f} and more"
        )
    typer.echo(f"The microphone hears you: {loudest:.0f} dB.")


GREETING = "This is the assistant's voice. If you hear me well, please say something."


def can_talk(card: "SoundCard") -> bool:
    """Whether there is something to speak into, and something to listen to."""
    try:
        devices = card.devices()
    except UnavailableError:
        return False
    return any(device.inputs for device in devices) and any(device.outputs for device in devices)


def request_for(settings: "Settings", card: "SoundCard") -> "Request":
    """The streams that the settings want, else the remembered devices where they are there, else the default."""
    from npcl_voice.channels.soundcard import Request

    audio = settings.audio
    remembered = _remembered(settings.store.data_dir / REMEMBERED)
    return Request(
        audio.input_device or _if_there(remembered["input"], card, "input"),
        audio.output_device or _if_there(remembered["output"], card, "output"),
        RATE_HZ,
        audio.chunk_bytes // 2,
        audio.device_latency_s,
    )


def check_microphone(card: "SoundCard", request: "Request") -> float | None:
    """Ask for a word and show a level meter until one is heard; the level of the loudest chunk in dB.

    None when nothing but digital silence came. Raises UnavailableError when the device cannot be opened.
    """
    import numpy as np

    from npcl_voice.audio.level import level_db

    chunks: list[bytes] = []
    levels: list[float] = []
    streams = card.open(request, chunks.append, bytes, lambda: None)
    shown = sys.stderr.isatty()
    until = time.monotonic() + SPEAK_S
    try:
        while time.monotonic() < until and max(levels, default=-120) < SPOKEN_DB:
            time.sleep(0.05)
            levels += [level_db(np.frombuffer(data, "<i2")) for data in chunks[len(levels) :]]
            if shown:
                loud = max(levels[-5:], default=-120)
                bar = "#" * max(0, round((loud + METER_DB) / METER_DB * 20))
                typer.echo(f"\rSpeak now: [{bar:<20}] {max(loud, -99):4.0f} dB ", err=True, nl=False)
    finally:
        streams.close()
        if shown:
            typer.echo("", err=True)
    loudest = max(levels, default=-120.0)
    return None if loudest <= -119 else loudest


def _play(card: "SoundCard", request: "Request", sound: bytes) -> None:
    rest = bytearray(sound)

    def wanted(size: int) -> bytes:
        part = bytes(rest[:size])
        del rest[:size]
        return part.ljust(size, b"\0")

    streams = card.open(request, lambda _data: None, wanted, lambda: None)
    try:
        until = time.monotonic() + len(sound) / RATE_HZ / 2 + 2
        while rest and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.3)  # what the device still holds
    finally:
        streams.close()


def _at_rate(samples: object, rate_hz: int) -> bytes:
    from npcl_voice.audio.resample import resample

    return resample(samples, rate_hz, RATE_HZ).tobytes()  # type: ignore[arg-type]


def _remembered(path: Path) -> dict[str, str]:
    """What was chosen; a file that cannot be read counts as none."""
    import msgspec

    try:
        with path.open("rb") as file:
            found = msgspec.json.decode(file.read(MOST_BYTES), type=dict[str, str])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        found = {}
    return {"input": found.get("input", ""), "output": found.get("output", "")}


def _if_there(name: str, card: "SoundCard", kind: Literal["input", "output"]) -> str:
    from npcl_voice.channels.soundcard import device_called

    try:
        device_called(name, card.devices(), kind)
    except SettingsError:
        typer.echo(f"The remembered {kind} device ({name}) is not there; taking the default.", err=True)
        return ""
    return name


def _meant(devices: "Sequence[Device]", name: str, kind: Literal["input", "output"]) -> int | None:
    """Which device a call would use. Raises SettingsError as the call would."""
    from npcl_voice.channels.soundcard import device_called

    if name:
        return device_called(name, devices, kind)
    default = (one.default_input if kind == "input" else one.default_output for one in devices)
    return next((at for at, is_it in enumerate(default) if is_it), None)
