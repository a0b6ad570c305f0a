"""Words to meaning: what the caller wants, answers and tells, and how surely.

Rules come first; what they do not know is compared with the example sentences that the recogniser was
made for. A sentence may carry several things at once, and all of them are taken.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal, cast

import msgspec

from npcl_voice.domain.complaints import is_complaint_number
from npcl_voice.domain.consumers import is_consumer_number, is_mobile_number
from npcl_voice.meaning.expectation import ANYTHING, Expectation, Kind
from npcl_voice.meaning.hazards import Hazard, find_hazard
from npcl_voice.meaning.nearest import Nearest
from npcl_voice.meaning.numbers import (
    CORRECTIONS,
    DIGIT_WORDS,
    FILLERS,
    TEEN_WORDS,
    TENS_WORDS,
    Run,
    digits_in,
    number_runs,
)
from npcl_voice.meaning.places import Places, side_of
from npcl_voice.meaning.wording import wording

__all__ = ["Answer", "Understander", "Understanding", "is_backchannel"]

Answer = Literal["yes", "no", "wrong", "unknown", "wait"]

_ENGLISH: Final = wording("en")

ANSWERS: Final = frozenset({"yes", "no", "wrong", "unknown"})
NO_WISHES: Final = frozenset({"backchannel", "place", "number"})
"""Examples that are neither an answer nor an intent; under any other name they are an intent's."""

_BY_RULE, _TWO_AT_ONCE, _REPAIRED, _NO_IDEA = 0.9, 0.75, 0.65, 0.2
_LEAST_SCORE: Final = 0.62
"""From here on the nearest example tells the intent."""
_LEAST_OF: Final = {"hazard": 0.85, "yes": 0.85}
"""Where more than that is wanted: the rules know danger well, and a yes has something done."""
_LEAST_PLACE: Final = 0.5
"""Places less sure than this were not named."""
_LEAST_DIGITS: Final = 3
"""Shorter numbers count only where a number was asked for."""
_LONGEST_HOUSE: Final = 4
_WITH_COUNTRY_CODE: Final = 12
_LONGEST_BACKCHANNEL: Final = 4
"""In words; who says more has something to say."""

_HOUSE_BEFORE = re.compile(
    r"\b(?:house|flat|plot|door|villa|apartment|quarter|shop)(?:\W+(?:number|no|num|is|its|it's))*\W+(?:([a-z])\W*)?$",
    re.IGNORECASE,
)
_HOUSE_AFTER = re.compile(r" ?([a-h])(?![^\W\d_])", re.IGNORECASE)
_LOOK_BACK: Final = 60
"""Letters before a number in which its address word is looked for."""


class Understanding(msgspec.Struct, frozen=True):
    """What was understood of one utterance."""

    text: str
    language: str | None = None
    """`en`; None when nothing was said."""
    intent: str | None = None
    hazard: Hazard | None = None
    answer: Answer | None = None
    slots: dict[str, str] = {}
    """What was told: `area`, `outside`, `ambiguous`, `family`, `side`, `house`, `number`, and what the number is."""
    confidence: float = 0.0
    """0 to 1: how surely it was understood at all."""
    sentiment: str | None = None
    """None as long as nobody looks for it."""


def is_backchannel(text: str) -> bool:
    """Whether it shows no more than that the caller listens: "hmm", "okay, achha"."""
    words = _ENGLISH.plain(text).split()
    return 0 < len(words) <= _LONGEST_BACKCHANNEL and " ".join(words) != "i" and _ENGLISH.backchannels.issuperset(words)


class Understander:
    """Understands; remembers nothing."""

    def __init__(self, examples: Mapping[str, Sequence[str]], places: Places) -> None:
        """`examples` are sentences by intent or answer, such as the expanded `hear` table of a language."""
        self._places = places
        self._nearest = Nearest(
            {name: [_ENGLISH.plain(sentence) for sentence in sentences] for name, sentences in examples.items()},
            _ENGLISH.stop | {*DIGIT_WORDS, *TEEN_WORDS, *TENS_WORDS},
        )

    def understand(self, text: str, expecting: Expectation = ANYTHING) -> Understanding:
        """What `text` means as an answer to the last question."""
        plain = _ENGLISH.plain(text)
        if not plain:
            return Understanding(text)
        hazard = find_hazard(text)
        intent, surety = ("hazard", _BY_RULE) if hazard else _intent(plain)
        if intent is None and (repaired := self._nearest.repaired(plain)) != plain:
            intent, surety = _intent(repaired)
            surety = min(surety, _REPAIRED)
        answer = _answer(plain, expecting, intent)
        slots, told = self._place(text)
        numbers, counted = _numbers(text, expecting, answer, slots)
        surety = max(surety, told, counted, _BY_RULE if answer else 0.0)
        foreign = _is_restored(plain) or _ENGLISH.other_business.search(plain)
        if intent is None and answer is None and not numbers and not foreign:
            name, score = self._nearest.find(plain)
            ignored = NO_WISHES | ANSWERS if is_backchannel(text) else NO_WISHES
            if name not in ignored and score >= _LEAST_OF.get(name, _LEAST_SCORE):
                surety = max(surety, round(score * _BY_RULE, 3))
                intent = None if name in ANSWERS else name
                answer = cast("Answer", name) if name in ANSWERS else None
        return Understanding(text, "en", intent, hazard, answer, {**slots, **numbers}, surety or _NO_IDEA)

    def _place(self, text: str) -> tuple[dict[str, str], float]:
        place = self._places.find(text)
        slots = {} if (side := side_of(text)) is None else {"side": side}
        if place is None or place.confidence < _LEAST_PLACE:
            return slots, 0.0
        kind = "outside" if place.outside else "family" if place.choices else "ambiguous" if place.ambiguous else "area"
        return {kind: place.name, **slots}, place.confidence


def _intent(plain: str) -> tuple[str | None, float]:
    """The intent that the rules find, and how surely; None and 0 when they find none."""
    for name, pattern in _ENGLISH.decisive.items():
        if pattern.search(plain):
            return name, _BY_RULE
    found = {name for name, pattern in _ENGLISH.intents.items() if pattern.search(plain)}
    if _is_restored(plain):
        found -= {"no_supply", "fault"}
    complaint = _ENGLISH.complaint.search(plain) is not None
    if _ENGLISH.other_business.search(plain):
        found -= {"new_complaint", "fault"}
        found -= set() if complaint else {"status"}
    known = _ENGLISH.strong_status.search(plain) is not None
    if "status" in found and ("new_complaint" not in found or known):
        outage = found & {"no_supply", "fault"}
        if not outage or complaint or known:
            return "complaint_status", _TWO_AT_ONCE if outage else _BY_RULE
    if found & {"no_supply", "fault", "new_complaint"}:
        return "no_supply", _BY_RULE
    for name in ("hazard", "agent", "bye", "repeat"):
        if name in found:
            return name, _BY_RULE
    return None, 0.0


def _is_restored(plain: str) -> bool:
    """Whether it tells that the supply is back."""
    return _ENGLISH.restored.search(plain) is not None and _ENGLISH.doubt.search(plain) is None


def _answer(plain: str, expecting: Expectation, intent: str | None) -> Answer | None:
    led, rest = _lead(plain, expecting)
    if intent == "repeat" or (expecting.kind is Kind.ANY and intent not in {None, "bye"}):
        return led
    for name in ("wait", "wrong", "unknown"):
        if _ENGLISH.answers[name].search(plain):
            return name
    if _ENGLISH.answers["yes"].search(rest):
        if led != "no":
            return "yes"
        return None if expecting.kind is Kind.YES_NO else led  # a no and a yes at once may be either
    if led is not None:
        return led
    if _ENGLISH.answers["no"].search(rest):
        return "no"
    agreed = expecting.kind is Kind.YES_NO and _ENGLISH.answers["agreed"].search(plain) and not digits_in(plain)
    return "yes" if agreed else None


def _lead(plain: str, expecting: Expectation) -> tuple[Answer | None, str]:
    """The yes or no that a sentence begins with, the last of several, and what follows."""
    words = plain.split()
    answer: Answer | None = None
    for place, word in enumerate(words):
        rest = " ".join(words[place:])
        if word not in _ENGLISH.yes | _ENGLISH.no | _ENGLISH.leads:
            return answer, rest
        if expecting.kind is not Kind.YES_NO and _ENGLISH.not_leading.match(rest):
            return answer, rest
        if word in _ENGLISH.yes:
            answer = "yes"
        elif word in _ENGLISH.no:
            answer = "no"
    return answer, ""


def _numbers(
    text: str, expecting: Expectation, answer: Answer | None, places: Mapping[str, str]
) -> tuple[dict[str, str], float]:
    """The numbers that were told, by what they are, and how surely they are what was asked for."""
    of_place = {digits_in(name) for name in places.values()}
    lengths = expecting.lengths
    runs = [run for run in number_runs(text) if run.digits(lengths) not in of_place]
    slots: dict[str, str] = {}
    for run in runs:
        slots |= _kinds(run.digits(lengths))
        if house := _house(text, run):
            slots["house"] = house
    number = _number(text, expecting, runs, answer)
    if not number:
        return slots, _BY_RULE if slots else 0.0
    slots |= _kinds(number)
    slots["number"] = number
    if lengths and lengths[-1] <= _LONGEST_HOUSE:
        slots.setdefault("house", number)
    return slots, _BY_RULE if not lengths or len(number) in lengths else _TWO_AT_ONCE


def _number(text: str, expecting: Expectation, runs: Sequence[Run], answer: Answer | None) -> str:
    """The number that answers the question, or that cannot be overheard; empty for none."""
    spoken = [run.digits(expecting.lengths) for run in runs]
    whole = "".join(spoken)
    if expecting.kind is Kind.NUMBER:
        fitting = [digits for digits in (*spoken, whole) if len(digits) in expecting.lengths]
        if fitting:
            return fitting[0]
        return whole if len(whole) >= _LEAST_DIGITS or _nothing_else(text, runs) else ""
    longest = max(spoken, key=len, default="")
    if len(longest) >= _LEAST_DIGITS:
        return longest
    corrected = expecting.kind is Kind.YES_NO and (answer in {"no", "wrong"} or _nothing_else(text, runs))
    return longest if corrected else ""


def _nothing_else(text: str, runs: Sequence[Run]) -> bool:
    """Whether a text is nothing but numbers and what one says around them."""
    rest = list(text)
    for run in runs:
        rest[run.start : run.end] = " " * (run.end - run.start)
    return all(word in FILLERS or word in CORRECTIONS for word in _ENGLISH.plain("".join(rest)).split())


def _kinds(digits: str) -> dict[str, str]:
    """What a whole number can be by its shape."""
    if is_complaint_number(digits):
        return {"complaint_number": digits}
    if is_consumer_number(digits):
        return {"consumer_number": digits}
    local = digits[2:] if len(digits) == _WITH_COUNTRY_CODE and digits.startswith("91") else digits
    return {"phone": local} if is_mobile_number(local) else {}


def _house(text: str, run: Run) -> str:
    """The house number that a run is, with its letter: `B-204`, `12A`; empty when it is none."""
    digits = run.digits()
    before = _HOUSE_BEFORE.search(text[max(0, run.start - _LOOK_BACK) : run.start])
    if before is None or len(digits) > _LONGEST_HOUSE:
        return ""
    after = _HOUSE_AFTER.match(text, run.end)
    block = f"{before[1].upper()}-" if before[1] else ""
    return f"{block}{digits}{after[1].upper() if after else ''}"
