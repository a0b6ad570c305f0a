"""Danger first: looked for in every utterance, and in every part of one as it is heard.

Words stand for classes, in whichever language or script they come, and rules say which classes together are
a danger. A false alarm costs less than a miss. Danger that is denied ("there is no fire") is none, and
neither is a figure of speech ("fire the manager"), one that is over ("last year a wire fell") or a mere
thought ("if there is a fire"). P0 is danger to life; P1 is equipment that may become one.

What the rules say is held against a second opinion, counted from examples: it finds what no rule knows, and
takes for a doubt what a rule knows too well. A doubt is nothing to be warned of, but to be asked about.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from npcl_voice.meaning.danger import Hazard, Level, Rule
from npcl_voice.meaning.danger_words import danger
from npcl_voice.meaning.heard import Heard, hear
from npcl_voice.meaning.mishearing import STOPS
from npcl_voice.meaning.opinion import Opinion, features, second_opinion

__all__ = ["Finding", "Hazard", "Level", "denies_danger", "find_danger", "find_hazard"]

_DANGER: Final = danger()

_SURE: Final = 14.0
"""From here on words are danger that no rule knows. These are natural logarithms of odds, and were chosen by judging
each hand's sentences with what the others' taught."""
_DOUBTED: Final = 5.0
"""From here on they may be."""
_SURE_EVEN_SO: Final = 22.0
"""From here on they are where something is denied, or known to be another thing."""
_HARMLESS: Final = -4.0
"""Below, what a rule takes for P1 may be none; danger to life that a rule finds is never doubted."""
_GRAVE: Final = 12.0
"""From here on what a rule takes for P1 is danger to life."""
_SPOKEN: Final = (
    frozenset(part for rule in _DANGER.rules for name in rule.together for part in name.split(">")) - _DANGER.wider
)
"""Classes that rules speak of."""
_LEAST_SPOKEN: Final = 2
"""So many of them must be meant where no rule finds danger: "hello sir, come fast" tells of none."""
_MOST_TOGETHER: Final = 24
"""Words that are weighed together: more talk around a danger makes it no less of one."""

_NEAR: Final = 8
"""The words of one danger stand within so many words of each other, small ones not counted."""
_MOST_WORDS: Final = 16
"""The same with all of them counted."""
_AROUND: Final = 4
"""So near stands what tells whether a danger is of now."""
_APART: Final = 10
"""So far may "last year" or "it was repaired" stand from it."""

_LASTING: Final = frozenset({"wire_down", "pole_damaged"})
"""A wire that fell lies there until somebody comes; a fire goes out."""
_FLAMES: Final = frozenset({"fire", "smoke", "smoking", "burning"})
_LONG_AGO, _DAYS_AGO, _MENDED, _FALSE_ALARM = "longago", "daysago", "mended", "falsealarm"
_TALK, _OF_NOW, _URGENT = "talk", "ofnow", "urgent"
"""A film, the news or a lesson; and what tells that more is meant."""
_TALKED: Final = 12
"""So far may a danger stand from what says that it is only talked of."""
_REPLACED: Final = tuple(name for name in _DANGER.mended if name.startswith("newone>"))
"""What is new stands before the old that burnt: "naya lag gaya, purana jal gaya tha"."""
_VOID: Final = frozenset(void.chain.name for void in _DANGER.void)
"""Words in a row that are known to mean something else: a lamp that burns."""
_SUPPLY: Final = frozenset({"lamp", "supply", "electricity"})
"""That these came back mends no wire."""


class Finding(msgspec.Struct, frozen=True):
    """What was found in a text; at most one of the two."""

    hazard: Hazard | None = None
    """The gravest danger that it speaks of."""
    doubt: Hazard | None = None
    """What it may speak of: to be asked about."""


def find_hazard(text: str, *, whole: bool = True) -> Hazard | None:
    """The gravest danger that `text` speaks of; None when it speaks of none.

    Takes time in proportion to the length of the text: it is asked on every partial transcript. Where the text is
    not `whole` the rules alone find danger: "there is a fire" may become "a fire brigade office".
    """
    return find_danger(text, whole=whole).hazard


def denies_danger(text: str) -> bool:
    """Whether `text` says that there is no danger: "no, there is no fire", "galti se bola".

    A bare no denies nothing, and neither does who speaks of another danger.
    """
    heard = hear(text)
    return _is_denied(heard) and _found(text, heard, second_opinion(), whole=True) == Finding()


def find_danger(text: str, *, whole: bool = True, opinion: Opinion | None = None) -> Finding:
    """Danger, or what may be one, in a text; by another than the packaged second `opinion`, if one is given."""
    return _found(text, hear(text), opinion or second_opinion(), whole=whole)


def _found(text: str, heard: Heard, opinion: Opinion, *, whole: bool) -> Finding:
    ruled = _gravest(heard)
    if not whole or (ruled is not None and ruled.level == "P0"):
        return Finding(ruled)
    leaning, shown = max((opinion.danger(shown), shown) for shown in _shown(text, heard))
    if ruled is not None:
        if leaning < _HARMLESS:
            return Finding(doubt=ruled)
        is_grave = leaning >= _DOUBTED and opinion.life(shown) >= _GRAVE
        return Finding(Hazard("P0", ruled.kind) if is_grave else ruled)
    doubted, sure = (_SURE, _SURE_EVEN_SO) if _is_excused(heard) else (_DOUBTED, _SURE)
    if leaning < doubted or len(_SPOKEN & heard.places.keys()) < _LEAST_SPOKEN:
        return Finding()
    leant = Hazard("P0", opinion.kind(shown))
    return Finding(leant) if leaning >= sure else Finding(doubt=leant)


def _is_excused(heard: Heard) -> bool:
    """Whether some of it is denied, talk, or known to mean another thing: rules know that, counted words do not."""
    return _is_denied(heard) or _TALK in heard.said or not _VOID.isdisjoint(heard.said)


def _shown(text: str, heard: Heard) -> Iterator[frozenset[str]]:
    """What a text shows to the second opinion, part by part where it is long; parts overlap by half."""
    words = text.split()
    if len(words) <= _MOST_TOGETHER:
        yield features(text, heard)
        return
    for first in range(0, len(words) - _MOST_TOGETHER // 2, _MOST_TOGETHER // 2):
        part = " ".join(words[first : first + _MOST_TOGETHER])
        yield features(part, hear(part))


def _is_denied(heard: Heard) -> bool:
    return bool(heard.denied & _DANGER.events) or _FALSE_ALARM in heard.places


def _gravest(heard: Heard) -> Hazard | None:
    spoken = frozenset(heard.places)
    for rule in _DANGER.rules:
        if spoken.issuperset(rule.together) and _fits(rule, heard):
            return rule.without_fire if rule.without_fire and heard.denied & _FLAMES else rule.hazard
    return None


def _fits(rule: Rule, heard: Heard) -> bool:
    first, *others = rule.together
    for anchor in heard.places[first]:
        low = high = anchor
        for name in others:
            near = _nearest(heard.places[name], anchor)
            if near is None:
                return False
            low, high = min(low, near), max(high, near)
        if high - low > _NEAR and not _are_near(heard.tokens, low, high):
            continue
        harmless = (_nearest(heard.said.get(name, ()), anchor) for name in rule.unless)
        if any(place is not None and low - _NEAR <= place <= high + _NEAR for place in harmless):
            continue
        if _is_talk(heard, low, high):
            continue
        if heard.pending or not _is_over(heard, low, high, lasts=rule.hazard.kind in _LASTING):
            return True
    return False


def _are_near(tokens: Sequence[str], low: int, high: int) -> bool:
    """Whether few words but small ones stand between the places."""
    return high - low <= _MOST_WORDS and sum(token not in _DANGER.small for token in tokens[low:high]) <= _NEAR


def _nearest(places: Sequence[int], anchor: int) -> int | None:
    """The place closest to `anchor`."""
    after = bisect_left(places, anchor)
    return min(places[max(0, after - 1) : after + 1], key=lambda place: abs(place - anchor), default=None)


def _is_over(heard: Heard, low: int, high: int, *, lasts: bool) -> bool:
    """Whether the danger between `low` and `high` is past and gone. One that lasts is not gone after some days."""
    tokens = heard.tokens
    for name in (_LONG_AGO,) if lasts else (_LONG_AGO, _DAYS_AGO):
        ago = _nearest(heard.said.get(name, ()), low)
        if ago is not None and low - _APART <= ago <= high + _APART and _is_of_then(tokens, low, high, told=False):
            return True
    for place in _within(heard, _MENDED, low - _APART, low - 1):
        if all(token in _DANGER.small for token in tokens[place + 1 : low]):
            return _is_of_then(tokens, low, high, told=True)
    if any(_within(heard, name, low - _APART, high) for name in _REPLACED):
        behind = tokens[high + 1 : high + 1 + _AROUND // 2]
        return any(token in grammar.was for grammar in _DANGER.grammars for token in behind)
    flames = [index for index in range(low, min(high + _APART, len(tokens))) if heard.meant[index] & _FLAMES]
    if flames == [low] and any(
        _is_mended(heard, low, place, told=True) for place in _within(heard, _MENDED, low + 1, high)
    ):
        return True  # "the *fire* was put out, the wiring is new"
    told = any(_within(heard, name, low - _AROUND, high + _APART) for name in (_LONG_AGO, _DAYS_AGO))
    return any(
        _is_mended(heard, low, place, told=told or name == _MENDED)
        for name in (_MENDED, *_DANGER.mended)
        for place in _within(heard, name, high + 1, high + _APART)
    )


def _within(heard: Heard, name: str, first: int, last: int) -> Sequence[int]:
    """The places of a class from `first` to `last`, undenied."""
    places = heard.places.get(name, ())
    return places[bisect_left(places, first) : bisect_left(places, last + 1)]


def _is_talk(heard: Heard, low: int, high: int) -> bool:
    """Whether the danger between `low` and `high` is of a film, the news or a lesson, and nothing tells of help."""
    talk = _nearest(heard.said.get(_TALK, ()), low)
    if talk is None or not low - _TALKED <= talk <= high + _TALKED or heard.pending or _URGENT in heard.said:
        return False
    around = _around(heard.tokens, low, high)
    return not any(_OF_NOW in heard.meant[index] for index in around)


def _around(tokens: Sequence[str], low: int, high: int) -> range:
    """The places of the sentence around the danger, as far as it is near."""
    start = end = low
    while start > max(0, low - _AROUND) and tokens[start - 1] not in STOPS:
        start -= 1
    while end < min(len(tokens), high + 1 + _AROUND) and tokens[end] not in STOPS:
        end += 1
    return range(start, end)


def _is_of_then(tokens: Sequence[str], low: int, high: int, *, told: bool) -> bool:
    """Whether the sentence around the danger is of the past, or `told` as past already, and not of the present."""
    near = _around(tokens, low, high)
    around = tokens[near.start : near.stop]
    past = told or any(token in grammar.was for grammar in _DANGER.grammars for token in around)
    return past and not any(token in grammar.now for grammar in _DANGER.grammars for token in around)


def _is_mended(heard: Heard, low: int, place: int, *, told: bool) -> bool:
    """Whether what stands at `place` says that the danger from `low` on was put right, and stayed so.

    Words that do not tell of the past by themselves (not `told`) need others that do.
    """
    tokens = heard.tokens
    if any(heard.meant[near] & _SUPPLY for near in range(max(0, place - 2), place)):
        return False
    before, negated, after = (
        tokens[max(0, low - _AROUND) : place],
        tokens[place - 1],
        tokens[place + 1 : place + 1 + _APART],
    )
    for grammar in _DANGER.grammars:
        told = told or any(token in grammar.was for token in before)
        if negated in grammar.before or negated in grammar.behind or any(token in grammar.again for token in after):
            return False
    return told
