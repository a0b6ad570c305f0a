"""A process of ears: what `workers.py` starts, and how the two talk.

The recogniser holds Python's lock while it decodes, a fifth of a second for a short sentence, so it
has processes of its own. They read requests from standard input and answer in order on standard
output, each a MessagePack value after its length in four bytes. When the input ends, so does the
process: nobody is left behind when the parent is killed.
"""

import signal
import sys
import time
from typing import BinaryIO

import msgspec
import numpy as np

from npcl_voice.audio.vad import Endpointing
from npcl_voice.meaning.expectation import ANYTHING, Expectation
from npcl_voice.speech.local.ears import Ears
from npcl_voice.speech.local.larger import EarsSource, ears_of
from npcl_voice.speech.local.leg import LegEvent
from npcl_voice.speech.local.listening import Listening

__all__ = [
    "LENGTH_BYTES",
    "Answer",
    "Ask",
    "Clear",
    "Close",
    "Commit",
    "Events",
    "Failed",
    "Feed",
    "Load",
    "Measured",
    "Open",
    "framed",
    "serve",
    "size_of",
]

LENGTH_BYTES = 4
MOST_BYTES = 64 * 1024 * 1024
"""No request or answer is longer; a longer one is a broken stream."""


class Load(msgspec.Struct, tag="load"):
    """Load the models; the first request."""

    source: EarsSource
    probe: bytes
    """Speech to warm up with, and to measure by: 16-bit at 16 kHz."""


class Open(msgspec.Struct, tag="open"):
    """A new caller."""

    leg: int
    endpointing: Endpointing | None


class Feed(msgspec.Struct, tag="feed"):
    """More sound of that caller."""

    leg: int
    pcm: bytes
    expectation: Expectation
    silence_ms: float


class Commit(msgspec.Struct, tag="commit"):
    """That caller's turn ends here."""

    leg: int
    expectation: Expectation


class Clear(msgspec.Struct, tag="clear"):
    """Forget that caller's turn."""

    leg: int


class Close(msgspec.Struct, tag="close"):
    """That caller is gone."""

    leg: int


Ask = Load | Open | Feed | Commit | Clear | Close


class Measured(msgspec.Struct, tag="measured"):
    """The models are warm."""

    load: float
    """Processor seconds that a second of a caller's speech takes, detection and final decode included."""


class Events(msgspec.Struct, tag="events"):
    """What happened in the sound."""

    events: list[LegEvent]


class Done(msgspec.Struct, tag="done"):
    """Done, and nothing to tell."""


class Failed(msgspec.Struct, tag="failed"):
    """It could not be done."""

    why: str


Answer = Measured | Events | Done | Failed

_asks = msgspec.msgpack.Decoder(Ask)
_encoder = msgspec.msgpack.Encoder()


def framed(value: Ask | Answer) -> bytes:
    """A value as it goes over the pipe."""
    data = _encoder.encode(value)
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


def size_of(head: bytes) -> int:
    """The length that a frame's first four bytes announce. Raises ValueError for an impossible one."""
    size = int.from_bytes(head, "big")
    if size > MOST_BYTES:
        msg = f"a frame of {size} bytes"
        raise ValueError(msg)
    return size


WARM_BYTES = 32_000


class _Room:
    """The callers of this process and their ears."""

    def __init__(self) -> None:
        self._ears: Ears | None = None
        self._legs: dict[int, Listening] = {}

    def answer(self, ask: Ask) -> Answer:
        match ask:
            case Load():
                self._ears = ears_of(ask.source)
                return Measured(measure(self._ears, ask.probe, ask.source.expected))
            case Open():
                if self._ears is None:
                    return Failed("no models are loaded")
                self._legs[ask.leg] = Listening(self._ears, ask.endpointing)
            case Feed():
                return Events(self._legs[ask.leg].feed(ask.pcm, ask.expectation, ask.silence_ms))
            case Commit():
                return Events(self._legs[ask.leg].commit(ask.expectation))
            case Clear():
                self._legs[ask.leg].clear()
            case Close():
                self._legs.pop(ask.leg, None)
        return Done()


def measure(ears: Ears, probe: bytes, languages: tuple[str, ...]) -> float:
    """Warm the models with a second of `probe`, and say what a second of it costs in processor seconds.

    So much as long as a call may be in any of the languages: nobody knows how long that is.
    """
    anything = msgspec.structs.replace(ANYTHING, languages=languages)
    Listening(ears).feed(probe[:WARM_BYTES], anything, 500)
    leg = Listening(ears)
    started = time.process_time()
    leg.feed(probe + bytes(WARM_BYTES), anything, 500)
    return (time.process_time() - started) / max(1.0, len(probe) / 32_000)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer every request until there are no more."""
    room = _Room()
    while len(head := source.read(LENGTH_BYTES)) == LENGTH_BYTES:
        data = source.read(size_of(head))
        answer: Answer
        try:
            answer = room.answer(_asks.decode(data))
        except Exception as error:  # noqa: BLE001 - the edge of the process: the parent decides
            answer = Failed(f"{type(error).__name__}: {error}")
        try:
            target.write(framed(answer))
            target.flush()
        except BrokenPipeError:
            return  # the parent is gone, and with it every call


def main() -> None:
    """What the process does. Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    target = sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not get between the frames
    np.seterr(all="ignore")
    serve(sys.stdin.buffer, target)


if __name__ == "__main__":
    main()
