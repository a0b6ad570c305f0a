"""Place names as callers say them and as they are misheard.

A recogniser writes "alfa", "techzone for" or "sector sixteen be". Names are compared by letters and
by sound, numbers exactly: a wrong number is another place. What is written in Devanagari is put into
Latin letters first. Nothing found here is acted upon before the caller has agreed to it.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Final

import msgspec
from rapidfuzz import fuzz, process

from npcl_voice.domain.areas import Area
from npcl_voice.meaning.numbers import cardinal, number_runs
from npcl_voice.meaning.script import fold, folded, has_devanagari, romanised
from npcl_voice.meaning.sounds import sound_of

__all__ = ["Place", "Places", "side_of", "spoken_forms"]

_HEARD: Final[Mapping[str, frozenset[str]]] = {
    "alpha": frozenset({"alfa", "elfa", "alpa"}),
    "beta": frozenset({"bita", "beeta", "veta", "better"}),
    "gamma": frozenset({"gama", "gammer"}),
    "delta": frozenset({"dealta", "delter"}),
    "zeta": frozenset({"jeta", "zita", "jita"}),
    "eta": frozenset({"ita", "eata", "eeta"}),
    "mu": frozenset({"moo", "mew", "mue"}),
    "xu": frozenset({"zoo", "su", "shu", "xo", "zu"}),
    "omicron": frozenset({"omikron", "micron", "omecron", "omricon"}),
    "pi": frozenset({"pie", "pye"}),
    "rho": frozenset({"ro", "row", "roh"}),
    "sigma": frozenset({"segma", "sigmar"}),
    "tau": frozenset({"tao", "tow", "tav"}),
    "phi": frozenset({"fi", "fie", "fye"}),
    "chi": frozenset({"kai", "kye", "khi"}),
    "psi": frozenset({"sai", "sigh", "psy"}),
    "omega": frozenset({"omaga", "amega"}),
    "sector": frozenset({"sectors", "sektor", "sekter", "secter", "section"}),
    "knowledge park": frozenset({"knowledgepart", "collegepark", "nollegepark"}),
    "site": frozenset({"sight", "side"}),
}  # fmt: skip
"""What names have been heard as, beyond what letters and sounds tell."""

_HEARD_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    heard: tuple(words for words, others in _HEARD.items() if heard in others)
    for others in _HEARD.values()
    for heard in others
}
"""The names that something heard may stand for."""

_NEEDS_NUMBER: Final = frozenset({"pi", "mu", "xu", "chi", "phi", "psi", "rho", "tau", "eta", "sector", "site", "kp"})
"""Names that are too short, or too common as words, to be a place without their number."""

_NUMBERS_HEARD: Final = {"to": "2", "too": "2", "for": "4", "won": "1", "tree": "3", "free": "3", "fore": "4"}
_HINDI_NUMBERS: Final = {"ek": "1", "do": "2"}
"""Numbers that are other words as well ("a", "give"); here where nothing or one of these follows."""
_POSTPOSITIONS: Final = frozenset("mein men me main se ka ki ke par wale wala".split())
_LETTERS_HEARD: Final = {"bee": "b", "be": "b", "see": "c", "sea": "c"}
_ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_BETWEEN: Final = frozenset({"number", "no", "num"})

_WEST: Final = re.compile(r"\b(?:great|greater)?\s*noida\s+(?:extension|west)\b")
_GREATER: Final = re.compile(r"\bgreat(?:er)?\s+noida\b")
_NOIDA: Final = re.compile(r"\bnoida\b")
_OTHER_CITIES: Final = re.compile(r"\b(ghaziabad|faridabad|gurgaon|gurugram|delhi|indirapuram|vaishali)\b")

_LAST_NOIDA_SECTOR: Final = 168
_FIRST_CLEAR_SECTOR: Final = 20
"""From here on a bare sector number means Noida, unless the list says otherwise."""

_SURE, _HEARD_SO, _LIKELY = 0.95, 0.75, 0.6
_LEAST_RATIO: Final = 82.0
"""Letters alike, of 100, from which a long name may be meant; found by trying the names against each other."""
_SHORT: Final = 5
"""Names shorter than this are compared exactly: too many words differ from them by one letter."""
_LEAST_SOUND: Final = 2
"""Sounds this short, and shorter, are everybody's."""
_MOST_TOKENS: Final = 400
"""More words than an utterance has are not searched for places."""


class Place(msgspec.Struct, frozen=True):
    """A place that a caller named."""

    name: str
    """As on record; for a place that is not on record, as it is usually written."""
    confidence: float
    """0 to 1: how surely this name was said."""
    ambiguous: bool = False
    """True when the words fit more than one place; ask before going on."""
    outside: bool = False
    """True when another company supplies it."""
    choices: tuple[str, ...] = ()
    """The areas it may be, where a number is missing; empty where Noida has a place of the same name."""
    beside: tuple[str, ...] = ()
    """Other places that were named with it, and are not meant: "not Beta 1, Beta 2"."""


class _Form(msgspec.Struct, frozen=True):
    """The number and letter of an area after the words that it shares with its neighbours."""

    number: str
    letter: str
    area: Area


class _Hit(msgspec.Struct, frozen=True):
    place: Place
    length: int
    """Letters of its words."""
    start: int
    end: int
    """Where it stands, in tokens, its number among them."""


_NAME = re.compile(r"(?P<words>[a-z ]*[a-z])(?: (?P<number>\d+)(?P<letter>[a-z]?))?")


_WORD: Final = re.compile(r"\d+|[\u0900-\u0963\u0970-\u097f]+|[^\W\d_]+")
_HINDI_WORDS: Final = {
    heard: word
    for word, spellings in tomllib.loads(
        resources.files(__package__).joinpath("words", "places-hi.toml").read_text("utf-8")
    ).items()
    for heard in folded(spellings)
}
"""Words of names as Devanagari has them, folded, by the word in Latin letters."""
_PUTS_RIGHT: Final = frozenset("sorry oops rather actually should galti galat balki".split())
"""Words between two places by which the second takes the first one's place, whatever else stands there."""
_MAY_PUT_RIGHT: Final = frozenset("no wait nahi mean meant correct wrong matlab".split())
"""The same where nothing but these and small words stands there: "Beta 1, no, Beta 2"."""
_BUT: Final = frozenset("but lekin magar par".split())
"""The same where these words come with one of _IT: "I am from Surajpur, but it is in Omicron 2"."""
_IT: Final = frozenset("it its this that yeh ye yah house home flat ghar makaan problem".split())
_SMALL_BETWEEN: Final = frozenset(
    "i is s the a in at of my me we are am our what saying said yes sir ka ki ke mein main hoon hai mera to".split()
)
_DENIES_BEHIND: Final = frozenset(map(fold, ("nahi", "nahin", "na")))
_SONS: Final = frozenset(
    "mera mere meri hamara hamare apna apne uska uske unka unke bada bade chhota chhote ek do".split()
)
"""Words before a `beta` that is a son."""


def _latin(word: str) -> str:
    """A word in lower-case Latin letters, as names are written."""
    return _HINDI_WORDS.get(fold(romanised(word)), romanised(word)) if has_devanagari(word) else word.lower()


def _in_latin(text: str) -> str:
    return _WORD.sub(lambda found: _latin(found[0]), text) if has_devanagari(text) else text.lower()


def side_of(text: str) -> str | None:
    """Which side of the border is named: `Greater Noida West`, `Greater Noida`, `Noida`, or none."""
    text = _in_latin(text)
    if _WEST.search(text):
        return "Greater Noida West"
    if _GREATER.search(text):
        return "Greater Noida"
    return "Noida" if _NOIDA.search(text) else None


def spoken_forms(area: Area) -> tuple[str, ...]:
    """How callers say an area, in lower-case words only, the usual way first: `sector sixteen b`."""
    return tuple(dict.fromkeys(_in_words(name) for name in (area.name, *area.aliases)))


def _in_words(name: str) -> str:
    parts = re.findall(r"\d+|[a-z]+", name.lower())
    return " ".join(cardinal(int(part)) if part.isdigit() else part for part in parts)


def _tokens(text: str) -> list[str]:
    """Words in lower case, spoken numbers as figures, in order."""
    tokens: list[str] = []
    units = iter([unit for run in number_runs(text) for unit in run.units])
    unit = next(units, None)
    for match in _WORD.finditer(text):
        while unit is not None and unit.end <= match.start():
            unit = next(units, None)
        if unit is None or match.start() < unit.start:
            tokens.append(_latin(match.group()))
        elif match.end() == unit.end:
            tokens.append(unit.digits)
    return tokens[:_MOST_TOKENS]


class Places:
    """The areas that can be told apart in what callers say."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self._families: dict[str, list[_Form]] = {}
        for area in areas:
            for name in (area.name, *area.aliases):
                match = _NAME.fullmatch(" ".join(re.sub(r"[^a-z0-9 ]", " ", name.lower()).split()))
                if match is None:
                    raise ValueError(f"area {name!r}: a name is words, then a number and a letter if there are any")
                form = _Form(match["number"] or "", match["letter"] or "", area)
                self._families.setdefault(match["words"], []).append(form)
        self._families.setdefault("sector", [])
        self._spelt: dict[str, list[str]] = defaultdict(list)
        self._sounding: dict[str, list[str]] = defaultdict(list)
        self._long: dict[str, str] = {}
        for words in self._families:
            joined = words.replace(" ", "")
            self._spelt[joined].append(words)
            if len(joined) >= _SHORT:
                self._long[words] = joined
                self._sounding[sound_of(joined)].append(words)
        self._most_words = max(words.count(" ") for words in self._families) + 2

    def find(self, text: str) -> Place | None:
        """The place that `text` names most surely; None when it names none.

        A number of a Noida sector gives a place `outside`. The same number on both sides of the
        border gives one that is `ambiguous`, unless the side is named too.
        """
        tokens = _tokens(text)
        side = side_of(text)
        hits = list(self._hits(tokens, side))
        if hits:
            return _meant(hits, tokens)
        if city := _OTHER_CITIES.search(_in_latin(text)):
            return Place(city[0].title(), _SURE, outside=True)
        return Place("Noida", _LIKELY, outside=True) if side == "Noida" else None

    def _hits(self, tokens: Sequence[str], side: str | None) -> Iterable[_Hit]:
        for start in range(len(tokens)):
            for end in range(start + 1, min(len(tokens), start + self._most_words) + 1):
                for words, sureness in self._like("".join(tokens[start:end])):
                    forms = self._families[words]
                    count = words.count(" ") + 1
                    if not count - 1 <= end - start <= count + 1 or _is_son(words, tokens, start):
                        continue
                    if place := _numbered(words, forms, tokens, end, sureness, side):
                        _, behind, _ = _number_at(tokens, end, words)
                        yield _Hit(place, len(words.replace(" ", "")), start, behind)

    def _like(self, heard: str) -> Iterable[tuple[str, float]]:
        """The names that `heard` may be, and how surely it is each of them."""
        found = dict.fromkeys(self._spelt.get(heard, ()), _SURE)
        for words in _HEARD_FOR.get(heard, ()):
            if words in self._families:
                found.setdefault(words, _HEARD_SO)
        if heard.isalpha():
            sound = sound_of(heard)
            if len(heard) >= _SHORT and len(sound) > _LEAST_SOUND:
                for words in self._sounding.get(sound, ()):
                    found.setdefault(words, _HEARD_SO)
            for _, ratio, words in process.extract(
                heard, self._long, scorer=fuzz.ratio, score_cutoff=_LEAST_RATIO, limit=None
            ):
                found.setdefault(words, _HEARD_SO * ratio / 100)
        return found.items()


def _meant(hits: Sequence[_Hit], tokens: Sequence[str]) -> Place:
    """The place that is meant: the surest; of several one that is not denied, and the last where it puts one right."""
    best = max(hits, key=lambda hit: (hit.place.confidence, hit.length))
    named = {best.place.name: best}
    for hit in sorted(hits, key=lambda hit: -hit.length):
        apart = all(hit.end <= other.start or other.end <= hit.start for other in named.values())
        if apart and hit.place.confidence >= _HEARD_SO:
            named.setdefault(hit.place.name, hit)
    meant = [hit for hit in named.values() if not _is_denied(hit, tokens)] or [best]
    first, last = min(meant, key=lambda hit: hit.start), max(meant, key=lambda hit: hit.start)
    chosen = last if _puts_right(tokens[first.end : last.start]) else best if best in meant else first
    beside = tuple(name for name in named if name != chosen.place.name)
    return msgspec.structs.replace(chosen.place, beside=beside) if beside else chosen.place


def _puts_right(between: Sequence[str]) -> bool:
    """Whether the place behind these words takes the place of the one before them."""
    words = frozenset(between)
    if words & _PUTS_RIGHT:
        return True
    small = words <= _MAY_PUT_RIGHT | _BUT | _IT | _SMALL_BETWEEN
    return small and bool(words & _MAY_PUT_RIGHT or (words & _BUT and words & _IT))


def _is_denied(hit: _Hit, tokens: Sequence[str]) -> bool:
    """`Not Beta 1`, `Beta 1 nahi`."""
    before, behind = tuple(tokens[max(0, hit.start - 2) : hit.start]), tokens[hit.end : hit.end + 1]
    return before[-1:] == ("not",) or before == ("instead", "of") or not _DENIES_BEHIND.isdisjoint(map(fold, behind))


def _is_son(words: str, tokens: Sequence[str], start: int) -> bool:
    return words == "beta" and start > 0 and tokens[start - 1] in _SONS


def _number_at(tokens: Sequence[str], index: int, words: str) -> tuple[str, int, float]:
    """The number from `index` on, where it ends, and how much surety it costs."""
    if index < len(tokens) and tokens[index] in _BETWEEN:
        index += 1
    number = ""
    while index < len(tokens) and tokens[index].isdigit() and len(number + tokens[index]) <= 3:
        number += tokens[index]
        index += 1
        if words != "sector":
            break
    if number or index >= len(tokens):
        return number, index, 1.0
    if tokens[index] in _HINDI_NUMBERS and _POSTPOSITIONS.issuperset(tokens[index + 1 : index + 2]):
        return _HINDI_NUMBERS[tokens[index]], index + 1, 1.0
    if index + 1 < len(tokens):  # "techzone for two hours", "knowledge park, I have no light"
        return "", index, 1.0
    if tokens[index] in _ROMAN and words != "sector":
        return _ROMAN[tokens[index]], index + 1, 1.0
    return _NUMBERS_HEARD.get(tokens[index], ""), index, 0.8


def _numbered(
    words: str, forms: Sequence[_Form], tokens: Sequence[str], index: int, sureness: float, side: str | None
) -> Place | None:
    """The place of a family whose words end before `index`."""
    number, index, factor = _number_at(tokens, index, words)
    following = tokens[index] if number and index < len(tokens) else ""
    for letter, weight in ((following, 1.0), (_LETTERS_HEARD.get(following, "-"), 0.8), ("", 1.0)):
        for form in forms:
            if (form.number, form.letter) == (number, letter):
                return _sided(form.area, round(sureness * factor * weight, 3), side)
    if words == "sector":
        return _unlisted_sector(int(number), round(sureness * factor, 3), side) if number else None
    if words in _NEEDS_NUMBER or (words in _HEARD and sureness < _SURE):
        return None
    names = tuple(dict.fromkeys(form.area.name for form in forms))
    if len(names) == 1:
        return Place(names[0], round(_LIKELY * sureness, 3))
    return Place(words.title(), round(_LIKELY * sureness, 3), ambiguous=True, choices=names)


def _sided(area: Area, sureness: float, side: str | None) -> Place:
    if not area.ambiguous or side in {"Greater Noida", "Greater Noida West"}:
        return Place(area.name, sureness)
    if side == "Noida":
        return Place(f"{area.name}, Noida", sureness, outside=True)
    return Place(area.name, sureness, ambiguous=True)


def _unlisted_sector(number: int, sureness: float, side: str | None) -> Place | None:
    """A sector that is not on record: Noida's, or anybody's guess."""
    if not 1 <= number <= _LAST_NOIDA_SECTOR:
        return None
    name = f"Sector {number}"
    if side in {"Greater Noida", "Greater Noida West"}:
        return Place(name, round(_LIKELY * sureness, 3))
    if side == "Noida" or number >= _FIRST_CLEAR_SECTOR:
        return Place(f"{name}, Noida", sureness, outside=True)
    return Place(name, round(_LIKELY * sureness, 3), ambiguous=True)
