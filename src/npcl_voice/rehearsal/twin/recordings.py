"""What the twin's callers may say: recordings that are known beforehand, found again in the sound.

The way from a caller to an engine loses nothing, so a recording arrives byte for byte, if not at a
known place or as a whole. A few loud pieces of each are looked for; where one is found, the rest is
compared around it. That tells the words of a turn without any recognition, and is never wrong.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
import numpy as np

from npcl_voice.audio.frame import PCM_16K, PCM_24K, PCMA, PCMU, Format, Frame
from npcl_voice.audio.resample import decode, encode, resample
from npcl_voice.channels.recording import read_recording, to_frame
from npcl_voice.errors import SettingsError
from npcl_voice.rehearsal.twin.script import read_text

__all__ = ["Recordings", "read_recordings", "spoken"]

OPTION = "--recordings"

PIECE_MS = 80
"""Length of a piece that is looked for: no two sentences share so much sound by chance."""
EVERY_MS = 320
"""One piece for so much of a recording: a part of it that is sent again holds one, too."""
LOUD = 500
"""A piece whose samples are weaker than this (root of their mean square) is a pause, which all have."""
BLOCK_MS = 20
"""What surrounds a piece is compared in blocks of this length."""
GAP_MS = 3_000
"""The later part of a recording that follows its earlier part within this time belongs to it."""


class _Piece(msgspec.Struct, frozen=True):
    data: bytes
    at: int
    """Where in the recording, in bytes."""


class _Known(msgspec.Struct, frozen=True):
    text: str
    data: bytes
    pieces: tuple[_Piece, ...]
    loud: tuple[int, ...]
    """Where in the recording its loud blocks are, in bytes."""


class _Place(msgspec.Struct, frozen=True):
    """A recording, or a part of it, in some sound."""

    known: _Known
    start: int
    """Where the recording begins, or would."""
    first: int
    last: int
    """Its first and its last block that are there, in bytes from its start."""
    share: float
    """How much of it is there."""
    blocks: int


class Recordings:
    """The recordings of one set of callers."""

    def __init__(self, known: Mapping[str, Frame] | None = None) -> None:
        """`known` is sound by its words."""
        self._known: dict[Format, list[_Known]] = {}
        for text, frame in (known or {}).items():
            self.add(text, frame)

    def add(self, text: str, frame: Frame) -> None:
        """One more; the same words may be added in several formats or voices.

        Raises ValueError for sound in which nothing is loud enough to be found again.
        """
        line = frame.format
        samples = decode(frame).astype(np.float64)
        block = line.samples_in(BLOCK_MS)
        whole = samples[: samples.size // block * block].reshape(-1, block)
        power = np.mean(np.square(whole), axis=1)
        size = block * line.sample_bytes
        width, stride = PIECE_MS // BLOCK_MS, EVERY_MS // BLOCK_MS
        pieces = []
        for begin in range(0, max(0, len(power) - width + 1), stride):
            runs = [power[at : at + width].mean() for at in range(begin, min(begin + stride, len(power) - width + 1))]
            best = int(np.argmax(runs))
            if runs[best] >= LOUD**2:
                at = (begin + best) * size
                pieces.append(_Piece(frame.data[at : at + width * size], at))
        if not pieces:
            msg = f"nothing in the recording of {text!r} is loud enough to be found again"
            raise ValueError(msg)
        loud = tuple(int(at) * size for at in np.flatnonzero(power >= LOUD**2))
        self._known.setdefault(line, []).append(_Known(text, frame.data, tuple(pieces), loud))

    def words(self, sound: bytes, format: Format) -> str:
        """What is said in the sound: the words of all recordings in it, in order; empty when it holds none."""
        block = format.samples_in(BLOCK_MS) * format.sample_bytes
        places = [place for known in self._known.get(format, ()) for place in _places(known, sound, format, block)]
        # One recording may be the beginning of another: what explains more of the sound is what was said.
        places.sort(key=lambda place: (-place.blocks, -place.share, place.start))
        chosen: list[_Place] = []
        for place in places:
            begin, end = place.start + place.first, place.start + place.last + block
            if all(end <= one.start + one.first or begin >= one.start + one.last + block for one in chosen):
                chosen.append(place)
        chosen.sort(key=lambda place: place.start + place.first)
        return " ".join(_joined(chosen, format))


def _places(known: _Known, sound: bytes, format: Format, block: int) -> list[_Place]:
    starts: dict[int, None] = {}
    for piece in known.pieces:
        found = sound.find(piece.data)
        while found >= 0:
            if found % format.sample_bytes == 0:
                starts[found - piece.at] = None
            found = sound.find(piece.data, found + len(piece.data))
    places = []
    for start in starts:
        there = [
            at
            for at in known.loud
            if start + at >= 0 and sound[start + at : start + at + block] == known.data[at : at + block]
        ]
        places.append(_Place(known, start, there[0], there[-1], len(there) / len(known.loud), len(there)))
    return places


def _joined(places: Iterable[_Place], format: Format) -> list[str]:
    """The words in order; two parts of one recording, the later after the earlier, are its words once."""
    texts: list[str] = []
    before: _Place | None = None
    gap = format.samples_in(GAP_MS) * format.sample_bytes
    for place in places:
        goes_on = (
            before is not None
            and place.known is before.known
            and place.first > before.last
            and place.start + place.first - before.start - before.last <= gap
        )
        if not goes_on:
            texts.append(place.known.text)
        before = place
    return texts


def spoken(texts: Iterable[str], format: Format, voice: str = "slt") -> dict[str, Frame]:
    """Recordings of some sentences by one of the packaged voices, for a line of that format.

    Raises UnavailableError when the voice is not installed.
    """
    from npcl_voice.speech.local.mouth import Mouth

    mouth = Mouth(voice)
    made = {}
    for text in texts:
        sound = np.concatenate([mouth.render(sentence) for sentence in mouth.sentences(text)])
        made[text] = encode(resample(sound, PCM_16K.rate_hz, format.rate_hz), format)
    return made


def read_recordings(folder: Path) -> Recordings:
    """The WAV files of a folder as a caller's recordings, for every kind of line.

    A file's words stand in the text file of its name, or are its name. They are found again in what
    `npcl-voice call --wav` speaks, which is made of the file in the same way. Raises SettingsError.
    """
    known = Recordings()
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".wav")
    except OSError as error:
        raise SettingsError(OPTION, f"cannot read {folder}: {error.strerror}") from None
    if not paths:
        raise SettingsError(OPTION, f"there is no WAV file in {folder}")
    for path in paths:
        words = path.with_suffix(".txt")
        text = read_text(words, OPTION).strip() if words.exists() else re.sub("[-_]+", " ", path.stem)
        sound = read_recording(path, OPTION)
        try:
            for line in (PCM_24K, PCMU, PCMA):
                known.add(text, to_frame(sound, line))
        except ValueError as error:
            raise SettingsError(OPTION, f"{path}: {error}") from None
    return known
