"""The one choke point: what identifies a caller is covered here before anything keeps it or shows it.

A mask belongs to one call and keeps the shape of what it covers: each digit becomes another digit, a
word for a number becomes words for a number, a name a made-up name. So a masked log is understood as
the call was, and joining, splitting and reading out masked numbers gives what masking the results
would. A first digit still tells a consumer number (2) from a mobile number (6 to 9).
"""

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import permutations
from typing import Any, Final

import msgspec

from npcl_voice.domain.areas import Area
from npcl_voice.domain.company import Company, packaged_company
from npcl_voice.meaning.names import PLACEHOLDERS, in_latin
from npcl_voice.meaning.numbers import DIGIT_WORDS, Run, Unit, number_runs
from npcl_voice.meaning.numbers.words import number_words
from npcl_voice.meaning.places import spoken_forms
from npcl_voice.meaning.private import (
    AROUND_NUMBERS,
    KNOWN_BY_SOUND,
    Word,
    address_numbers,
    is_secret,
    may_be_name,
    names_in,
    placeholder,
    words_of,
)
from npcl_voice.meaning.readout import HINDI_MONTHS, MONTHS
from npcl_voice.meaning.script import fold

__all__ = ["HELPLINES", "NAME_FIELDS", "PERSONAL_FIELDS", "Mask"]

HELPLINES: Final = packaged_company().public_numbers()
"""Police, fire, ambulance (two), all emergencies, the state's helpline, the company's own: nobody's data."""

PERSONAL_FIELDS: Final = frozenset(
    "caller caller_number cli complaint_number complaint_numbers consumer_number consumer_numbers contact digit digits "
    "house keyed meter_number mobile number numbers otp phone place_key premises premises_id so_far "
    "so_far_before".split()
)
"""Fields of events and records whose digits are covered, however few they are."""

NAME_FIELDS: Final = frozenset({"caller_name", "consumer_name", "customer_name"})
"""Fields that hold nothing but a person's name."""

_LEAST_DIGITS: Final = 3
"""In a sentence, shorter numbers count or point at things; a house number is known by its word."""
_LEAST_SCATTERED: Final = 4
"""Shorter numbers with hardly a word between them are one number, if it has so many digits."""
_BETWEEN: Final = 2
"""So many words are hardly any."""
_RANGES: Final = frozenset("to till until or se ya tak से या तक".split())
"""Between two numbers these make a span: "10 to 12"."""
_LEAST_MISHEARD: Final = 5
"""Digits from which a number has its misheard words covered, too (`to` for two)."""
_CLASSES: Final = ("2", "01345", "6789")
"""Digits change places within these, so that the first digit still says what a number is."""
_COUNTRY = re.compile(r"91[6-9][0-9]{9}")
"""A mobile number after India's country code, which stays."""
_DATE: Final = re.compile(
    r"(?<![\d-])20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d-])"
    rf"|(?<=\b(?:by|on) )\d{{1,2}} (?:{'|'.join(MONTHS)})\b"
    rf"|(?<!\d)\d{{1,2}} (?:{'|'.join(HINDI_MONTHS)}) (?:तक|को)(?![\u0900-\u097f])"
)
"""A day: as the records write it, and as a bill's is told; "house 12 May I ask" holds none."""
_OWN_DOMAIN: Final = "noidapower.com"

_MAIL_PROVIDERS: Final = frozenset("gmail yahoo hotmail outlook rediffmail rediff icloud live protonmail".split())
_MAIL_LETTER = re.compile(r"[\w.+-]")
_OWN_FIELD = re.compile(r"(?:.*_)?id|type|kind|object|status|role|phrase|instructions|description")
"""Fields that the program fills with its own words."""
_LEAST_OF_SOMEBODY: Final = 100_000
"""From here on a number in somebody's JSON may be a person's."""
_JSON = re.compile(r"(\[facts\][^\n]*\n|)(\{.*\})", re.DOTALL)
"""A JSON object, alone or behind the first line of a facts block."""
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)*(?:_\d[\dx]{2,3})?")
"""Codes of failures (`close_1006`, `http_5xx`): what was done about one hangs on its digits."""


@cache
def _area_pattern(areas: tuple[Area, ...]) -> re.Pattern[str]:
    """Names of areas with their numbers, said or written."""
    families = {re.sub(r"\W*\d.*", "", name.lower()) for area in areas for name in (area.name, *area.aliases)}
    families |= {"sector", "block", "tower"} | {form for area in areas for form in spoken_forms(area)}
    ones = "|".join(DIGIT_WORDS[1:])
    teens = "ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    number = rf"\d{{1,3}}(?!\d)|{teens}|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[ -](?:{ones}))?|{ones}"
    names = "|".join(re.escape(name) for name in sorted(families, key=len, reverse=True))
    return re.compile(rf"\b(?:{names})\b(?: (?:number |no\.? )?(?:{number})(?: ?[a-h])?\b)?", re.IGNORECASE)


class _Change(msgspec.Struct, frozen=True):
    start: int
    end: int
    text: str


class _Marks:
    """Which letters of a text something holds for."""

    def __init__(self, text: str) -> None:
        self._flags = bytearray(len(text))

    def set(self, start: int, end: int) -> None:
        self._flags[start:end] = b"\1" * (end - start)

    def all(self, start: int, end: int) -> bool:
        return self._flags.find(0, start, end) < 0

    def any(self, start: int, end: int) -> bool:
        return self._flags.find(1, start, end) >= 0


class Mask:
    """The mask of one call: the same key covers the same things in the same way."""

    def __init__(self, key: bytes, company: Company | None = None) -> None:
        """`key` is the call's own, and secret; the names and numbers of `company`, else of the packaged one, stay.

        Raises ValueError when the key is empty.
        """
        if not key:
            raise ValueError("a mask needs a key")
        ours = packaged_company() if company is None else company
        self._areas = _area_pattern(ours.areas)
        names = {name for area in ours.areas for name in (area.name, *area.aliases)}
        self._of_areas = frozenset(fold(word) for name in names for word in name.split()) - KNOWN_BY_SOUND
        self._helplines = ours.public_numbers()
        self._key = hashlib.blake2b(key, digest_size=32).digest()
        self._to = {digit: other for digits in _CLASSES for digit, other in self._shuffled(digits)}

    def _shuffled(self, digits: str) -> Iterator[tuple[str, str]]:
        """Each digit beside another of its class; one that is alone stays."""
        orders = [order for order in permutations(digits) if len(digits) == 1 or all(map(str.__ne__, digits, order))]
        return zip(digits, orders[self._draw(digits, len(orders))], strict=True)

    def _draw(self, what: str, below: int) -> int:
        digest = hashlib.blake2b(what.encode("utf-8", "surrogatepass"), key=self._key, digest_size=8).digest()
        return int.from_bytes(digest, "big") % below

    def digits(self, value: str) -> str:
        """Every digit of a value covered, whatever its script; all else stays.

        India's country code before a mobile number stays too.
        """
        figures = [digit for letter in value if (digit := _figure(letter)) is not None]
        kept = 2 if _COUNTRY.fullmatch("".join(figures)) else 0
        covered = []
        for letter in value:
            if kept and _figure(letter) is not None:
                kept -= 1
                covered.append(letter)
            else:
                covered.append(self._covered(letter))
        return "".join(covered)

    def _covered(self, letter: str) -> str:
        digit = _figure(letter)
        return letter if digit is None else chr(ord(letter) + int(self._to[digit]) - int(digit))

    def name(self, name: str) -> str:
        """A made-up name in its script, the same for the same name in either, with capitals as it had them."""
        sound = fold(in_latin(name))
        made_up = placeholder(name, self._draw(sound, len(PLACEHOLDERS)))
        if name.isupper() and len(name) > 1:
            return made_up.upper()
        return made_up.capitalize() if name[:1].isupper() else made_up

    def text(self, text: str) -> str:
        """A sentence with its numbers, names, addresses and mail addresses covered.

        In English and Hindi, in either script: what is covered stays in its own. Left as they are: names of
        areas, times of day, dates, ISO times, numbers of one or two digits that are no address, and, where something
        is said beside them, emergency numbers and helplines. A text that is nothing but a number, and no date,
        is covered whatever it is. Takes time in proportion to its length.
        """
        changes = sorted(self._changes(text), key=lambda change: change.start)
        parts = []
        end = 0
        for change in changes:
            if change.start >= end:
                parts += [text[end : change.start], change.text]
                end = change.end
        return "".join([*parts, text[end:]])

    def tree(self, value: Any, field: str = "") -> Any:
        """A JSON value covered all through: texts as sentences, personal fields digit by digit.

        Identifiers (`id`, `item_id`) and names of kinds are the program's own words and stay. A text that is a
        JSON object, as tools' arguments and answers are, is covered as what it holds; whoever wrote it, no
        field of it counts as our own.
        """
        return self._branch(value, field, ours=True)

    def _branch(self, value: Any, field: str, *, ours: bool) -> Any:
        match value:
            case str() if field in PERSONAL_FIELDS:
                return self.digits(value)
            case str() if field in NAME_FIELDS:
                return " ".join(map(self.name, value.split()))
            case str():
                own = _OWN_FIELD.fullmatch(field) or (field == "code" and _CODE.fullmatch(value))
                return value if ours and own else self._written(value)
            case int() if not isinstance(value, bool) and (field in PERSONAL_FIELDS or not (ours or _is_small(value))):
                return int(self.digits(str(value)))
            case float() if not ours and not _is_small(value):
                return float(int(self.digits(str(int(value)))))
            case Mapping():
                names = {key: key if ours else self.text(key) for key in value}
                return {names[key]: self._branch(part, str(key), ours=ours) for key, part in value.items()}
            case list() | tuple():
                return [self._branch(part, field, ours=ours) for part in value]
            case _:
                return value

    def _written(self, text: str) -> str:
        """A text; one that is a JSON object by what it holds."""
        whole = _JSON.fullmatch(text)
        if whole is None:
            return self.text(text)
        try:
            read = msgspec.json.decode(whole[2], type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError):
            return self.text(text)
        return whole[1] + msgspec.json.encode(self._branch(read, "", ours=False)).decode()

    def _changes(self, text: str) -> Iterator[_Change]:
        words = words_of(text)
        kept = _Marks(text)
        for area in self._areas.finditer(text):
            kept.set(area.start(), area.end())
        yield from self._mails(text, words)
        yield from self._numbers(text, words, kept)
        yield from self._names(text, words, kept)

    def _numbers(self, text: str, words: Sequence[Word], kept: _Marks) -> Iterator[_Change]:
        runs = number_runs(text)
        said = _Marks(text)
        for run in runs:
            said.set(run.start, run.end)
        nothing_else = all(
            not word.text[0].isalpha() or word.text in AROUND_NUMBERS or said.all(word.start, word.end)
            for word in words
        )
        address = _Marks(text)
        for word, theirs in zip(words, address_numbers(words, [said.all(w.start, w.end) for w in words]), strict=True):
            address.set(word.start, word.end if theirs else word.start)
        for date in _DATE.finditer(text):
            if not address.any(*date.span()) and all(_is_within(run, date) for run in runs):
                kept.set(*date.span())
        for run, belongs in zip(runs, _long(runs, words, kept), strict=True):
            covers = [not kept.all(unit.start, unit.end) for unit in run.units]
            whole = all(covers)
            public = whole and not nothing_else and _is_helpline(text, run, self._helplines)
            if public and not is_secret(words, run.start):
                continue
            everything = nothing_else or belongs or public
            code = run.kept()[:2] if whole and _COUNTRY.fullmatch(run.digits()) else []
            place = 0
            for unit, mine in zip(run.units, covers, strict=True):
                if mine and (everything or address.all(unit.start, unit.start + 1)):
                    yield self._unit(text, unit, {spot - place for spot in code})
                place += len(unit.digits)
        yield from self._doubtful(text, words, kept)

    def _doubtful(self, text: str, words: Sequence[Word], kept: _Marks) -> Iterator[_Change]:
        """What may be a digit of a number: everyday words, and in a long one misheard ones."""
        for group in _groups(number_runs(text, kindly=True), words):
            units = [(run, unit) for run in group for unit in run.units if not kept.all(unit.start, unit.end)]
            many = sum(len(unit.digits) or 1 for _, unit in units)
            short = all(len(run.said) <= _LEAST_DIGITS for run in group)
            scattered = len(group) > 1 and short and many >= _LEAST_SCATTERED
            for run, unit in units:
                if scattered or (not unit.digits and _is_of(run, unit, words)):
                    digits = unit.digits or unit.also[0][0]
                    yield self._unit(text, msgspec.structs.replace(unit, digits=digits), set())

    def _unit(self, text: str, unit: Unit, code: set[int]) -> _Change:
        """The unit in its own form, language and script, in figures where its new words might not be taken for a
        number. `code` are places that stay.
        """
        covered = [digit if spot in code else self._to[digit] for spot, digit in enumerate(unit.digits)]
        doubled_apart = unit.times > 1 and any(0 <= spot < len(covered) for spot in code)
        start = unit.start if doubled_apart or unit.form == "words" else unit.stem
        if unit.form == "numeral":
            figures = covered if doubled_apart else covered[unit.times - 1 :]
            zeros = [ord(letter) - int(figure) for letter in text[unit.stem : unit.end] if (figure := _figure(letter))]
            zeros += zeros[:1] * (len(figures) - len(zeros))
            written = (chr(zero + int(figure)) for zero, figure in zip(zeros, figures, strict=True))
            return _Change(start, unit.end, "".join(written))
        if unit.form == "digit" and not doubled_apart:
            covered = covered[:1]
        known = number_words()
        spoken = [known.spoken[unit.tongue, unit.script][int(digit)] for digit in covered]
        doubtful = not unit.weak and all((sense := known.sense(word)) is not None and sense.weak for word in spoken)
        words = "".join(covered) if doubtful else " ".join(spoken)  # "do" is a two only among other numbers
        return _Change(start, unit.end, words.capitalize() if text[start].isupper() else words)

    def _mails(self, text: str, words: Sequence[Word]) -> Iterator[_Change]:
        end = 0
        for at in re.finditer("@", text):
            start, stop = at.span()
            while start > end and _MAIL_LETTER.match(text[start - 1]):
                start -= 1
            while stop < len(text) and _MAIL_LETTER.match(text[stop]):
                stop += 1
            domain = text[at.end() : stop].rstrip(".-").lower()
            if start < at.start() and domain and domain != _OWN_DOMAIN:
                end = at.end() + len(domain)
                yield _Change(start, end, f"{self.name(text[start : at.start()].lower())}@example.com")
        for before, at_word, after in zip(words, words[1:], words[2:], strict=False):
            if at_word.text == "at" and after.text in _MAIL_PROVIDERS and may_be_name(before):
                yield _Change(before.start, before.end, self.name(text[before.start : before.end]))

    def _names(self, text: str, words: Sequence[Word], kept: _Marks) -> Iterator[_Change]:
        for index in sorted(names_in(text, words, self._of_areas.__contains__)):
            word = words[index]
            if not kept.all(word.start, word.end):
                yield _Change(word.start, word.end, self.name(text[word.start : word.end]))


def _is_small(number: float) -> bool:
    """Whether it is too short to be anybody's number."""
    return abs(number) < _LEAST_OF_SOMEBODY


def _figure(letter: str) -> str | None:
    """A digit of any script as one of `0` to `9`; None for what is none."""
    decimal = unicodedata.decimal(letter, None)
    return None if decimal is None else str(decimal)


def _is_of(run: Run, unit: Unit, words: Sequence[Word]) -> bool:
    """Whether what may be a digit belongs to the number around it."""
    if unit.letter:  # "oh, sorry"
        return False
    if not unit.weak:
        return len(run.said) >= _LEAST_MISHEARD
    after = bisect_left(words, unit.end, key=lambda word: word.start)
    article = after < len(words) and words[after].text not in AROUND_NUMBERS  # "ek complaint"
    return len(run.said) >= _LEAST_DIGITS and not article


def _groups(runs: Sequence[Run], words: Sequence[Word]) -> Iterator[Sequence[Run]]:
    """Runs with hardly a word between them."""
    starts = [word.start for word in words]
    first = 0
    for place in range(1, len(runs)):
        between = words[bisect_left(starts, runs[place - 1].end) : bisect_left(starts, runs[place].start)]
        span = len(between) == 1 and between[0].text in _RANGES
        if len(between) > _BETWEEN or span:
            yield runs[first:place]
            first = place
    if runs:
        yield runs[first:]


def _long(runs: Sequence[Run], words: Sequence[Word], kept: _Marks) -> list[bool]:
    """For each run whether it is long enough to be somebody's, by itself or with its neighbours."""
    long: list[bool] = []
    for group in _groups(runs, words):
        many = [sum(len(unit.digits) for unit in run.units if not kept.all(unit.start, unit.end)) for run in group]
        together = sum(many) >= _LEAST_SCATTERED and all(many)
        long += [together or count >= _LEAST_DIGITS for count in many]
    return long


def _is_within(run: Run, date: re.Match[str]) -> bool:
    """Whether a number is no longer than a date, or somewhere else."""
    return run.end <= date.start() or run.start >= date.end() or (date.start() <= run.start and run.end <= date.end())


def _is_helpline(text: str, run: Run, helplines: frozenset[str]) -> bool:
    """Whether a run is a helpline, or several of them one after the other."""
    if run.digits() in helplines:
        return True
    parts = [""]
    end = run.start
    for unit in run.units:
        if any(letter == "," or letter.isalnum() for letter in text[end : unit.start]):
            parts.append("")
        parts[-1] += unit.digits
        end = unit.end
    return all(part in helplines for part in parts)
