"""Sound cards: which devices there are, and a stream from one and to one of them.

Two libraries stand behind one shape, both over PortAudio: sounddevice, and PyAudio, which the source
design names. Their own threads bring and fetch the sound; they only copy bytes.
"""

import ctypes
import shutil
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from npcl_voice.errors import SettingsError, UnavailableError

__all__ = ["Device", "PyAudioCard", "Request", "SoundCard", "SoundDeviceCard", "Streams", "device_called", "sound_card"]

ALSA_CARDS = Path("/proc/asound/cards")
BACK_ENDS = {"sounddevice": "sounddevice", "pyaudio": "pyaudio"}


class Device(msgspec.Struct, frozen=True):
    """One device, as the system names it."""

    name: str
    inputs: int
    """Channels that can be recorded; 0 for a loudspeaker."""
    outputs: int
    """Channels that can be played; 0 for a microphone."""
    default_input: bool = False
    default_output: bool = False


class Request(msgspec.Struct, frozen=True):
    """The streams that are wanted: one channel, 16 bits, both ways."""

    input_name: str
    """A device's name or a part of it; empty for the system's default."""
    output_name: str
    rate_hz: int
    chunk_samples: int
    latency_s: float
    """How much sound the device may hold, in seconds."""


class Streams(Protocol):
    """Both streams, running."""

    input_name: str
    output_name: str
    slips: int
    """How often sound was lost or repeated: the machine was too busy, or the device's clock differs."""

    def close(self, *, drain: bool = False) -> None:
        """Stop both; safe to call twice, and when the device has gone. With `drain` what it holds is played first."""
        ...


class SoundCard(Protocol):
    """A library of sound devices. Its methods may take a tenth of a second: never on the event loop."""

    def devices(self) -> list[Device]:
        """What is there now. Raises UnavailableError when the sound system does not answer."""
        ...

    def open(
        self,
        request: Request,
        captured: Callable[[bytes], None],
        wanted: Callable[[int], bytes],
        ended: Callable[[], None],
    ) -> Streams:
        """Start both streams.

        `captured` takes each chunk recorded, `wanted` gives so many bytes to play; `ended` is called
        when a stream stops by itself, where the library notices. All come from threads of the library.
        Raises UnavailableError when a device is not there or cannot do this format.
        """
        ...

    def look_again(self) -> None:
        """Forget the list of devices: what came or went since is seen from now on. No stream may be open.

        Raises UnavailableError when the sound system does not answer.
        """
        ...

    def what_is_there(self) -> str:
        """A text that changes when a device comes or goes, also while streams are open; empty where nobody tells."""
        ...


_ALSA_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)


_SAY_NOTHING = _ALSA_HANDLER(lambda *_: None)
"""What ALSA would print across a person's screen is counted as a slip, or raised as an error, anyway."""


_JACK_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_char_p)
_SAY_NOTHING_EITHER = _JACK_HANDLER(lambda _: None)


def _hush() -> None:
    """Below PortAudio, ALSA and JACK print what they try."""
    with suppress(OSError, AttributeError):  # another system, or no ALSA
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_SAY_NOTHING)
    with suppress(OSError, AttributeError):
        jack = ctypes.CDLL("libjack.so.0")
        jack.jack_set_error_function(_SAY_NOTHING_EITHER)
        jack.jack_set_info_function(_SAY_NOTHING_EITHER)


def sound_card(back_end: Literal["sounddevice", "pyaudio"]) -> SoundCard:
    """The library of that name.

    Raises UnavailableError when it, or the PortAudio library below it, is not installed.
    """
    try:
        library = import_module(BACK_ENDS[back_end])
    except (ImportError, OSError) as error:  # sounddevice raises OSError where PortAudio is missing
        hint = "pip install pyaudio" if back_end == "pyaudio" else "apt-get install libportaudio2"
        msg = f"sound devices need the {back_end} library ({error}): {hint}"
        raise UnavailableError(msg) from None
    _hush()
    return SoundDeviceCard(library) if back_end == "sounddevice" else PyAudioCard(library)


def told_by_the_system() -> str:
    """The devices as the system tells of them: PortAudio itself reads their list only once.

    From PulseAudio or PipeWire through `pactl`, from ALSA through its file of cards.
    """
    told = []
    with suppress(OSError):
        told.append(ALSA_CARDS.read_text("utf-8", "replace"))
    if pactl := shutil.which("pactl"):
        for kind in ("sources", "sinks"):
            with suppress(OSError, subprocess.TimeoutExpired):
                command = [pactl, "list", "short", kind]
                listed = subprocess.run(command, capture_output=True, timeout=1, check=False)  # noqa: S603 - fixed words
                told += [
                    row.split(b"\t")[1].decode("utf-8", "replace") for row in listed.stdout.splitlines() if b"\t" in row
                ]
    return "\n".join(told)


def device_called(name: str, devices: Sequence[Device], kind: Literal["input", "output"]) -> int | None:
    """The index of the device of that name; None means the system's default.

    The whole name counts first, then the only one that holds `name`, whatever its letters' case.
    Raises SettingsError when no device, or more than one, is meant.
    """
    if not name:
        return None
    fit = [at for at, each in enumerate(devices) if (each.inputs if kind == "input" else each.outputs)]
    whole = [at for at in fit if devices[at].name == name]
    part = whole or [at for at in fit if name.lower() in devices[at].name.lower()]
    if len(part) == 1 or whole:
        return part[0]
    setting = "NPCL_INPUT_DEVICE" if kind == "input" else "NPCL_OUTPUT_DEVICE"
    there = ", ".join(devices[at].name for at in part or fit) or "none"
    why = "is more than one of" if part else "is none of"
    raise SettingsError(setting, f"{name!r} {why} the devices there are: {there}")


class SoundDeviceCard:
    """Devices by python-sounddevice."""

    def __init__(self, library: Any) -> None:
        """`library` is the imported module."""
        self._library = library

    def devices(self) -> list[Device]:
        """What there was when the library was last initialised."""
        library = self._library
        try:
            found = list(library.query_devices())
            default_in, default_out = library.default.device
            systems = library.query_hostapis()
        except library.PortAudioError as error:
            raise UnavailableError(f"the sound system does not answer: {error}") from None
        if default_in < 0 or default_out < 0:
            default_in = next((api["default_input_device"] for api in systems if api["devices"]), -1)
            default_out = next((api["default_output_device"] for api in systems if api["devices"]), -1)
        return [
            Device(
                str(each["name"]),
                int(each["max_input_channels"]),
                int(each["max_output_channels"]),
                default_input=at == default_in,
                default_output=at == default_out,
            )
            for at, each in enumerate(found)
        ]

    def open(
        self,
        request: Request,
        captured: Callable[[bytes], None],
        wanted: Callable[[int], bytes],
        ended: Callable[[], None],
    ) -> Streams:
        """Start both streams."""
        library = self._library
        devices = self.devices()
        places = _places(request, devices)

        running = _Running(library.PortAudioError, *_names(devices, places))

        def record(data: Any, _frames: int, _time: Any, status: Any) -> None:
            running.slips += bool(status)
            captured(bytes(data))

        def play(data: Any, _frames: int, _time: Any, status: Any) -> None:
            running.slips += bool(status)
            data[:] = wanted(len(data))

        settings = {
            "samplerate": request.rate_hz,
            "blocksize": request.chunk_samples,
            "channels": 1,
            "dtype": "int16",
            "latency": request.latency_s,
            "finished_callback": ended,
        }
        streams: list[Any] = []
        try:
            streams.append(library.RawInputStream(device=places[0], callback=record, **settings))
            streams.append(library.RawOutputStream(device=places[1], callback=play, **settings))
            for stream in streams:
                stream.start()
        except (library.PortAudioError, ValueError) as error:
            for stream in streams:
                stream.close()
            raise UnavailableError(f"the sound device cannot be opened: {error}") from None
        running.streams += streams
        return running

    def look_again(self) -> None:
        """Initialise PortAudio anew: it reads the list of devices only then."""
        library = self._library
        # The library's own way to do it takes standard error away from the whole process meanwhile.
        library._lib.Pa_Terminate()  # noqa: SLF001
        library._lib.Pa_Initialize()  # noqa: SLF001

    def what_is_there(self) -> str:
        """A text that changes when a device comes or goes."""
        return told_by_the_system()


class PyAudioCard:
    """Devices by PyAudio."""

    def __init__(self, library: Any) -> None:
        """`library` is the imported module."""
        self._library = library
        self._port = library.PyAudio()

    def devices(self) -> list[Device]:
        """What there was when the library was last initialised."""
        port = self._port
        try:
            default_in = int(port.get_default_input_device_info()["index"])
            default_out = int(port.get_default_output_device_info()["index"])
        except OSError:
            default_in = default_out = -1
        try:
            found = [port.get_device_info_by_index(at) for at in range(port.get_device_count())]
        except OSError as error:
            raise UnavailableError(f"the sound system does not answer: {error}") from None
        return [
            Device(
                str(each["name"]),
                int(each["maxInputChannels"]),
                int(each["maxOutputChannels"]),
                default_input=at == default_in,
                default_output=at == default_out,
            )
            for at, each in enumerate(found)
        ]

    def open(
        self,
        request: Request,
        captured: Callable[[bytes], None],
        wanted: Callable[[int], bytes],
        ended: Callable[[], None],
    ) -> Streams:
        """Start both streams. The library does not notice when one stops by itself: `ended` is not called."""
        del ended
        devices = self.devices()
        places = _places(request, devices)
        go_on = self._library.paContinue
        running = _Running(OSError, *_names(devices, places))

        def record(data: bytes, _frames: int, _time: Any, status: int) -> tuple[None, int]:
            running.slips += bool(status)
            captured(data)
            return None, go_on

        def play(_data: None, frames: int, _time: Any, status: int) -> tuple[bytes, int]:
            running.slips += bool(status)
            return wanted(frames * 2), go_on

        settings = {
            "rate": request.rate_hz,
            "channels": 1,
            "format": self._library.paInt16,
            "frames_per_buffer": request.chunk_samples,
        }
        streams: list[Any] = []
        try:
            streams.append(
                self._port.open(input=True, input_device_index=places[0], stream_callback=record, **settings)
            )
            streams.append(
                self._port.open(output=True, output_device_index=places[1], stream_callback=play, **settings)
            )
        except (OSError, ValueError) as error:
            for stream in streams:
                stream.close()
            raise UnavailableError(f"the sound device cannot be opened: {error}") from None
        running.streams += streams
        return running

    def look_again(self) -> None:
        """Initialise PortAudio anew: it reads the list of devices only then."""
        self._port.terminate()
        try:
            self._port = self._library.PyAudio()
        except OSError as error:
            raise UnavailableError(f"the sound system does not answer: {error}") from None

    def what_is_there(self) -> str:
        """A text that changes when a device comes or goes."""
        return told_by_the_system()


class _Running:
    """Two streams of either library."""

    def __init__(self, error: type[Exception], input_name: str, output_name: str) -> None:
        self.input_name = input_name
        self.output_name = output_name
        self.slips = 0
        self.streams: list[Any] = []
        """The input first, then the output."""
        self._error = error

    def close(self, *, drain: bool = False) -> None:
        """Stop both; what a vanished device says about it is of no interest."""
        while self.streams:
            stream = self.streams.pop()
            for end in (self._stop_of(stream) if drain else None, stream.close):
                if end is not None:
                    with suppress(self._error):
                        end()
            drain = False  # the input holds nothing for anybody

    @staticmethod
    def _stop_of(stream: Any) -> Callable[[], None]:
        """What plays the rest and then stops: both libraries have it, by other names."""
        stop: Callable[[], None] = stream.stop_stream if hasattr(stream, "stop_stream") else stream.stop
        return stop


def _places(request: Request, devices: Sequence[Device]) -> tuple[int | None, int | None]:
    """The microphone and the loudspeaker that are wanted, by their index."""
    return device_called(request.input_name, devices, "input"), device_called(request.output_name, devices, "output")


def _names(devices: Sequence[Device], places: tuple[int | None, int | None]) -> tuple[str, str]:
    """What the devices in use are called, the system's default ones by their own names."""
    into, out_of = places
    if into is None:
        into = next((at for at, each in enumerate(devices) if each.default_input), None)
    if out_of is None:
        out_of = next((at for at, each in enumerate(devices) if each.default_output), None)
    return tuple("default" if at is None else devices[at].name for at in (into, out_of))  # type: ignore[return-value]
