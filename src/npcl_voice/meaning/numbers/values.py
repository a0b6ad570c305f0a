"""The values that begin at each word of a text: digits, tens, hundreds, doubled and repeated ones."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from npcl_voice.meaning.numbers.unit import Unit
from npcl_voice.meaning.numbers.words import Script, Sense, number_words, plain_word
from npcl_voice.meaning.script import has_devanagari

__all__ = ["MOST_REPEATS", "Token", "Values"]

_TOKEN = re.compile(  # `exact` are ISO 8601 times with their T, and times of day
    r"(?P<exact>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)"
    r"|(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:]))"
    r"|(?P<ordinal>(?<!\d)\d{1,2}(?:(?:st|nd|rd|th)\b|व[ीांँे]*ं?))"
    r"|(?P<numeral>\d+)"
    r"|(?P<word>[ऀ-ॣॱ-ॿ\u200c\u200d]+|[^\W\d_]+(?:['’][^\W\d_]+)*)",
    re.IGNORECASE,
)
_JOINS: Final = re.compile(r"[\s-]*")
"""What may stand between `twenty` and `four` for 24, or `double` and what is doubled."""
MOST_REPEATS: Final = 6
"""`nine times zero` is rather a nine and so on."""
_SIXTY: Final = "60"

_SILENT_O: Final = 1.0
"""The letter O as no zero."""
_MISSPELT: Final = 0.5
"""`saath` as seven."""
_HUNDRED: Final = 100


class Token(msgspec.Struct, frozen=True):
    """A word or figure of the text, or what is neither: a time, an ordinal."""

    kind: Literal["exact", "ordinal", "numeral", "word"]
    text: str
    """A plain word, as the tables have it."""
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        tokens.append(Token(kind, plain_word(match.group()), match.start(), match.end()))  # type: ignore[arg-type]
    return tokens


class Values:
    """The words of one text, and the values that begin at each."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = number_words()
        self.tokens = tokens_of(text)

    def word(self, index: int, after: int | None = None) -> str:
        """The word at `index`, empty if there is none, or none that joins on to token `after`."""
        if index >= len(self.tokens) or self.tokens[index].kind != "word":
            return ""
        if after is not None and not self.joined(after, index):
            return ""
        return self.tokens[index].text

    def joined(self, first: int, second: int) -> bool:
        """Whether nothing but a blank or a hyphen stands between two tokens."""
        gap = self.text[self.tokens[first].end : self.tokens[second].start]
        return _JOINS.fullmatch(gap) is not None

    def sense(self, index: int, after: int | None = None) -> Sense | None:
        """What the word at `index` is in a number; as for `word`."""
        word = self.word(index, after)
        return self.words.sense(word) if word else None

    def scale(self, index: int) -> int:
        """The value of `hundred` or another scale at `index`; 0 for none."""
        sense = self.sense(index)
        return sense.value if sense is not None and sense.kind == "scale" else 0

    def below_hundred(self, index: int) -> tuple[int, int]:
        """The value of the words from `index` on, 1 to 99, and how many words it took."""
        sense = self.sense(index)
        if sense is None or sense.kind not in {"number", "tens"} or sense.letter:
            return 0, 0
        if sense.kind == "number":
            return sense.value, 1 if sense.value else 0
        ones = self.sense(index + 1, after=index)
        if ones is None or ones.kind != "number" or not 0 < ones.value <= 9 or ones.tongue != "en":
            return sense.value, 1
        return sense.value + ones.value, 2

    def scaled(self, index: int) -> tuple[int, int]:
        """As `below_hundred`, with hundreds, thousands, lakhs and crores: "two hundred and four"."""
        value, used = self.below_hundred(index)
        if not used:
            return 0, 0
        total, last = 0, 0
        while (scale := self.scale(index + used)) and (not last or scale < last):
            total += value * scale
            used += 1
            last = scale
            link = 1 if scale == _HUNDRED and self.word(index + used) == "and" else 0
            at = index + used + link
            value, more = self.below_hundred(at) if self.word(at, after=at - 1) else (0, 0)
            following = self.scale(at + more) if more else 0
            if not more or (following and following >= last):
                return total, used
            used += link + more
        return total + value, used

    def plain(self, index: int) -> tuple[Unit, int] | None:
        """The value at `index` with nothing doubled, and how many tokens it took."""
        if index >= len(self.tokens):
            return None
        token = self.tokens[index]
        if token.kind == "numeral":
            digits = "".join(str(int(digit)) for digit in token.text)
            return Unit(digits, token.start, token.end, "numeral", stem=token.start), 1
        sense = self.sense(index)
        if sense is None:
            return None
        if sense.kind == "many" or (sense.kind == "number" and not sense.value):
            value, used = sense.value, 1
        else:
            value, used = self.scaled(index)
        if not used:
            return None
        single = used == 1 and value <= 9
        row = self.sense(index + used, after=index) if single and 2 <= value <= MOST_REPEATS else None
        many = str(row.value) * value if row is not None and row.kind == "many" else ""
        while self.scale(index + used):  # "zero hundred": it scales nothing, and must not come to scale another digit
            used += 1
            single = False
        used += 1 if many else 0
        last = self.tokens[index + used - 1]
        also: tuple[tuple[str, float], ...] = ()
        if str(value) == _SIXTY and sense.tongue == "hi" and not has_devanagari(token.text):
            also = (("7", _MISSPELT),)
        elif sense.letter:
            also = (("", _SILENT_O),)
        return Unit(
            many or str(value),
            token.start,
            last.end,
            "digit" if single and not many else "words",
            stem=token.start,
            letter=sense.letter,
            tongue=sense.tongue,
            script=self.script(token),
            weak=sense.weak and used == 1,
            also=also,
            open_tens=sense.kind == "tens" and used == 1,
        ), used

    @staticmethod
    def script(token: Token) -> Script:
        """How a word is written."""
        return "devanagari" if has_devanagari(token.text) else "latin"

    def unit(self, index: int) -> tuple[Unit, int] | None:
        """The value at `index`, and how many tokens it took; None where none begins."""
        length = self.doublings(index)
        stem = index + length
        if length and (stem >= len(self.tokens) or not self.joined(stem - 1, stem)):
            return None
        found = self.plain(stem)
        if found is None or stem == index:
            return found
        said, used = found
        doubling = self.sense(stem - 1)  # of several such words the last counts
        times = doubling.value if doubling is not None else 1
        if said.form == "numeral":
            digits = said.digits[0] * (times - 1) + said.digits
        else:
            digits = said.digits * times
        changed = {"digits": digits, "start": self.tokens[index].start, "times": times, "stem": said.start}
        return msgspec.structs.replace(
            said, **changed, weak=False, letter=False, also=(), open_tens=False
        ), used + stem - index

    def doublings(self, index: int) -> int:
        """How many words for `double` stand from `index` on with nothing between them."""
        place = index
        while (sense := self.sense(place, place - 1 if place > index else None)) is not None and sense.kind == "times":
            place += 1
        return place - index

    def repeated(self, said: Unit, index: int) -> tuple[Unit, int] | None:
        """`three times zero`, where `said` is the three and the word for `times` stands at `index`."""
        sense = self.sense(index)
        if sense is None or sense.kind != "repeats" or said.times > 1 or len(said.digits) != 1:
            return None
        if not 2 <= int(said.digits) <= MOST_REPEATS:
            return None
        following = self.plain(index + 1)
        if following is None:
            return None
        unit, used = following
        digits = unit.digits * int(said.digits)
        return msgspec.structs.replace(
            unit, digits=digits, start=said.start, stem=said.start, form="words", weak=False, letter=False, also=()
        ), used + 1

    def phrase(self, index: int, phrases: Mapping[str, Sequence[Sequence[str]]]) -> int:
        """How many words the longest of the phrases takes that stands at `index`; 0 for none."""
        for phrase in phrases.get(self.word(index), ()):
            if all(self.word(index + place) == word for place, word in enumerate(phrase)):
                return len(phrase)
        return 0
