"""A synthetic caller's ears and mouth, made of the same parts as the assistant's own.

The ears know what the assistant may say, as the assistant's know what callers may: a language model
of its phrases, with room for numbers and places. They are another instance with other words, and
hear only what went over the line.
"""

import asyncio
import re
from collections.abc import Mapping
from concurrent.futures import Executor
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npcl_voice.speech.local.ears import EarsModel, Vocabulary
from npcl_voice.speech.local.mouth import Mouth

__all__ = ["RecogniserEars", "VoiceMouth", "assistant_templates"]

_GAPS = {"place": "{place}", "area": "{place}", "name": "{place}", "helpline": "{digits}"}
"""What fills the gaps of the phrases, a name like a place; a gap not named here, or below, holds a number."""
_EXAMPLES = {
    "time": ("9:30 PM", "11:45 AM", "6:15 PM", "2:00 AM", "12:20 PM", "10:05 AM"),
    "window": ("within 30 minutes", "within 2 hours", "as soon as possible", "today", "tomorrow morning"),
}
"""Gaps that are filled with words, by examples: the trigrams between them do the rest."""
_WARM_UP_BYTES = 16_000
"""Half a second of silence."""
_SENTENCE = re.compile(r"[^.?!]+[.?!]?")


def assistant_templates(say: Mapping[str, str]) -> dict[str, list[str]]:
    """The `say` table of a language as templates for a vocabulary: sentences, and phrases as a whole."""
    templates: dict[str, list[str]] = {}
    for key, phrase in say.items():
        plain = re.sub(r"[()|]", " ", phrase)
        pieces = {plain, *(sentence.strip() for sentence in _SENTENCE.findall(plain))}
        templates[key] = sorted({filled for piece in pieces if piece for filled in _filled(piece)})
    return templates


def _filled(text: str) -> list[str]:
    """The text with its gaps as the vocabulary's parts, once for each example."""
    for name, examples in _EXAMPLES.items():
        if f"{{{name}}}" in text:
            return [way for example in examples for way in _filled(text.replace(f"{{{name}}}", example))]
    return [re.sub(r"\{(\w+)\}", lambda gap: _GAPS.get(gap[1], "{digits}"), text)]


class RecogniserEars:
    """Hears pieces of the assistant's speech with the packaged recogniser."""

    def __init__(self, vocabulary: Vocabulary, executor: Executor | None = None) -> None:
        """`executor` runs the recogniser: the loop's threads do for a rehearsal.

        A call in real time wants a process of its own, since the recogniser holds the interpreter's
        lock while it works.
        """
        self._vocabulary = vocabulary
        self._executor = executor
        if executor is not None:
            executor.submit(_words, vocabulary, bytes(_WARM_UP_BYTES))  # loads it while the phone still rings

    async def hear(self, pcm: bytes) -> str:
        """The words of a piece: 16-bit samples at 16 kHz."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, _words, self._vocabulary, pcm)


class VoiceMouth:
    """Speaks with one of the packaged voices."""

    def __init__(self, voice: str, executor: Executor | None = None) -> None:
        """Raises SettingsError for a voice that does not exist, UnavailableError when it is not installed."""
        self._mouth = Mouth(voice)
        self._executor = executor

    async def speak(self, text: str) -> NDArray[np.int16]:
        """The sound of a text at 16 kHz."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._mouth.render, text)


@cache
def _decoder(vocabulary: Vocabulary) -> tuple[EarsModel, Any]:
    """The recogniser for a vocabulary, once in a process; its model stays with it, for it holds the files."""
    model = EarsModel(vocabulary)
    return model, model.decoder(narrow=False)


def _words(vocabulary: Vocabulary, pcm: bytes) -> str:
    """What was said in a piece, taken as a whole: its own mean is the best there is."""
    _model, decoder = _decoder(vocabulary)
    decoder.start_utt()
    decoder.process_raw(pcm, False, True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    return str(hypothesis.hypstr) if hypothesis else ""
