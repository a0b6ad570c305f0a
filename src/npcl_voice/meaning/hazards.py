"""Danger first: looked for in every utterance, and in every part of one as it is heard.

A table for each language says which words stand for what, and which of them together are a danger.
A false alarm costs less than a miss. Danger that is denied ("there is no fire") is none, and neither is a
figure of speech ("fire the manager"). P0 is danger to life; P1 is equipment that may become one.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Final, Literal

import msgspec
from rapidfuzz.distance import Levenshtein

from npcl_voice.domain.complaints import HazardKind

__all__ = ["Hazard", "Level", "find_hazard"]

Level = Literal["P0", "P1"]


class Hazard(msgspec.Struct, frozen=True):
    """A danger that was spoken of."""

    level: Level
    kind: HazardKind


class _Rule(msgspec.Struct, frozen=True):
    hazard: Hazard
    classes: tuple[str, ...]
    """All of them must be there, in any order, close together, none denied."""
    unless: str
    """A class that makes it harmless when it stands near; empty for none."""


class _Language(msgspec.Struct, frozen=True):
    """The words of danger in one language."""

    phrases: Mapping[tuple[str, ...], tuple[str, ...]]
    """What stands for several words together; nothing, where together they are harmless."""
    classes: Mapping[str, frozenset[str]]
    """What a word may stand for."""
    long_words: tuple[str, ...]
    """Words that are still themselves with one letter wrong."""
    not_those: frozenset[str]
    """Words that differ from those by one letter and are others."""
    negators: frozenset[str]
    carried: frozenset[str]
    """Words that may stand between a negator and what it denies: "not *on* fire"."""
    links: frozenset[str]
    """Words that carry a denial on: "no fire *or* smoke"."""
    copulas: frozenset[str]
    absent: frozenset[str]
    """What follows a negator after the thing denied: "smoke is not *there*"."""
    rules: tuple[_Rule, ...]
    """The first that fits counts."""


_NEAR: Final = 8
"""The words of one danger stand within so many words of each other."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.,;:!?]")
_BARRIER: Final = ","


def _phrases(table: Mapping[str, str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """`"a b; c d" -> "e"`: each of the phrases on the left is what stands on the right."""
    return {tuple(phrase.split()): tuple(to.split()) for many, to in table.items() for phrase in many.split(";")}


def _classes(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    classes: dict[str, set[str]] = {}
    for name, words in table.items():
        for word in words.split():
            classes.setdefault(word, set()).add(name)
    return {word: frozenset(names) for word, names in classes.items()}


def _rules(level: Level, kind: HazardKind, *rules: str) -> list[_Rule]:
    """`"wire fallen"`, or with what makes it harmless `"shock person gets - bill"`."""
    split = [rule.partition(" - ") for rule in rules]
    return [_Rule(Hazard(level, kind), tuple(classes.split()), unless) for classes, _, unless in split]


_DISMISSED = [
    f"fire {whom} {staff}"
    for whom, staff in product(
        ("the", "your", "that", "this", "all the", "those", "these"),
        ("manager", "officer", "officers", "engineer", "employee", "employees", "staff", "agent", "guy", "people", "team",
         "boss", "operator", "lineman", "linemen", "technician", "executive", "director", "person"),
    )
]  # fmt: skip

_ENGLISH: Final = _Language(
    phrases=_phrases(
        {
            # Several words for one thing.
            "short circuit; shot circuit; short circuits; short circuited": "shortcircuit",
            "trans former; d p": "transformer",
            "feeder pillar; junction box; meter box; distribution box; electric box; fuse box": "box",
            "switch board": "board",
            "power line; power lines; electric line; electric lines; overhead line; overhead lines; ht line; h t line; "
            "tension line; live line; live lines": "powerline",
            "no power line; no power lines": "no power line",
            "live wire; live wires; live cable; live electric wire": "livewire",
            "street light pole": "pole",
            "no one": "nobody",
            "no longer": "not",
            "blew up; blow up; blown up; blowing up; went off with": "exploded",
            "burst into flames; up in flames": "flames",
            "come down; came down; coming down; comes down": "fallen",
            "on the road; on road; on the ground; on ground; on the street; on street; on a car; on the car; on the roof; "
            "on my roof; on a roof; on a tree; on the tree; on the floor": "ground",
            "not breathing; isn't breathing; passed out; no pulse": "unconscious",
            "electric shock; electrical shock; electric shocks; electrics shock; current shock; shock of current; "
            "shock of electricity; got a current; get a current; gets a current; getting a current": "electricshock",
            "electric current": "current",
            "current from; current in; current on; has current; having current; carrying current; currents in": "currentin",
            "about to fall; going to fall; may fall; might fall; can fall; will fall; could fall": "leaning",
            "power cut; power cuts; light cut; electricity cut; current cut; line cut; supply cut": "outage",
            "fire brigade; no fire brigade; fire engine; no fire engine; fire tender; no fire tender": "fire",
            "fire alarm is ringing; fire alarm ringing; fire alarm going off; fire alarm is going off": "fire",
            # Harmless together: nothing stands for them.
            "; ".join(_DISMISSED): "",
            "fire alarm; fire safety; fire noc; fire drill; fire exit; fire extinguisher; fire extinguishers; fire station; "
            "fire stick; fire tv; fire department; fire him; fire her; fire them; fire you; fire away; hire and fire; "
            "in case of fire; in case of a fire; fire in the belly": "",
            "spark plug; spark plugs; shock absorber; shock absorbers; in shock; shocked to; shocked at; shock to see; "
            "shock to hear; shock when i saw; shock when i see; shock on seeing; shock after seeing; shock seeing": "",
            "burning question; burning issue; burning hot; burning money; smoke break; no smoking": "",
            "water pipe; water line; pipe line; phone line; help line; gas line; water tank; on line; on the line; "
            "cable tv; charging cable; internet cable; internet wire; ground floor; tap on; tap the": "",
        }
    ),
    classes=_classes(
        {
            "wire": "wire wires wiring cable cables conductor conductors powerline livewire wyer vire",
            "line": "line lines",
            "naked": "naked bare exposed open livewire",
            "fallen": "fallen fell fall falls falling snapped snap snapping dangling detached torn collapsed toppled uprooted",
            "hanging": "hanging hangs hung lying lies laying sagging",
            "broken": "broken broke break breaking",
            "down": "down",
            "cut": "cut",
            "loose": "loose",
            "ground": "ground",
            "water": "water waterlogged flooded puddle",
            "pole": "pole poles pillar pillars",
            "tree": "tree trees branch",
            "leaning": "leaning leans tilted tilting bent bending damaged cracked hit rammed crashed",
            "fire": "fire fires flame flames ablaze",
            "smoke": "smoke smoky smokes",
            "smoking": "smoking",
            "burning": "burning burns",
            "burnt": "burnt burned burn",
            "smell": "smell smells smelling smelt",
            "blast": "blast blasted blasting blasts explosion explosions exploded explode explodes exploding",
            "burst": "burst bang boom",
            "blown": "blown blew",
            "equipment": "transformer transformers meter box boxes board panel pole pillar wire wires wiring cable cables "
            "socket mcb switch switchboard inverter substation feeder plug powerline line lines",
            "plant": "transformer transformers substation pole wire wires cable cables powerline feeder box panel meter",
            "transformer": "transformer transformers",
            "spark": "spark sparks sparking sparked arcing flashover shortcircuit",
            "box": "box boxes panel db transformer",
            "open": "open opened uncovered unlocked",
            "electricshock": "electricshock electrocuted electrocution electrocuting electrocute",
            "shock": "shock shocks",
            "shocked": "shocked",
            "gets": "got get gets getting received felt feel suffered had having touched touch touching",
            "gives": "gave give gives giving coming comes from passing",
            "victim": "me us him",
            "things": "tap taps pole poles wall walls gate gates pipe pipes railing fence fridge geyser cooler water meter "
            "switch switches socket body wire wires cable box plug handle pillar machine shutter lift door motor pump",
            "surface": "tap taps pole poles wall walls gate gates pipe pipes railing fence fridge geyser cooler water body "
            "handle pillar machine shutter door lift ground switch",
            "current": "current currents electricity",
            "currentin": "currentin",
            "flows": "coming comes flowing flows running leaking leak leakage leaks passing",
            "gone": "gone went off failed outage",
            "person": "person man woman child boy girl kid kids children somebody someone brother sister son daughter father "
            "mother wife husband uncle aunty neighbour neighbor worker lineman labourer guard cow dog animal buffalo people "
            "he she him her baby",
            "touched": "touched touching touch touches",
            "stuck": "stuck trapped",
            "unconscious": "unconscious fainted killed",
            "bill": "bill bills billing amount price charges charged rate rates rupees reading readings tariff expensive",
            "heat": "heat sun weather summer",
            "harmless": "cracker crackers diwali balloon tyre tyres tire video movie film pipe pipes cigarette cigarettes",
            "inflated": "bill bills price prices cost costs",
        }
    ),
    long_words=("transformer", "transformers", "sparking", "electrocuted", "electrocution", "unconscious", "explosion",
                "exploded"),
    not_those=frozenset({"sparkling", "explored"}),
    negators=frozenset(
        "no not never without nothing none nobody don't isn't wasn't aren't didn't hasn't haven't cannot can't neither "
        "nor nahi nahin".split()
    ),
    carried=frozenset(
        "a an any sign signs of such kind more visible on in get got getting having had see seen seeing been yet caught "
        "catching catch big electric giving received".split()
    ),
    links=frozenset({"or", "nor"}),
    copulas=frozenset({"is", "are", "was", "were", "has", "have"}),
    absent=frozenset({"there", "coming", "present", "visible", "seen", "happening", "anymore", "now", "here"}),
    rules=(
        *_rules("P0", "shock", "electricshock", "stuck wire person", "stuck pole person", "stuck current person",
                "touched wire person", "unconscious person", "current water flows - gone", "currentin water",
                "current touched things", "currentin touched things",
                "shock person - bill", "shock gets - bill", "shock gives victim - bill", "shocked person gets - bill",
                "shocked gets things - bill"),
        *_rules("P0", "fire", "fire - harmless", "smoke - harmless", "smoking equipment", "burning - heat", "burnt smell",
                "burnt transformer", "blast - inflated", "burst plant - harmless",
                "blown transformer"),
        *_rules("P0", "wire_down", "wire fallen", "wire hanging", "wire broken", "wire down", "wire ground", "wire water",
                "line fallen", "line hanging", "line ground", "line broken"),
        *_rules("P0", "pole_damaged", "pole fallen", "pole down", "pole broken", "pole ground", "transformer fallen"),
        *_rules("P1", "shock", "shock things - bill", "shock gives - bill", "shocked things - bill",
                "current surface flows - gone", "currentin surface"),
        *_rules("P1", "sparking", "spark", "open box", "burnt equipment"),
        *_rules("P1", "wire_down", "wire naked", "wire cut", "wire loose", "wire touched"),
        *_rules("P1", "pole_damaged", "pole leaning", "tree pole"),
    ),
)  # fmt: skip

_LANGUAGES: Final = (_ENGLISH,)

_DENIED_BLAST = Hazard("P1", "sparking")
"""A transformer that burst, and nobody sees fire or smoke: still broken open, so keep off it."""


_BLASTS: Final = {("blast",), ("burst", "plant"), ("blown", "transformer")}


def find_hazard(text: str) -> Hazard | None:
    """The gravest danger that `text` speaks of; None when it speaks of none.

    Takes time in proportion to the length of the text: it is asked on every partial transcript.
    """
    words = [match.group().lower().replace("’", "'") for match in _WORD.finditer(text)]
    found = [hazard for language in _LANGUAGES if (hazard := _found(words, language)) is not None]
    return min(found, key=lambda hazard: hazard.level, default=None)


def _found(words: Sequence[str], language: _Language) -> Hazard | None:
    tokens = _joined(words, language)
    places: dict[str, list[int]] = {}
    denied: dict[str, list[int]] = {}
    denials: set[int] = set()
    for index, token in enumerate(tokens):
        classes = language.classes.get(token, frozenset())
        if classes and _is_denied(tokens, index, language, denials):
            denials.add(index)
        for name in classes:
            (denied if index in denials else places).setdefault(name, []).append(index)
    for rule in language.rules:
        if _fits(rule, places):
            if rule.classes in _BLASTS and denied.keys() & {"fire", "smoke"}:
                return _DENIED_BLAST if not {"fire", "smoke"} & places.keys() else rule.hazard
            return rule.hazard
    return None


def _joined(words: Sequence[str], language: _Language) -> list[str]:
    """The words with phrases put together, mishearings put right, and stops as barriers."""
    tokens: list[str] = []
    index = 0
    while index < len(words):
        for size in range(min(_longest(language), len(words) - index), 1, -1):
            phrase = tuple(words[index : index + size])
            if phrase in language.phrases:
                tokens.extend(language.phrases[phrase])
                index += size
                break
        else:
            word = words[index]
            tokens.append(_known(word, language) if word[0].isalnum() else _BARRIER)
            index += 1
    return tokens


def _longest(language: _Language) -> int:
    return _LONGEST[id(language)]


_LONGEST: Final = {id(language): max(map(len, language.phrases)) for language in _LANGUAGES}


@lru_cache(maxsize=4096)
def _meant(word: str, candidates: tuple[str, ...]) -> str:
    near = (
        other for other in candidates if other[0] == word[0] and Levenshtein.distance(word, other, score_cutoff=1) <= 1
    )
    return next(near, word)


def _known(word: str, language: _Language) -> str:
    """The word of the table that was meant, or the word as it stands."""
    if len(word) < 7 or word in language.classes or word in language.not_those:
        return word
    return _meant(word, language.long_words)


def _is_denied(tokens: Sequence[str], index: int, language: _Language, denials: set[int]) -> bool:
    back = index - 1
    while back >= 0 and tokens[back] in language.carried:
        back -= 1
    if back >= 0 and tokens[back] in language.negators:
        return True
    if back >= 1 and tokens[back] in language.links and back - 1 in denials:
        return True
    after = index + 1
    if after < len(tokens) and tokens[after] in language.copulas:
        after += 1
    if after >= len(tokens) or tokens[after] not in language.negators:
        return False
    return after + 1 == len(tokens) or tokens[after + 1] in language.absent


def _fits(rule: _Rule, places: Mapping[str, Sequence[int]]) -> bool:
    first, *others = rule.classes
    for anchor in places.get(first, ()):
        low = high = anchor
        for name in others:
            near = _nearest(places.get(name, ()), anchor)
            if near is None:
                return False
            low, high = min(low, near), max(high, near)
        if high - low > _NEAR:
            continue
        harmless = _nearest(places.get(rule.unless, ()), anchor) if rule.unless else None
        if harmless is None or not low - _NEAR <= harmless <= high + _NEAR:
            return True
    return False


def _nearest(places: Sequence[int], anchor: int) -> int | None:
    """The place closest to `anchor`."""
    after = bisect_left(places, anchor)
    return min(places[max(0, after - 1) : after + 1], key=lambda place: abs(place - anchor), default=None)
