"""Words to meaning: what the caller wants, answers and tells, and how surely.

Rules come first; what they say is weighed against what the words lean to, by count in example sentences, and
what neither knows is compared with those one by one. A sentence may carry several things at once, and all of them
are taken. Both languages are looked for in every sentence that may hold them, for callers mix them: the rules are
data (`words/`), a file a language.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

import msgspec

from npcl_voice.meaning.expectation import ANYTHING, Expectation, Kind
from npcl_voice.meaning.hazards import Hazard, find_danger
from npcl_voice.meaning.language import Tongue, tongue_of
from npcl_voice.meaning.leaning import Leaning
from npcl_voice.meaning.nearest import Nearest
from npcl_voice.meaning.numbers import DIGIT_WORDS, TEEN_WORDS, TENS_WORDS, number_runs
from npcl_voice.meaning.opinion import second_opinion
from npcl_voice.meaning.places import Places, side_of
from npcl_voice.meaning.replies import ANSWERS, Answer, reply_of
from npcl_voice.meaning.script import has_devanagari
from npcl_voice.meaning.sentiment import Sentiment, feeling_of
from npcl_voice.meaning.telling import name_told, numbers_told
from npcl_voice.meaning.wishes import BY_RULE, INTENTS, REPAIRED, TWO_AT_ONCE, is_restored, left_of, wish_of
from npcl_voice.meaning.wording import Wording, wording

__all__ = ["Answer", "Understander", "Understanding", "is_backchannel", "is_beside_a_number", "tells_of_theft"]

_ENGLISH: Final = wording("en")
_HINDI: Final = wording("hi")

_NO_IDEA: Final = 0.2
_LEAST_LEANING: Final = 0.8
"""From here on the words alone tell the intent, where no rule does."""
_SAYING: Final = 15
"""How often a sentence counts that somebody said, beside one of the many that a template is expanded to."""
_BY_ABSENCE: Final = 0.6
"""How surely something is none of our business where nothing of ours is spoken of."""
_LEAST_SCORE: Final = 0.62
"""From here on the nearest example tells the intent."""
_LEAST_OF: Final = {"hazard": 0.85, "yes": 0.85, "close_complaint": 0.85, "reopen": 0.75, "report_theft": 0.75}
"""Where more than that is wanted: the rules know danger well, and these have something done."""
_LEAST_PLACE: Final = 0.5
"""Places less sure than this were not named."""
_LEAST_ASKED, _LEAST_TOLD = 4, 5
"""In words: fewer than these make no request, and no story, of a stranger's kind, but a snatch of something."""
_LEAST_BESIDE: Final = 3
"""In words: shorter answers may be a number that was misheard."""
_LONGEST_GOODBYE: Final = 4
"""In words: what is merely one letter off a goodbye ends no longer sentence's call."""
_LONGEST_BACKCHANNEL: Final = 4
"""In words; who says more has something to say."""


class Understanding(msgspec.Struct, frozen=True):
    """What was understood of one utterance."""

    text: str
    language: str | None = None
    """`en` or `hi`; None when nothing was said."""
    intent: str | None = None
    hazard: Hazard | None = None
    answer: Answer | None = None
    slots: dict[str, str] = {}
    """What was told: `area`, `outside`, `ambiguous`, `family`, `side`, `house`, `number`, and what the number is;
    `name`; `trouble`, where it is another than no supply; `code`, to close a complaint; `language`, asked for;
    `window`, for a call back; `need`, of power."""
    confidence: float = 0.0
    """0 to 1: how surely it was understood at all."""
    sentiment: Sentiment | None = None
    """None when nothing was said."""
    language_confidence: float = 0.0
    """0 to 1: how much shows the language; 0 where it may be any."""
    doubt: Hazard | None = None
    """A danger that it may tell of, where none is found: to be asked about."""


class _Said(msgspec.Struct, frozen=True):
    """A sentence as the rules of one language want it."""

    words: Wording
    plain: str

    def signs(self) -> frozenset[str]:
        """The names of the signs that it shows."""
        return frozenset(name for name, pattern in self.words.signs.items() if pattern.search(self.plain))


def _signs_of(said: Iterable[_Said]) -> frozenset[str]:
    """The signs that a sentence shows in any language that it may be in."""
    return frozenset[str]().union(*(each.signs() for each in said))


def is_backchannel(text: str) -> bool:
    """Whether it shows no more than that the caller listens: "hmm", "okay, achha", "ठीक है"."""
    return any(_is_murmur(words, words.plain(text).split()) for words in (_ENGLISH, _HINDI))


def tells_of_theft(text: str) -> bool:
    """Whether somebody is said to steal power, whatever else is said: a wire that hangs there is a danger first."""
    signs = _signs_of(_in_languages(text, tongue_of(text)))
    return "theft" in signs and "accused" not in signs


def is_beside_a_number(text: str) -> bool:
    """Whether it is a few words where a number was asked for, without one and without a question: who has none."""
    said = _in_languages(text, tongue_of(text))
    words = text.split()
    told = len(words) >= _LEAST_BESIDE and not number_runs(text)
    return told and "asking" not in _signs_of(said)


def _is_murmur(words: Wording, said: Sequence[str]) -> bool:
    return 0 < len(said) <= _LONGEST_BACKCHANNEL and said != ["i"] and words.backchannels.issuperset(said)


class Understander:
    """Understands; remembers nothing."""

    def __init__(
        self,
        examples: Mapping[str, Sequence[str]],
        places: Places,
        hindi: Mapping[str, Sequence[str]] | None = None,
        sayings: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    ) -> None:
        """`examples` are sentences by intent or answer, such as the expanded `hear` table of a language.

        `hindi` are such sentences in Hindi, in either script; `sayings` more of them by language, as people say them.
        """
        second_opinion()  # read now, and not in the first call
        self._places = places
        self._nearest: dict[str, Nearest] = {}
        self._leaning: dict[str, Leaning] = {}
        numbers = {*DIGIT_WORDS, *TEEN_WORDS, *TENS_WORDS}
        for words, expanded in ((_ENGLISH, examples), (_HINDI, hindi or {})):
            said = (sayings or {}).get(words.name, {})
            known = {name: [words.plain(text) for text in texts] for name, texts in expanded.items()}
            own = {name: [words.plain(text) for text in texts] for name, texts in said.items()}
            everything = {name: [*known.get(name, ()), *own.get(name, ())] for name in {**known, **own}}
            self._nearest[words.name] = Nearest(everything, words.stop | numbers)
            self._leaning[words.name] = Leaning(
                [
                    *((name, plain, 1) for name, plains in known.items() for plain in plains),
                    *((name, plain, _SAYING) for name, plains in own.items() for plain in plains),
                ],
                words.stop,
            )

    def understand(self, text: str, expecting: Expectation = ANYTHING) -> Understanding:
        """What `text` means as an answer to the last question."""
        tongue = tongue_of(text)
        said = _in_languages(text, tongue)
        if not said:
            return Understanding(text)
        danger = find_danger(text)
        hazard = danger.hazard
        signs = _signs_of(said)
        if "nobody_vulnerable" in signs:
            signs -= {"vulnerable"}
        intent, surety = ("hazard", BY_RULE) if hazard else self._weighed(said[0], *wish_of(signs), expecting)
        if intent is None:
            intent, surety = self._repaired(said)
        intent = left_of(intent, signs)
        answer = next((reply for each in said if (reply := reply_of(each.words, each.plain, expecting, intent))), None)
        slots, beside, told = self._place(text)
        numbers, counted = numbers_told(text, expecting, answer, {*slots.values(), *beside})
        slots |= numbers
        slots |= _told(text, said, signs, intent)
        surety = max(surety, told, counted, BY_RULE if answer else 0.0)
        if intent is None and answer is None and not numbers:
            intent, answer, found = self._unforeseen(text, said, signs, expecting, bool(slots))
            intent = None if told and intent == "bye" else left_of(intent, signs)  # "Tau 1" is like "ta ta"
            surety = max(surety, found)
        return Understanding(
            text,
            tongue.language,
            intent,
            hazard,
            answer,
            slots,
            surety or _NO_IDEA,
            feeling_of(
                said[0].words,
                said[0].plain,
                trouble=_is_trouble(signs, hazard),
                wish=intent not in {None, "bye", "close_complaint"},
            ),
            tongue.confidence,
            danger.doubt,
        )

    def _weighed(
        self, said: _Said, intent: str | None, surety: float, expecting: Expectation
    ) -> tuple[str | None, float]:
        """The intent of the rules, or the one that the words lean to against them."""
        if intent is None or expecting.kind is not Kind.ANY:
            return intent, surety
        leant, _ = self._leaning[said.words.name].of(said.plain, intent)
        told = intent == "no_supply" and leant == "vulnerable"  # who is ill, and has no power, has no power
        if told or leant in {intent, "hazard"} or leant not in INTENTS:  # the rules know danger well
            return intent, surety
        return leant, TWO_AT_ONCE

    def _repaired(self, said: Sequence[_Said]) -> tuple[str | None, float]:
        """What is wanted once a word is put right that is one letter off one of the examples."""
        for each in said:
            repaired = self._nearest[each.words.name].repaired(each.plain)
            if repaired != each.plain:
                intent, surety = wish_of(_Said(each.words, repaired).signs())
                if intent == "bye" and len(repaired.split()) > _LONGEST_GOODBYE:
                    continue
                if intent is not None:
                    return intent, min(surety, REPAIRED)
        return None, 0.0

    def _unforeseen(
        self, text: str, said: Sequence[_Said], signs: frozenset[str], expecting: Expectation, told: bool
    ) -> tuple[str | None, Answer | None, float]:
        """What a sentence means that no rule knows: as the nearest example does, or none of our business."""
        if is_restored(signs) or is_backchannel(text):
            return None, None, 0.0
        open_question = expecting.kind is Kind.ANY and not told
        if "other_business" in signs:
            return ("out_of_scope", None, BY_RULE) if open_question else (None, None, 0.0)
        for each in said:
            name, score = self._nearest[each.words.name].find(each.plain)
            if name in INTENTS | ANSWERS and score >= _LEAST_OF.get(name, _LEAST_SCORE):
                surety = round(score * BY_RULE, 3)
                return (name, None, surety) if name in INTENTS else (None, cast("Answer", name), surety)
        leant, share = self._leaning[said[0].words.name].of(said[0].plain)
        if open_question and leant in INTENTS - {"hazard"} and share >= _LEAST_LEANING:
            return leant, None, round(share * TWO_AT_ONCE, 3)
        if open_question and "ours" not in signs:
            longest = max(len(each.plain.split()) for each in said)
            if longest >= (_LEAST_ASKED if "asking" in signs else _LEAST_TOLD):
                return "out_of_scope", None, _BY_ABSENCE
        return None, None, 0.0

    def _place(self, text: str) -> tuple[dict[str, str], tuple[str, ...], float]:
        """The place that is meant, other places that are named beside it, and how surely it is meant."""
        place = self._places.find(text)
        slots = {} if (side := side_of(text)) is None else {"side": side}
        if place is None or place.confidence < _LEAST_PLACE:
            return slots, (), 0.0
        kind = "outside" if place.outside else "family" if place.choices else "ambiguous" if place.ambiguous else "area"
        return {kind: place.name, **slots}, place.beside, place.confidence


def _in_languages(text: str, tongue: Tongue) -> list[_Said]:
    """The sentence as each language wants it that it may be in, the likelier first."""
    if not tongue.mixed:
        languages: tuple[Wording, ...] = (_ENGLISH,)
    elif has_devanagari(text):
        languages = (_HINDI,)
    else:
        languages = (_HINDI, _ENGLISH) if tongue.language == "hi" else (_ENGLISH, _HINDI)
    return [_Said(words, plain) for words in languages if (plain := words.plain(text))]


def _told(text: str, said: Sequence[_Said], signs: frozenset[str], intent: str | None) -> dict[str, str]:
    """What else the caller tells: a name, a language, a time to be called, a need of power."""
    slots: dict[str, str] = {}
    if name := name_told(text):
        slots["name"] = name
    if intent == "language" and (wanted := _language_wanted(said)):
        slots["language"] = wanted
    if intent in {"callback", "agent", None} and (window := _first(said, "windows")):
        slots["window"] = window
    if intent == "no_supply" and "voltage" in signs and "told" not in signs:
        slots["trouble"] = "fluctuation"
    if "vulnerable" in signs:
        slots["need"] = _first(said, "needs") or "illness"
    return slots


def _is_trouble(signs: frozenset[str], hazard: Hazard | None) -> bool:
    """Whether something is complained of, so that kind words are no more than manners."""
    return hazard is not None or bool(signs & {"no_supply", "told", "fault"} and not is_restored(signs))


def _first(said: Sequence[_Said], table: str) -> str | None:
    """The first entry of a table of patterns that the sentence shows, in the language that it is in first."""
    for each in said:
        for name, pattern in getattr(each.words, table).items():
            if pattern.search(each.plain):
                return str(name)
    return None


def _language_wanted(said: Sequence[_Said]) -> str | None:
    """The language that is asked for: of two the one that is not refused, in whichever words, or the last named."""
    wanted, others = {"english": "en", "hindi": "hi"}, {"english": "hi", "hindi": "en"}
    signs = frozenset(wanted).intersection(*(each.signs() for each in said))
    named = [sign for sign in wanted if sign in signs]
    if len(named) == 1:
        return wanted[named[0]]
    refused = [sign for sign in wanted if any(sign in each.plain.split() for each in said)]
    if not named and len(refused) == 1:
        return others[refused[0]]
    places = {sign: max(each.plain.rfind(sign) for each in said) for sign in wanted}
    return wanted[max(places, key=lambda sign: places[sign])] if named else None
