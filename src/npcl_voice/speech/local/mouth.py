"""The assistant's own mouth: flite inside this process, a sentence at a time.

flite (Carnegie Mellon University, BSD-like licence) is a small C library with its voices in
libraries beside it; it needs no model file and speaks a sentence in a fortieth of the time that the
sentence lasts. Its statistical voices draw noise from the C library's `rand`, so the generator is
seeded before each sentence, inside a lock: the same sentence always gives the same samples.
"""

import ctypes
import re
import threading
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from npcl_voice.errors import SettingsError, UnavailableError
from npcl_voice.speech.local.reading import Reading

__all__ = ["RATE_HZ", "VOICES", "Mouth", "Speaker", "levelled", "sentences", "trimmed"]

Samples = npt.NDArray[np.int16]

RATE_HZ = 16_000
"""What every speaker renders."""

VOICES = ("rms", "slt", "awb", "kal16")
"""flite's American voices at 16 kHz: the assistant speaks with the first, callers in tests with the others."""

QUIET = 300
"""Samples below this are near-silence: flite begins and ends each sentence with 0.16 s of it."""

FULL_SCALE = 32_768

MARGIN = RATE_HZ // 100
"""What is left of that silence at either end, so that no consonant is clipped."""

SPEECH_DB = -19.0
"""Level of every sentence below full scale, its pauses left out; about 1 dB more than its loudness in LUFS
(ITU-R BS.1770), for which -20 is the aim: loud enough for a telephone, and alike from sentence to sentence."""

PEAK_DB = -3.2
"""No sample is louder: codecs and loudspeakers overshoot."""

KNEE_DB = -6.0
"""From here on a peak is bent towards that limit; the default voice seldom comes so far."""

PAUSE_DB = 30.0
"""What is so far below the loudest part counts as a pause."""

SEED = 1
LONG_WORDS = 12
"""A sentence may be cut at a comma once it is longer than this many words."""

_SENTENCE_END = re.compile(r"(?<=[.?!।])[\"')\]]*\s+")
_ABBREVIATION = re.compile(r"(?:\b(?:Rs|No|Mr|Mrs|Ms|Dr|Shri|Smt|St|approx|etc)|\b[A-Za-z])\.$", re.IGNORECASE)
_LISTING = re.compile(r"(?:^|\s)[ap]\.m\.$", re.IGNORECASE)


class Speaker(Protocol):
    """Anything that turns a sentence into sound."""

    @property
    def rate_hz(self) -> int:
        """Sample rate of what `render` returns."""
        ...

    def sentences(self, text: str) -> list[str]:
        """The pieces that `text` is rendered in, in order."""
        ...

    def render(self, sentence: str) -> Samples:
        """The sound of one piece, near-silence at both ends trimmed, at the level of all our speech.

        Raises UnavailableError when it cannot speak.
        """
        ...


class _Wave(ctypes.Structure):
    """`cst_wave` of flite's `cst_wave.h`."""

    _fields_ = (
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


class _Voice(ctypes.Structure):
    """The head of `cst_voice` of flite's `cst_voice.h`."""

    _fields_ = (("name", ctypes.c_char_p), ("features", ctypes.c_void_p))


class _Flite:
    """flite's library with its signatures declared (undeclared, 64-bit pointers would be cut)."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._voices: dict[str, Any] = {}
        self._library = _load("libflite.so.1")
        _load("libflite_cmulex.so.1")
        _load("libflite_usenglish.so.1")
        self._library.flite_text_to_wave.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
        self._library.flite_text_to_wave.restype = ctypes.POINTER(_Wave)
        self._library.delete_wave.argtypes = (ctypes.POINTER(_Wave),)
        self._library.delete_wave.restype = None
        self._library.feat_set_float.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float)
        self._library.feat_set_float.restype = None
        self._srand = ctypes.CDLL(None).srand
        self._srand.argtypes = (ctypes.c_uint,)
        self._srand.restype = None
        self._library.flite_init()

    def voice(self, name: str) -> Any:
        """The voice of that name, its library loaded on first use."""
        with self.lock:
            if name not in self._voices:
                register = getattr(_load(f"libflite_cmu_us_{name}.so.1"), f"register_cmu_us_{name}")
                register.argtypes = (ctypes.c_char_p,)
                register.restype = ctypes.POINTER(_Voice)
                self._voices[name] = register(None)
            return self._voices[name]

    def speak(self, voice: Any, stretch: float, text: bytes) -> Samples:
        """The samples of `text`, as flite makes them with a fresh noise generator."""
        with self.lock:
            self._library.feat_set_float(voice.contents.features, b"duration_stretch", stretch)
            self._srand(SEED)
            wave = self._library.flite_text_to_wave(text, ctypes.cast(voice, ctypes.c_void_p))
            if not wave:
                msg = "flite could not render a sentence"
                raise UnavailableError(msg)
            try:
                count = wave.contents.num_samples
                return np.ctypeslib.as_array(wave.contents.samples, (count,)).astype(np.int16, copy=True)
            finally:
                self._library.delete_wave(wave)


_flite_lock = threading.Lock()
_flite: _Flite | None = None


def _load(name: str) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        msg = f"the voice needs {name}: install the system package libflite1 (Debian, Ubuntu) or flite (others)"
        raise UnavailableError(msg) from error


def _shared_flite() -> _Flite:
    global _flite
    with _flite_lock:
        if _flite is None:
            _flite = _Flite()
        return _flite


def trimmed(samples: Samples) -> Samples:
    """`samples` without the near-silence at both ends, but for 10 ms each; empty when nothing is louder."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) >= QUIET)
    if not loud.size:
        return samples[:0]
    return samples[max(0, int(loud[0]) - MARGIN) : int(loud[-1]) + 1 + MARGIN]


def levelled(samples: Samples) -> Samples:
    """`samples` at the level of all our speech."""
    frames = samples[: samples.size // MARGIN * MARGIN].reshape(-1, MARGIN).astype(np.float64)
    power = np.mean(np.square(frames), axis=1)
    if not power.any():
        return samples
    spoken = power[power > float(np.max(power)) * 10 ** (-PAUSE_DB / 10)]
    louder = samples * (FULL_SCALE * 10 ** (SPEECH_DB / 20) / np.sqrt(spoken.mean()))
    knee, peak = (FULL_SCALE * 10 ** (db / 20) for db in (KNEE_DB, PEAK_DB))
    beyond = np.maximum(np.abs(louder) - knee, 0.0)
    bent = np.minimum(np.abs(louder), knee) + (peak - knee) * np.tanh(beyond / (peak - knee))
    done: Samples = np.rint(np.copysign(bent, louder)).astype(np.int16)
    return done


def sentences(text: str) -> list[str]:
    """`text` in pieces that can be spoken one after another.

    Cut after . ? ! and the danda where white space follows, and at a comma of a piece that has gone
    on for more than twelve words. Abbreviations such as `Rs.` or an initial do not end a sentence.
    """
    pieces: list[str] = []
    for part in _SENTENCE_END.split(text.strip()):
        last = pieces[-1].rsplit(None, 1)[-1] if pieces and pieces[-1] else ""
        if last and _ABBREVIATION.search(last) and not _LISTING.search(last):
            pieces[-1] += " " + part
        elif part:
            pieces.append(part)
    return [chunk for piece in pieces for chunk in _at_commas(piece)]


def _at_commas(sentence: str) -> list[str]:
    chunks = [""]
    for clause in re.split(r"(?<=[,;:])\s+", sentence):
        words = len(chunks[-1].split())
        if words >= LONG_WORDS:
            chunks.append(clause)
        else:
            chunks[-1] = f"{chunks[-1]} {clause}".strip()
    if len(chunks) > 1 and len(chunks[-1].split()) < 3:
        chunks[-2:] = [f"{chunks[-2]} {chunks[-1]}"]
    return chunks


class Mouth:
    """flite's voice, reading English as the company says it.

    Raises SettingsError for a voice or tempo that does not exist, UnavailableError when flite is not
    installed, naming the package that brings it.
    """

    rate_hz = RATE_HZ

    def __init__(self, voice: str = VOICES[0], stretch: float = 1.0, reading: Reading | None = None) -> None:
        if voice not in VOICES:
            raise SettingsError("voice", f"{voice!r} is not one of {', '.join(VOICES)}")
        if not 0.5 <= stretch <= 2.0:
            raise SettingsError("stretch", f"{stretch} is not between 0.5 and 2.0")
        self._reading = Reading() if reading is None else reading
        self._stretch = stretch
        self._flite = _shared_flite()
        self._voice = self._flite.voice(voice)

    def sentences(self, text: str) -> list[str]:
        """The pieces that `text` is rendered in, in order."""
        return sentences(text)

    def render(self, sentence: str) -> Samples:
        """The sound of one piece at 16 kHz; empty when there is nothing to say.

        The same piece gives the same samples each time. Safe in any thread; one speaks at a time.
        """
        words = self._reading.spoken(sentence)
        if not any(c.isalnum() for c in words):
            return np.zeros(0, np.int16)
        return levelled(trimmed(self._flite.speak(self._voice, self._stretch, words.encode("ascii"))))
