"""What the measurements of the ears share: voices, lines, noise, and how errors are counted.

The voices are flite's (the assistant speaks with another one of them), so figures compare lines and
settings with each other; they say little about people.
"""

import ctypes
import wave
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from npcl_voice.audio.frame import PCM_8K, PCM_16K, PCMA, PCMU, Frame
from npcl_voice.audio.resample import Converter, encode
from npcl_voice.speech.local.mouth import SEED, Mouth, _shared_flite, _Wave

__all__ = [
    "CALLERS",
    "LINES",
    "RATE_HZ",
    "WHY_NO_HUMANS",
    "Tally",
    "from_8_khz",
    "human_digit_strings",
    "human_digits",
    "human_words",
    "humans",
    "on_the_line",
    "padded",
    "read_wav",
    "sounded",
    "spoken",
    "turn",
    "word_errors",
]

Samples = npt.NDArray[np.int16]

RATE_HZ = 16_000
CALLERS = ("slt", "awb", "kal16")
LINES = ("clean", "pcmu", "pcma", "noise")
"""`clean` is 16 kHz untouched; `pcmu` and `pcma` a telephone; `noise` mu-law after white noise 20 dB below speech."""

HUMANS = Path(__file__).resolve().parents[3] / "shared" / "data" / "human"
WHY_NO_HUMANS = "the human voices (../shared/data/human beside the checkout) are not here"


def humans() -> Path | None:
    """Where the human voices are, when they are here."""
    return HUMANS if HUMANS.is_dir() else None


@cache
def _mouth(voice: str, stretch: float) -> Mouth:
    return Mouth(voice, stretch)


@cache
def spoken(text: str, voice: str, stretch: float = 1.0) -> Samples:
    """`text` by one of flite's voices at 16 kHz, all of it in one breath."""
    return _mouth(voice, stretch).render(text)


@cache
def sounded(phones: str, voice: str) -> Samples:
    """Phones of ARPAbet by one of flite's voices at 16 kHz: for words that flite would read as English ones."""
    flite = _shared_flite()
    library = flite._library
    for name in ("flite_synth_phones", "utt_wave"):
        getattr(library, name).restype = ctypes.c_void_p
    library.flite_synth_phones.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    library.utt_wave.argtypes = library.delete_utterance.argtypes = (ctypes.c_void_p,)
    chosen = flite.voice(voice)
    with flite.lock:
        flite._srand(SEED)
        made = library.flite_synth_phones(f"pau {phones.lower()} pau".encode(), ctypes.cast(chosen, ctypes.c_void_p))
        try:
            wave = ctypes.cast(library.utt_wave(made), ctypes.POINTER(_Wave)).contents
            return np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.int16, copy=True)
        finally:
            library.delete_utterance(made)


def padded(speech: Samples, before_ms: int = 300, after_ms: int = 400, seed: int = 7) -> Samples:
    """`speech` with room sound around it, as a detector's pre-roll and closing silence hold it."""
    room = np.random.default_rng(seed).normal(0.0, 8.0, (before_ms + after_ms) * RATE_HZ // 1000)
    before = before_ms * RATE_HZ // 1000
    return np.concatenate([room[:before], speech, room[before:]]).astype(np.int16)


def on_the_line(sound: Samples, line: str, snr_db: float = 20.0, seed: int = 11) -> Samples:
    """`sound` after the line of that name (see LINES), at 16 kHz as the product makes it from the line's frames.

    The room's silence goes over the line with the speech: pad first.
    """
    if line == "clean":
        return sound
    narrow = _band(soxr.resample(sound.astype(np.float64), RATE_HZ, 8_000, quality="HQ"))
    if line == "noise":
        level = _speech_level(narrow)
        narrow = narrow + np.random.default_rng(seed).normal(0.0, level * 10 ** (-snr_db / 20), narrow.size)
    codec = PCMA if line == "pcma" else PCMU
    frame = encode(np.clip(np.round(narrow), -32768, 32767).astype(np.int16), codec)
    return np.frombuffer(Converter(codec, PCM_16K).convert(frame).data, "<i2")


def turn(text: str, voice: str, line: str, snr_db: float = 20.0) -> Samples:
    """One turn of a caller in a quiet room, as it arrives over that line."""
    return on_the_line(padded(spoken(text, voice)), line, snr_db)


def _band(narrow: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """300-3400 Hz, the band of a telephone line."""
    spectrum = np.fft.rfft(narrow)
    hertz = np.fft.rfftfreq(narrow.size, 1 / 8_000)
    slope = np.clip((hertz - 200) / 100, 0, 1) * np.clip((3_600 - hertz) / 200, 0, 1)
    return np.fft.irfft(spectrum * slope, narrow.size)


def _speech_level(narrow: npt.NDArray[np.float64]) -> float:
    """The level of the speech itself: of the frames of 20 ms within 30 dB of the loudest."""
    frames = narrow[: narrow.size // 160 * 160].reshape(-1, 160)
    power = np.mean(frames**2, axis=1)
    return float(np.sqrt(power[power > power.max() / 1000].mean()))


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words wrongly heard, missed or added: the edit distance."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


@dataclass
class Tally:
    """Errors counted over many turns."""

    words: int = 0
    errors: int = 0
    turns: int = 0
    whole: int = 0
    """Turns without any error."""
    missed: list[tuple[str, str]] = field(default_factory=list)
    """What was said and heard where it differed."""

    def add(self, said: Iterable[str], heard: Iterable[str]) -> None:
        """Count one turn, word by word (or digit by digit)."""
        said, heard = list(said), list(heard)
        wrong = word_errors(said, heard)
        self.words += len(said)
        self.errors += wrong
        self.turns += 1
        self.whole += not wrong
        if wrong:
            self.missed.append((" ".join(said), " ".join(heard)))

    @property
    def error_percent(self) -> float:
        """Errors per hundred words said."""
        return 100 * self.errors / max(1, self.words)

    @property
    def whole_percent(self) -> float:
        """Turns without any error, per hundred."""
        return 100 * self.whole / max(1, self.turns)


def read_wav(path: Path) -> Samples:
    """The samples of a mono 16-bit WAV file, at the rate that it has."""
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


@cache
def human_digits(speaker: str) -> dict[str, list[Samples]]:
    """Every take of every digit by one speaker at 8 kHz, as {digit: takes}."""
    takes: dict[str, list[Samples]] = {digit: [] for digit in "0123456789"}
    for path in sorted((HUMANS / "digits").glob(f"*_{speaker}_*.wav")):
        takes[path.name[0]].append(read_wav(path))
    return takes


def human_words(word: str) -> list[Samples]:
    """Every recording of one word at 16 kHz, by many people."""
    return [read_wav(path) for path in sorted((HUMANS / "words").glob(f"{word}_*.wav"))]


def human_digit_strings(
    speaker: str, count: int, length: int, seed: int, gap_ms: tuple[int, int] = (100, 300)
) -> list[tuple[str, Samples]]:
    """Numbers put together from one speaker's digits, with gaps between them, as turns at 16 kHz."""
    rng = np.random.default_rng(seed)
    takes = human_digits(speaker)
    strings = []
    for _ in range(count):
        digits = "".join(str(d) for d in rng.integers(0, 10, length))
        parts: list[npt.NDArray[np.float64]] = []
        for digit in digits:
            take = takes[digit][int(rng.integers(len(takes[digit])))].astype(np.float64)
            parts += [take, np.zeros(int(rng.integers(gap_ms[0], gap_ms[1] + 1)) * 8)]
        strings.append((digits, from_8_khz(_in_a_room(np.concatenate(parts), rng))))
    return strings


def _in_a_room(speech: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Speech at 8 kHz with 300 ms before and 400 ms after it, and a room's sound 50 dB below it throughout."""
    floor = np.sqrt(np.mean(speech**2)) * 10 ** (-50 / 20)
    return np.asarray(np.pad(speech, (2_400, 3_200)) + rng.normal(0.0, floor, speech.size + 5_600))


def from_8_khz(narrow: npt.NDArray[np.float64]) -> Samples:
    """Sound of 8 kHz at 16 kHz, as the product makes it from a telephone's frames."""
    frame = Frame(np.clip(np.round(narrow), -32768, 32767).astype("<i2").tobytes(), PCM_8K)
    return np.frombuffer(Converter(PCM_8K, PCM_16K).convert(frame).data, "<i2")
