"""What a caller tells along with a wish or an answer: numbers, a house, a name, a time to be called."""

import re
from collections.abc import Collection, Sequence
from functools import partial
from itertools import takewhile
from typing import Final

from npcl_voice.domain.complaints import COMPLAINT_DIGITS, is_complaint_number
from npcl_voice.domain.consumers import is_consumer_number, is_mobile_number
from npcl_voice.meaning.expectation import Expectation, Kind
from npcl_voice.meaning.names import COMMON_WORDS, PERSONS_NAMES, PLACEHOLDERS, in_latin
from npcl_voice.meaning.numbers import CORRECTIONS, FILLERS, Run, digits_in, number_runs, spoken_number
from npcl_voice.meaning.numbers.kinds import local_mobile
from npcl_voice.meaning.replies import Answer
from npcl_voice.meaning.script import fold, has_devanagari, romanised
from npcl_voice.meaning.wording import wording

__all__ = ["CODE_DIGITS", "known_name_in", "name_answered", "name_told", "numbers_told"]

CODE_DIGITS: Final = 6
"""Digits of the code that closes a complaint."""

_BY_RULE, _TWO_AT_ONCE = 0.9, 0.75
_LEAST_DIGITS: Final = 3
"""Shorter numbers count only where a number was asked for."""
_LONGEST_HOUSE: Final = 4
_WHOLE: Final = (COMPLAINT_DIGITS, 10)
"""How long the numbers are that may be told unasked: of a complaint, of a consumer, of a telephone."""
_LOOK_BACK: Final = 60
"""Letters before a number in which its address word is looked for."""

_HOUSE_BEFORE: Final = re.compile(
    r"\b(?:house|flat|plot|door|villa|apartment|quarter|shop|makaan|makan|ghar|kothi|dukaan|dukan)"
    r"(?:\W+(?:number|no|num|is|its|it's|ka|mera|hai))*\W+(?:([a-z])\W*)?$",
    re.IGNORECASE,
)
_BLOCK_BEFORE: Final = re.compile(r"(?<![^\W_])([A-Za-z](?=[-/])|[B-HJ-Z])[ /-]?$")
_ANYTHING: Final = re.compile("()$")
_HOUSE_AFTER: Final = re.compile(r" ?([a-h])(?![^\W\d_])", re.IGNORECASE)
_LETTERS: Final = {"ayi": "A", "bi": "B", "si": "C", "di": "D", "i": "E", "ef": "F", "ji": "G", "ec": "H"}
"""Letters by their names in Devanagari, folded; A, written as `e`, is spelt like `aayi`."""
_HINDI_BEFORE: Final = re.compile(
    r"\b(?:house|flat|plot|maka|gar|koti|duka)(?: (?:nunber|ka|mera|he))*(?: (ayi|bi|si|di|i|ef|ji|ec))?$"
)
_HINDI_AFTER: Final = re.compile(r"(ayi|bi|si|di|i|ef|ji|ec)\b")
_CODE: Final = re.compile(r"\b(?:code|otp|o t p)\b")

_INTRODUCED: Final = re.compile(
    r"\b(?:my (?:\w+ )?name is|(?:my|the) name's|name is|naam hai|naam|nam hai|nam|name hai)\b[\s,:]*(?P<name>.*)"
    r"|\b(?:this is|i am|i'm|main|mai|mein) (?P<speaker>[a-z]+(?: [a-z]+){0,3}?)"
    r" (?:speaking|here|calling|bol r|baat kar r|bol )"
)
_NAME_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\S")
_LONGEST_NAME: Final = 4
_RELATIVES: Final = frozenset("son daughter wife husband father mother brother sister".split())
_RIGHT: Final = frozenset("sorry no nahi mean misspoke actually galti galat matlab".split())
"""Words by which a second name takes the first one's place."""
_KNOWN_NAMES: Final = frozenset(map(fold, (*PERSONS_NAMES, *PLACEHOLDERS)))
"""Folded; in a log that is replayed, names are those that stand for them."""
_COMMON_FOLDED: Final = frozenset(map(fold, COMMON_WORDS)) - _KNOWN_NAMES
_HINDI: Final = wording("hi")
_ENGLISH: Final = wording("en")
_NO_NAME: Final = frozenset("hai badal badalna change par pe mein rehne rahne chhodo".split()).union(
    _HINDI.own, _HINDI.yes, _HINDI.no, _HINDI.leads
)


def name_told(text: str) -> str | None:
    """The name with which the caller introduces himself, in Latin letters; None when he does not.

    "My name is ...", "... speaking", "mera naam ... hai", "main ... bol raha hoon".
    """
    said = in_latin(text).lower().replace("’", "'")
    found = _INTRODUCED.search(said)
    if found is None:
        return None
    words = _NAME_WORD.findall(found["name"] if found["speaker"] is None else found["speaker"])
    name = list(takewhile(_may_be_name, words))[:_LONGEST_NAME]
    return " ".join(name).title() or None


def name_answered(text: str) -> str | None:
    """The name in an answer to whose name it is, in Latin letters; None where it holds none that is known for one.

    A name that introduces itself counts where no known one is.
    """
    return known_name_in(text) or name_told(text)


def known_name_in(text: str) -> str | None:
    """The known name of which a sentence tells, in Latin letters.

    Of several the first that is not denied, nor a relative's; the last where it puts another right: "Priya, no, sorry,
    Dheeraj Kumar", or where it is told whose name it is: "Dheeraj Kumar ke naam pe hai".
    """
    words = _NAME_WORD.findall(in_latin(text).lower().replace("’", "'"))
    runs: list[tuple[int, int]] = []
    for at, word in enumerate(words):
        if _may_be_name(word) and fold(word) not in _COMMON_FOLDED:
            runs = [*runs[:-1], (runs[-1][0], at + 1)] if runs and runs[-1][1] == at else [*runs, (at, at + 1)]
    meant = [(start, end) for start, end in runs if _is_meant_name(words, start, end)]
    if not meant:
        return None
    right = not _RIGHT.isdisjoint(words[meant[0][1] : meant[-1][0]]) or words[meant[-1][1] :][1:2] == ["naam"]
    start, end = meant[-1] if right else meant[0]
    return " ".join(words[start:end]).title()


def _is_meant_name(words: Sequence[str], start: int, end: int) -> bool:
    """Whether these words are a known name, not denied and not of a relative."""
    known = end - start <= _LONGEST_NAME and not _KNOWN_NAMES.isdisjoint(map(fold, words[start:end]))
    before, behind = words[max(0, start - 2) : start], words[end : end + 1]
    denied = before[-1:] == ["not"] or behind in (["nahi"], ["nahin"], ["naheen"])
    return known and not denied and not (before[:1] and before[0] in _RELATIVES and before[1] in {"of", "is"})


def _may_be_name(word: str) -> bool:
    return word.isalpha() and word not in COMMON_WORDS and _HINDI.plain(word) not in _NO_NAME


def numbers_told(
    text: str, expecting: Expectation, answer: Answer | None, places: Collection[str]
) -> tuple[dict[str, str], float]:
    """The numbers that were told, by what they are, and how surely they are what was asked for.

    The numbers in the names of `places` are none of them.
    """
    of_place = {digits_in(name) for name in places}
    lengths = expecting.lengths or _WHOLE
    runs = [run for run in map(partial(_behind_place, text, of_place), number_runs(text)) if run.parts]
    slots: dict[str, str] = {}
    coded = _CODE.search(text.lower()) or _CODE.search(_HINDI.plain(text))
    for run in runs:
        digits = run.digits(lengths)
        slots |= _kinds(digits)
        if coded and len(digits) == CODE_DIGITS:
            slots["code"] = digits
        if house := _house(text, run, asked=lengths[-1] <= _LONGEST_HOUSE):
            slots["house"] = house
    number = _number(text, expecting, runs, answer)
    if not number:
        return slots, _BY_RULE if slots else 0.0
    slots |= _kinds(number)
    slots["number"] = number
    if lengths[-1] <= _LONGEST_HOUSE:
        slots.setdefault("house", number)
    return slots, _BY_RULE if not expecting.lengths or len(number) in lengths else _TWO_AT_ONCE


def _number(text: str, expecting: Expectation, runs: Sequence[Run], answer: Answer | None) -> str:
    """The number that answers the question, or that cannot be overheard; empty for none."""
    spoken = [run.digits(expecting.lengths or _WHOLE) for run in runs]
    whole = "".join(spoken)
    if expecting.kind is Kind.NUMBER:
        fitting = [digits for digits in (*spoken, whole) if len(digits) in expecting.lengths]
        if expecting.lengths[-1] > _LONGEST_HOUSE and (number := spoken_number(text, expecting.lengths)):
            return number
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
    return all(word in FILLERS or word in CORRECTIONS for word in _ENGLISH.plain(romanised("".join(rest))).split())


def _kinds(digits: str) -> dict[str, str]:
    """What a whole number can be by its shape."""
    if is_complaint_number(digits):
        return {"complaint_number": digits}
    if is_consumer_number(digits):
        return {"consumer_number": digits}
    local = local_mobile(digits)
    return {"phone": local} if is_mobile_number(local) else {}


def _behind_place(text: str, of_place: Collection[str], run: Run) -> Run:
    """What is left of a run without the number of a place at its beginning: "Xu 1, 512"; it may be nothing."""
    if run.digits() in of_place:
        return Run(())
    first, *others = run.parts
    apart = bool(others) and not text[first.unit.end : others[0].unit.start].isspace()
    return Run(tuple(others)) if apart and first.unit.digits in of_place else run


def _house(text: str, run: Run, *, asked: bool) -> str:
    """The house number that a run is, with its letter: `B-204`, `12A`; empty when it is none.

    Where it was `asked` for, a letter that belongs to it is enough to know it by.
    """
    digits = run.digits()
    if len(digits) > _LONGEST_HOUSE:
        return ""
    ahead, behind = text[max(0, run.start - _LOOK_BACK) : run.start], text[run.end : run.end + _LOOK_BACK]
    hindi = has_devanagari(ahead)
    if hindi:
        before, after = _HINDI_BEFORE.search(_HINDI.plain(ahead)), _HINDI_AFTER.match(_HINDI.plain(behind))
    else:
        before, after = _HOUSE_BEFORE.search(ahead), _HOUSE_AFTER.match(behind)
    if before is None and asked and not hindi:
        before = _BLOCK_BEFORE.search(ahead) or (_ANYTHING.search(ahead) if after is not None else None)
    if before is None:
        return ""
    block, letter = (
        "" if name is None else _LETTERS[name] if hindi else name.upper() for name in (before[1], after and after[1])
    )
    return f"{block}{'-' if block else ''}{digits}{letter}"
