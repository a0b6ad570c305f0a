"""Ears: a caller's turn to words, by pocketsphinx inside this process.

A turn is heard twice. While it lasts, pieces of 100 ms give partial text. When it is over, all of it
is decoded once more, with the mean of the whole turn taken out: on a telephone line that alone
brings word errors from 30 to 5 in a hundred. What was asked decides the grammar: digits in exact
numbers where a number was asked for, yes and no where that was, known names where a name was, and the
product's own language model beside each, since a caller may answer something else.
"""

import shutil
import time
import weakref
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Protocol

import msgspec
from pocketsphinx import Decoder, get_model_path

from npcl_voice.meaning.expectation import ANYTHING, Expectation, Kind
from npcl_voice.meaning.hazards import find_hazard
from npcl_voice.meaning.script import has_devanagari
from npcl_voice.speech.local.decoded import NO_SCORE, RATE_HZ, ByGrammar, Decoded, is_narrow
from npcl_voice.speech.local.figures import around_number, compact, dictated, digits_of, mostly_digits
from npcl_voice.speech.local.grammars import (
    ANSWERS,
    JOINED_WORDS,
    NAMED,
    NUMBER_WORDS,
    ROUND_WORDS,
    Arc,
    name_arcs,
    number_arcs,
    yes_no_arcs,
)
from npcl_voice.speech.local.language_model import arpa, corpus
from npcl_voice.speech.local.lexicon import dictionary, read_dictionary, written
from npcl_voice.speech.local.lexicon_hindi import accent, hindi_dictionary
from npcl_voice.speech.local.lexicon_names import names_dictionary

__all__ = ["RATE_HZ", "Ears", "EarsModel", "Heard", "Listener", "Vocabulary"]

LONGEST_MS = 15_000
"""A turn's sound beyond this is dropped: the detector ends a turn before."""

BEAMS: dict[str, Any] = {"beam": 1e-60, "wbeam": 1e-40, "pbeam": 1e-60, "maxhmmpf": 60_000}
"""Wider than the defaults: one word error in five fewer on the telephone, for a tenth more time."""

LANGUAGE_WEIGHT: dict[str, dict[str, Any]] = {"hi": {"lw": 10.0}}
"""By language, how much the language model counts, where it is not the default of 6.5: Hindi sounds fit worse."""

GRAMMAR: dict[str, Any] = {"lm": None, "silprob": 0.5, "wip": 0.05, "beam": 1e-36, "wbeam": 1e-22, "pbeam": 1e-36}
"""For short answers and digits: silence between them is as likely as not, and narrow beams save two thirds of it."""

NAMES: dict[str, Any] = GRAMMAR | {"wip": 0.005}
"""The same for a name, which is one long word rather than two short ones."""

DICTATION: dict[str, Any] = GRAMMAR | {"lw": 4.0, "beam": 1e-32, "wbeam": 1e-20, "pbeam": 1e-32}
"""The same for a number that was asked for: so many ways to say one are weighed less against how it sounds."""

PHONE_MEAN = "43.5,26.0,-36.6,24.4,-22.5,-11.8,2.0,-27.1,0.7,-7.2,-7.8,1.2,-6.5"
MICROPHONE_MEAN = "50.9,5.7,-5.3,6.5,-7.4,-2.2,-3.9,-8.2,-1.5,-0.6,0.7,0.4,0.9"
"""Cepstral means that a call begins with, by its line. After its first turn a call has its own."""

UNINTELLIGIBLE = 0.05
"""Below this confidence a turn counts as not understood."""

PLAIN_ANSWER_FRAMES = 130
"""A plain answer is no longer than 1.3 s."""

PLAIN_ANSWER_MARGIN = -0.5
"""How much worse a frame may sound as yes or no than as free words (log likelihood), and yet be taken as such."""

LENGTHS = (9, 10)
"""Lengths of the numbers that callers bring up unasked: complaint numbers, consumer numbers, telephones."""

LONG_NUMBER = 6
"""So many dictated digits among free words are one of those."""

ONCE = "once"
"""The name of a grammar made for a single turn."""

SOUNDS_LIKE_NUMBER = -3.3
"""A number of a wanted length whose words fit their sound so well needs no comparison with free words.

Log likelihood of a spoken frame: numbers have -1.9 to -3.2, a little less in noise; what is none, -3.7 and less.
"""

LEAST_OF_NUMBER = 0.2
"""Least confidence of a number that was taken for one: it is read back before anything is done about it."""

NUMBER_MARGIN = -0.1
"""The same for a number that the free words do not show: people who pause after each digit are not in the model."""

CLEAR_AGAINST_NAME = 0.8
"""Free words of at least this confidence are no name."""

LONGEST_NAME_FRAMES, MOST_WORDS_OF_NAME = 250, 7
"""Of the free words that a name is heard as, with what is said around it: who says more tells something else."""

CLEAR_DANGER = 0.4
"""Free words that tell of danger are no name from this confidence on; below, a name is mistaken for danger as well."""

ANNOUNCES_NAME = frozenset({"name", "नाम"})
"""Words that stand before a name: they are clear whatever comes behind them."""

NAME_MARGIN = -0.6
"""How much worse a frame may sound as a name than as free words (log likelihood), and yet be taken as one."""

LEAST_OF_NAME = 0.2
"""Least confidence of a name that was taken for one: it is read back before anything is done about it."""

SOUNDS_LIKE_NAME = -5.5
"""A spoken frame of a name is at least so likely (log likelihood); of what is none, mostly less."""

CLEAR_AGAINST_NUMBER = 0.7
"""Free words of at least this confidence stand against a number."""

CLEAR = 0.6
"""Free words of at least this confidence stand against yes and no."""

CERTAIN_ENOUGH = 0.5
"""Least confidence of a plain yes or no: of thirty ways to say two things, the chance of each means little."""


class Heard(msgspec.Struct, frozen=True):
    """What was made of a turn."""

    text: str
    """Words in lower case, dictated numbers as unbroken digits; empty when it could not be understood."""
    digits: str | None
    """The number, when one was expected and heard."""
    confidence: float
    """0 to 1."""
    cpu_ms: float
    """Processor time that the final decode took."""
    score: float = NO_SCORE
    """How likely free words of the language are, as a logarithm for each frame: compared between languages."""


class Vocabulary(msgspec.Struct, frozen=True):
    """What the ears of one language know, as the recogniser reads it."""

    dictionary: str
    model: str
    names: str
    """How persons' names are said, besides."""
    language: str = "en"

    @classmethod
    def of(cls, hear: Mapping[str, Sequence[str]], places: Sequence[str], language: str = "en") -> "Vocabulary":
        """The vocabulary of a language's `hear` templates and of the places' names.

        What is written in Devanagari is spelled as Hindi is said; Latin words as in English, and in a
        Hindi vocabulary as they are said in Hindi as well. Worked out once for a process.
        """
        return _vocabulary(msgspec.json.encode(hear), tuple(places), language)


@lru_cache(maxsize=8)
def _vocabulary(hear: bytes, places: tuple[str, ...], language: str) -> Vocabulary:
    """The same, from the templates as JSON: it takes a second."""
    sentences = list(corpus(msgspec.json.decode(hear), places))
    words = {word for sentence, _ in sentences for word in sentence} | NUMBER_WORDS | ANSWERS[language].words()
    hindi = {word for word in words if has_devanagari(word)}
    cmu = Path(get_model_path()) / "en-us" / "cmudict-en-us.dict"
    spelled = dictionary(words - hindi, cmu, accent() if hindi else {}) + hindi_dictionary(hindi)
    return Vocabulary(spelled + _tens(spelled), arpa(sentences), names_dictionary(cmu), language)


def _tens(spelled: str) -> str:
    """The words that stand for tens in the grammar of numbers, from the sounds of what they are made of."""
    ways = read_dictionary(spelled.splitlines())
    made = {word: ways[tens] for word, tens in ROUND_WORDS.items()}
    for word, (tens, ones) in JOINED_WORDS.items():
        made[word] = tuple(f"{one} {other}" for one in ways[tens] for other in ways[ones])
    return written(made)


class Ears(Protocol):
    """Anything that hears: one for a process, a listener for each call."""

    def listener(self) -> "Listener":
        """A listener for one caller."""
        ...


class Listener(Protocol):
    """One caller's ears, a turn at a time. Sound is PCM of 16 bits at 16 kHz."""

    def begin(self, expectation: Expectation) -> None:
        """A turn begins; what was heard of the last one is forgotten."""
        ...

    def feed(self, pcm: bytes) -> str | None:
        """More sound of the turn. The text so far, when it has changed."""
        ...

    def complete(self) -> bool:
        """Whether the turn holds all that was asked for, so that it need not be waited for."""
        ...

    def finish(self) -> Heard:
        """What the turn was. It may be asked in mid-turn, and the turn goes on."""
        ...


class EarsModel:
    """pocketsphinx with the product's vocabulary: loads in milliseconds, about 5 MB a decoder."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._folder = folder = Path(mkdtemp(prefix="npcl-voice-ears-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        (folder / "words.dict").write_text(vocabulary.dictionary, encoding="utf-8")
        (folder / "names.dict").write_text(vocabulary.dictionary + vocabulary.names, encoding="utf-8")
        (folder / "words.arpa").write_text(vocabulary.model, encoding="utf-8")
        telephone = files("npcl_voice.speech.local").joinpath("data", "telephone.mllr").read_text(encoding="utf-8")
        (folder / "telephone.mllr").write_text(telephone, encoding="utf-8")
        self._weight = LANGUAGE_WEIGHT.get(vocabulary.language, {})
        self.answers = ANSWERS[vocabulary.language]
        self._final = {narrow: self.decoder(narrow) for narrow in (False, True)}
        self._grammar = {narrow: self.decoder(narrow, **GRAMMAR) for narrow in (False, True)}
        self._dictation = {narrow: self.decoder(narrow, **DICTATION) for narrow in (False, True)}
        self._names: dict[bool, Decoder] = {}
        self._known: set[tuple[bool, str]] = set()

    def final(self, narrow: bool) -> Decoder:
        """The decoder for whole turns; `narrow` for those from a telephone."""
        return self._final[narrow]

    def decoder(self, narrow: bool, **settings: Any) -> Decoder:
        """A new decoder over this vocabulary."""
        folder = self._folder
        if narrow:
            settings["mllr"] = str(folder / "telephone.mllr")
        return Decoder(
            hmm=settings.pop("hmm", str(Path(get_model_path()) / "en-us" / "en-us")),
            dict=str(folder / settings.pop("dict", "words.dict")),
            fwdflat=False,
            loglevel="FATAL",
            **({"lm": str(folder / "words.arpa")} | BEAMS | ({} if "lm" in settings else self._weight) | settings),
        )

    def dictation(self, narrow: bool, lengths: Sequence[int]) -> Decoder:
        """The decoder for a number that was asked for, of one of these lengths."""
        name = "number_" + "_".join(map(str, lengths))
        decoder = self._dictation[narrow]
        if (narrow, name) not in self._known:
            arcs, final = number_arcs(lengths, self.answers, freely=True)
            decoder.add_fsg(name, decoder.create_fsg(name, 0, final, arcs))
            self._known.add((narrow, name))
        decoder.activate_search(name)
        return decoder

    def names(self, narrow: bool) -> Decoder:
        """The decoder for a person's name, which is made on first use: its dictionary is as large as all the others."""
        if narrow not in self._names:
            decoder = self.decoder(narrow, dict="names.dict", **NAMES)
            arcs, final = name_arcs(self.answers)
            decoder.add_fsg("name", decoder.create_fsg("name", 0, final, arcs))
            decoder.activate_search("name")
            self._names[narrow] = decoder
        return self._names[narrow]

    def with_grammar(self, narrow: bool, name: str, arcs: Sequence[Arc], final_state: int) -> Decoder:
        """The decoder for short answers and digits with that grammar active, which is made on first use."""
        decoder = self._grammar[narrow]
        if name == ONCE and (narrow, name) in self._known:
            decoder.remove_search(name)
            self._known.discard((narrow, name))
        if (narrow, name) not in self._known:
            decoder.add_fsg(name, decoder.create_fsg(name, 0, final_state, list(arcs)))
            self._known.add((narrow, name))
        decoder.activate_search(name)
        return decoder

    def listener(self) -> "PocketSphinxListener":
        """A listener for one caller."""
        return PocketSphinxListener(self)


class PocketSphinxListener:
    """One caller's ears. Not for use by two threads at once."""

    def __init__(self, model: EarsModel) -> None:
        self._model = model
        self._answers = model.answers
        self._narrow = True
        """Whether the line is a telephone's: told by the first sound, then by each whole turn."""
        self._streams: dict[bool, Decoder] = {}
        self._stream: Decoder | None = None
        """The decoder of the turn so far, while one is open."""
        self._mean: str | None = None
        """Cepstral mean of the last whole turn; None in the first."""
        self._expectation = ANYTHING
        self._sound = bytearray()
        self._partial = ""

    def begin(self, expectation: Expectation) -> None:
        """A turn begins; what was heard of the last one is forgotten."""
        if self._stream is not None:
            self._stream.end_utt()
            self._stream = None
        self._expectation = expectation
        if expectation.person:  # while the caller still speaks: it takes a tenth of a second
            self._model.names(self._narrow)
        self._sound.clear()
        self._partial = ""

    def feed(self, pcm: bytes) -> str | None:
        """More sound of the turn. The text so far, when it has changed.

        What exceeds the longest turn is dropped.
        """
        pcm = self.gather(pcm)
        if not pcm:
            return None
        stream = self._stream or self._opened()
        stream.process_raw(pcm, False, False)
        hypothesis = stream.hyp()
        text = compact(hypothesis.hypstr if hypothesis else "")
        if text == self._partial:
            return None
        self._partial = text
        return text

    def gather(self, pcm: bytes) -> bytes:
        """More sound of the turn, for its end only. What there was room for."""
        room = LONGEST_MS * RATE_HZ // 1000 * 2 - len(self._sound)
        pcm = pcm[: max(0, room)]
        self._sound += pcm
        return pcm

    def _opened(self) -> Decoder:
        """The decoder for the partial text of a turn whose first sound has come."""
        if self._mean is None:
            self._narrow = is_narrow(bytes(self._sound))
        if self._narrow not in self._streams:
            self._streams[self._narrow] = self._model.decoder(self._narrow)
        self._stream = stream = self._streams[self._narrow]
        stream.set_cmn(self._mean or (PHONE_MEAN if self._narrow else MICROPHONE_MEAN))
        stream.start_utt()
        return stream

    def complete(self) -> bool:
        """Whether the partial text holds as many digits as the longest number asked for."""
        wanted = self._expectation.lengths
        return bool(wanted) and len(digits_of(self._partial)) >= max(wanted)

    def finish(self) -> Heard:
        """What the turn was. It may be asked in mid-turn, and the turn goes on."""
        started = time.thread_time()
        if not self._sound:
            return Heard("", None, 0.0, 0.0)
        sound = bytes(self._sound)
        heard = self._decide(sound)
        if heard.confidence < UNINTELLIGIBLE:
            heard = msgspec.structs.replace(heard, text="", digits=None)
        self._mean = self._model.final(self._narrow).get_cmn(False)
        cpu_ms = round((time.thread_time() - started) * 1000, 1)
        return msgspec.structs.replace(heard, confidence=round(heard.confidence, 3), cpu_ms=cpu_ms)

    def _decide(self, sound: bytes) -> Heard:
        self._narrow = is_narrow(sound)
        match self._expectation.kind:
            case Kind.ANY if self._expectation.person:
                return self._person(sound)
            case Kind.ANY:
                return self._words(sound)
            case Kind.NUMBER:
                return self._number(sound, self._expectation.lengths)
            case Kind.YES_NO:
                return self._yes_no(sound)

    def _words(self, sound: bytes) -> Heard:
        """Free words."""
        return self._as_words(Decoded(self._model.final(self._narrow), sound), sound)

    def _as_words(self, words: Decoded, sound: bytes) -> Heard:
        """The same once they are decoded; a long number among them is heard again, as one of the lengths there are."""
        before, dictated, after = around_number(words.text)
        if len(digits_of(" ".join(dictated))) >= LONG_NUMBER:
            arcs, final = number_arcs(LENGTHS, self._answers, before=before, after=after)
            number = Decoded(self._model.with_grammar(self._narrow, ONCE, arcs, final), sound)
            if len(digits_of(" ".join(around_number(number.text)[1]))) in LENGTHS:
                return Heard(compact(number.text), None, words.confidence(), 0.0, words.score)
        return _heard(words)

    def _person(self, sound: bytes) -> Heard:
        """A name out of those that are known, where the turn fits one better than free words."""
        words = Decoded(self._model.final(self._narrow), sound)
        said = words.text.split()
        clear = words.confidence() >= CLEAR_AGAINST_NAME and ANNOUNCES_NAME.isdisjoint(said)
        longer = words.spoken_frames > LONGEST_NAME_FRAMES or len(said) > MOST_WORDS_OF_NAME
        danger = words.confidence() >= CLEAR_DANGER and find_hazard(words.text) is not None
        if clear or longer or danger or mostly_digits(words.text):
            return self._as_words(words, sound)
        name = ByGrammar(self._model.names(self._narrow), sound)
        better = (name.acoustic - words.acoustic) / words.frames
        if NAMED not in name.words or better < NAME_MARGIN or name.likelihood() < SOUNDS_LIKE_NAME:
            return _heard(words)
        return Heard(name.words.replace(NAMED, ""), None, max(name.confidence(), LEAST_OF_NAME), 0.0, words.score)

    def _number(self, sound: bytes, lengths: Sequence[int]) -> Heard:
        number = ByGrammar(self._model.dictation(self._narrow, lengths), sound)
        text, digits = dictated(number.words, lengths)
        heard = Heard(text, digits, max(number.confidence(), LEAST_OF_NUMBER), 0.0)
        if len(digits) in lengths and number.likelihood() >= SOUNDS_LIKE_NUMBER:
            return heard
        words = Decoded(self._model.final(self._narrow), sound)
        if _is_dictated(digits, number, words, lengths):
            return msgspec.structs.replace(heard, score=words.score)
        if mostly_digits(words.text):
            return Heard(*dictated(words.text, lengths), words.confidence(), 0.0, words.score)
        return _heard(words)

    def _yes_no(self, sound: bytes) -> Heard:
        words = Decoded(self._model.final(self._narrow), sound)
        answer = Decoded(self._model.with_grammar(self._narrow, "yes_no", *yes_no_arcs(self._answers)), sound)
        if self._is_plain_answer(answer, words):
            return Heard(answer.text, None, max(answer.confidence(), CERTAIN_ENOUGH), 0.0, words.score)
        return _heard(words)

    def _is_plain_answer(self, answer: Decoded, words: Decoded) -> bool:
        """Whether a turn is better heard as yes or no than as free words."""
        better = (answer.acoustic - words.acoustic) / words.frames
        known = answer.text in self._answers.all()
        if not known or better < PLAIN_ANSWER_MARGIN or words.spoken_frames > PLAIN_ANSWER_FRAMES:
            return False
        clear = words.confidence() >= CLEAR
        longer = len(words.text.split()) > 1
        if words.text.partition(" ")[0] in {*self._answers.yes, *self._answers.no}:
            return not (clear and longer)  # "no, that is my old number" says more than no
        return not (clear and (longer or better < 0.0))


def _heard(words: Decoded) -> Heard:
    """Words as what was heard."""
    return Heard(compact(words.text), None, words.confidence(), 0.0, words.score)


def _is_dictated(digits: str, number: Decoded, words: Decoded, lengths: Sequence[int]) -> bool:
    """Whether a turn is a number rather than the free words that it was heard as."""
    if not digits:
        return False
    if mostly_digits(words.text):
        return True
    better = (number.acoustic - words.acoustic) / words.frames
    return better >= NUMBER_MARGIN and words.confidence() < CLEAR_AGAINST_NUMBER and len(digits) >= min(lengths) - 2
