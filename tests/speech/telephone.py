"""Learns `src/npcl_voice/speech/local/data/telephone.mllr`: run it when the recogniser's model changes.

    python -m tests.speech.telephone

The recogniser's model knows speech at 16 kHz. The same speech is taken through a telephone line, and
a linear map from the features of the one to those of the other is fitted by least squares; applied to
the model's means (maximum likelihood linear regression, MLLR), and to its variances with what the map
leaves unexplained, it makes a model of telephone speech. On numbers by human speakers it halves the
errors. Learned from the assistant's own voice and from single words by many people, neither of which
is what the ears are judged by: callers in tests have other voices, and yes and no are left out.
"""

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from pocketsphinx import Decoder, get_model_path

from npcl_voice.domain.areas import packaged_areas
from npcl_voice.speech.local.language_model import corpus
from tests.speech.hearing import Samples, human_words, on_the_line, padded, spoken

__all__ = ["learn"]

SOURCE = Path(__file__).resolve().parents[2] / "src" / "npcl_voice"
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "stop")
COEFFICIENTS = 13
STREAMS = 3
"""Cepstra, their first and their second differences."""

Array = npt.NDArray[np.float64]


def _sounds() -> Iterator[Samples]:
    hear = tomllib.loads((SOURCE / "conversation/phrases/en.toml").read_text("utf-8"))["hear"]
    sentences = [" ".join(words) for words, _ in corpus(hear, [area.name for area in packaged_areas()])]
    for sentence in random.Random(1).sample(sentences, 120):
        yield padded(spoken(sentence, "rms"))
    for word in WORDS:
        yield from (padded(sound) for sound in human_words(word))


def _cepstra(decoder: Decoder, folder: Path, sound: Samples) -> Array:
    """The recogniser's own features of a turn, its mean taken out: the decoder writes them to `folder`."""
    for old in folder.glob("*.mfc"):
        old.unlink()
    decoder.start_utt()
    decoder.process_raw(sound.tobytes(), True, True)
    decoder.end_utt()
    data = next(folder.glob("*.mfc")).read_bytes()
    order = "<" if int.from_bytes(data[:4], "little") * 4 == len(data) - 4 else ">"
    cepstra = np.frombuffer(data[4:], f"{order}f4").reshape(-1, COEFFICIENTS).astype(np.float64)
    return np.asarray(cepstra - cepstra.mean(axis=0))


def learn() -> str:
    """The adaptation, in the recogniser's file format: classes, streams, then each stream's A, b and variances."""
    near, far = [], []
    with TemporaryDirectory() as folder:
        words = Path(folder) / "words.dict"
        words.write_text("one W AH N\n", encoding="utf-8")
        decoder = Decoder(
            hmm=str(Path(get_model_path()) / "en-us" / "en-us"),
            dict=str(words),
            lm=None,
            mfclogdir=folder,
            loglevel="FATAL",
        )
        decoder.add_jsgf_string("one", "#JSGF V1.0; grammar one; public <one> = one;")
        decoder.activate_search("one")
        for sound in _sounds():
            for line in ("pcmu", "pcma"):
                a, b = (_cepstra(decoder, Path(folder), s) for s in (sound, on_the_line(sound, line)))
                length = min(len(a), len(b))
                near.append(a[:length])
                far.append(b[:length])
    x, y = np.concatenate(near), np.concatenate(far)
    extended = np.column_stack([x, np.ones(len(x))])
    weights = np.linalg.lstsq(extended, y, rcond=None)[0]
    matrix, offset = weights[:COEFFICIENTS].T, weights[COEFFICIENTS]
    unexplained = (y - extended @ weights).var(axis=0)
    spread = ((matrix**2) @ x.var(axis=0) + unexplained) / x.var(axis=0)
    lines = ["1", str(STREAMS)]
    for stream in range(STREAMS):
        rows = [*matrix, offset if stream == 0 else np.zeros(COEFFICIENTS), spread]
        lines += [str(COEFFICIENTS), *(" ".join(f"{value:.6f}" for value in row) for row in rows)]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    (SOURCE / "speech/local/data/telephone.mllr").write_text(learn(), encoding="utf-8")
