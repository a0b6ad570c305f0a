"""Which ears and which mouth: the packaged ones, or larger models from folders of the operator's.

Larger models are run by sherpa-onnx, which hears and speaks with one library and never downloads
anything. A folder is recognised by the files that its model's publisher put into it.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from npcl_voice.conversation.phrases import PhraseBook
from npcl_voice.domain.areas import Area
from npcl_voice.errors import SettingsError, UnavailableError
from npcl_voice.meaning.expectation import ANYTHING, Expectation, Kind
from npcl_voice.meaning.numbers import digits_in
from npcl_voice.speech.local.ears import LONGEST_MS, RATE_HZ, Ears, Heard, Vocabulary
from npcl_voice.speech.local.mouth import Mouth, Speaker, sentences
from npcl_voice.speech.local.reading import Reading
from npcl_voice.speech.local.tongues import EarsOfTongues

__all__ = ["EarsChoice", "EarsSource", "LargerEars", "LargerMouth", "ears_of", "speaker_of"]

EXTRA = "install the extra: pip install 'npcl-voice[larger-models]'"
FIRST = "en"
"""The language of the first vocabulary: there are ears for it in every call."""
SURE = 0.9
"""Confidence of whatever a larger model heard: it gives none that could be compared."""
FULL_SCALE = 32_768.0


class EarsChoice(msgspec.Struct, frozen=True):
    """What the ears are made from."""

    hear: Mapping[str, Sequence[str]]
    """The `hear` table of a language."""
    places: tuple[str, ...]
    folder: str = ""
    """A larger recogniser's model; empty for the packaged one."""
    others: Mapping[str, Mapping[str, Sequence[str]]] = {}
    """The `hear` tables of further languages, by their codes; a larger model knows its own."""
    expected: tuple[str, ...] = ("en",)
    """The languages that a call is heard in at first: what its ears cost is measured with all of them."""

    @classmethod
    def of(cls, book: PhraseBook, areas: Sequence[Area], folder: str, expected: tuple[str, ...]) -> "EarsChoice":
        """Ears for all that callers may say in the languages of the book, and for these places."""
        others = {name: phrases.hear for name, phrases in book.all.items() if name != FIRST}
        places = tuple(area.name for area in areas)
        return cls(book.phrases(FIRST).hear, places, folder, others, expected)


class EarsSource(msgspec.Struct, frozen=True):
    """The same, ready to be loaded: worked out once, and handed to every process of ears."""

    vocabularies: tuple[Vocabulary, ...] = ()
    """One for each language; none where a larger model needs none."""
    folder: str = ""
    expected: tuple[str, ...] = ("en",)

    @classmethod
    def of(cls, choice: EarsChoice) -> "EarsSource":
        """What that choice comes to; the vocabularies take some two seconds."""
        if choice.folder:
            return cls((), choice.folder, choice.expected)
        first = Vocabulary.of(choice.hear, choice.places)
        others = (Vocabulary.of(hear, choice.places, language) for language, hear in choice.others.items())
        return cls((first, *others), expected=choice.expected)


def ears_of(source: EarsSource) -> Ears:
    """The ears from there. Raises SettingsError for a folder that holds no model we can use."""
    if not source.vocabularies:
        return LargerEars(Path(source.folder))
    return EarsOfTongues(source.vocabularies)


def speaker_of(voice: str, speed: float, folder: str, reading: Reading | None = None) -> Speaker:
    """The mouth of that choice. Raises SettingsError or UnavailableError, saying what is missing."""
    return LargerMouth(Path(folder), speed, reading) if folder else Mouth(voice, 1 / speed, reading)


class LargerEars:
    """A recogniser of sherpa-onnx that takes whole turns."""

    def __init__(self, folder: Path) -> None:
        setting = "NPCL_RECOGNISER_MODEL"
        self._recogniser = _made(setting, folder, _recogniser, folder)

    def listener(self) -> "LargerListener":
        """A listener for one caller."""
        return LargerListener(self._recogniser)


class LargerListener:
    """One caller's ears: a turn is gathered, and recognised when it is over."""

    def __init__(self, recogniser: Any) -> None:
        self._recogniser = recogniser
        self._expectation = ANYTHING
        self._sound = bytearray()

    def begin(self, expectation: Expectation) -> None:
        """A turn begins; what was heard of the last one is forgotten."""
        self._expectation = expectation
        self._sound.clear()

    def feed(self, pcm: bytes) -> str | None:
        """More sound of the turn; such a model has no text before the end."""
        room = LONGEST_MS * RATE_HZ // 1000 * 2 - len(self._sound)
        self._sound += pcm[: max(0, room)]
        return None

    def complete(self) -> bool:
        """Not known before the end."""
        return False

    def finish(self) -> Heard:
        """What the turn was."""
        if not self._sound:
            return Heard("", None, 0.0, 0.0)
        started = time.thread_time()
        stream = self._recogniser.create_stream()
        stream.accept_waveform(RATE_HZ, np.frombuffer(bytes(self._sound), "<i2").astype(np.float32) / FULL_SCALE)
        self._recogniser.decode_stream(stream)
        text = " ".join(str(stream.result.text).lower().split())
        wanted = self._expectation.kind is Kind.NUMBER
        digits = digits_in(text) if wanted else ""
        cpu_ms = round((time.thread_time() - started) * 1000, 1)
        return Heard(text, digits or None, SURE if text else 0.0, cpu_ms)


class LargerMouth:
    """A voice of sherpa-onnx, reading as the company says things."""

    def __init__(self, folder: Path, speed: float = 1.0, reading: Reading | None = None) -> None:
        self._reading = Reading() if reading is None else reading
        self._speed = speed
        self._voice = _made("NPCL_VOICE_MODEL", folder, _voice, folder)

    @property
    def rate_hz(self) -> int:
        """Sample rate of what `render` returns: 16 kHz, whatever the model's own."""
        return RATE_HZ

    def sentences(self, text: str) -> list[str]:
        """The pieces that a text is rendered in, in order."""
        return sentences(text)

    def render(self, sentence: str) -> NDArray[np.int16]:
        """The sound of one piece. Raises UnavailableError when the model fails."""
        from npcl_voice.audio.resample import resample

        words = self._reading.spoken(sentence)
        if not any(letter.isalnum() for letter in words):
            return np.zeros(0, np.int16)
        try:
            audio = self._voice.generate(words, sid=0, speed=self._speed)
        except RuntimeError as error:
            raise UnavailableError(f"the larger voice failed: {error}") from None
        samples = np.clip(np.asarray(audio.samples) * FULL_SCALE, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
        return resample(samples, int(audio.sample_rate), RATE_HZ)


def _made(setting: str, folder: Path, make: Any, *arguments: Any) -> Any:
    """What a loader makes; whatever goes wrong names the setting."""
    if not folder.is_dir():
        raise SettingsError(setting, f"{folder} is no folder")
    try:
        import sherpa_onnx
    except ImportError:
        raise SettingsError(setting, f"larger models need sherpa-onnx; {EXTRA}") from None
    try:
        made = make(sherpa_onnx, *arguments)
    except (RuntimeError, ValueError, OSError) as error:
        raise SettingsError(setting, f"{folder} holds a model that cannot be loaded: {error}") from None
    if made is None:
        raise SettingsError(setting, f"{folder} holds no model that we know: there are {_names(folder)}")
    return made


def _recogniser(library: Any, folder: Path) -> Any | None:
    tokens = _one(folder, "*tokens.txt")
    encoder, decoder, joiner = (_one(folder, f"*{part}*.onnx") for part in ("encoder", "decoder", "joiner"))
    model = _one(folder, "*model*.onnx")
    if tokens is None:
        return None
    if encoder and decoder and joiner:
        return library.OfflineRecognizer.from_transducer(encoder, decoder, joiner, tokens)
    if encoder and decoder:
        return library.OfflineRecognizer.from_whisper(encoder, decoder, tokens)
    return None if model is None else library.OfflineRecognizer.from_nemo_ctc(model, tokens)


def _voice(library: Any, folder: Path) -> Any | None:
    model, tokens = _one(folder, "*.onnx"), _one(folder, "*tokens.txt")
    if model is None or tokens is None:
        return None
    data = folder / "espeak-ng-data"
    vits = library.OfflineTtsVitsModelConfig(
        model=model,
        lexicon=_one(folder, "*lexicon.txt") or "",
        tokens=tokens,
        data_dir=str(data) if data.is_dir() else "",
    )
    config = library.OfflineTtsConfig(model=library.OfflineTtsModelConfig(vits=vits))
    if not config.validate():
        raise ValueError("its files do not fit together")
    return library.OfflineTts(config)


def _one(folder: Path, pattern: str) -> str | None:
    """The first file of that pattern, by name; a quantised model (int8) only where there is no other."""
    found = sorted(folder.glob(pattern), key=lambda path: ("int8" in path.name, path.name))
    return str(found[0]) if found else None


def _names(folder: Path) -> str:
    return ", ".join(sorted(path.name for path in folder.iterdir())[:6]) or "no files"
