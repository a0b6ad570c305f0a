r"""The patterns of the files of words, put together: parts into patterns, and words into one spelling.

A pattern is a regular expression over words with one blank between them, and stands between word boundaries;
`<name>` stands for a pattern of the file's parts. `a & b - c` is a sentence with a and b, in any order, and
without c. Where words are compared folded (`meaning.script`), so are those of the patterns: they are written as
people type them, and a beginning of a word, before `\w`, in both the forms that folding may give it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from npcl_voice.meaning.script import fold, folded

__all__ = ["Patterns", "Reader", "undotted"]

Patterns = Mapping[str, re.Pattern[str]]

_FLAPS: Final = re.compile("([\u0921\u0922])\u093c")
_PART: Final = re.compile(r"<(\w+)>")
_LITERAL: Final = re.compile(r"\\.|<\w+>|([a-z]+)(\\w)?")
_BOTH: Final = " & "
_BUT: Final = " - "


def undotted(text: str) -> str:
    """`text`, its letters decomposed, without the dots below D and DH: they are as often left out as written.

    In Latin letters, too, such a letter is a d.
    """
    return _FLAPS.sub(r"\1", text)


class Reader:
    """Reads the patterns and words of one file."""

    def __init__(
        self, parts: Mapping[str, tuple[str, ...]], spellings: Mapping[str, str], *, folds: bool = False
    ) -> None:
        """`spellings` are, for a word, the other words that stand for it. Raises KeyError for an unknown part."""
        self._folds = folds
        self.spellings = {other: fold(word) for word, others in spellings.items() for other in folded(undotted(others))}
        """Folded words, by the folded word that they stand for."""
        self._parts: dict[str, str] = {}
        for name, alternatives in parts.items():
            self._parts[name] = f"(?:{'|'.join(map(self._filled, alternatives))})"

    def words(self, value: str) -> frozenset[str]:
        """Words written with blanks between them."""
        return frozenset(map(self._spelt, value.split()) if self._folds else value.split())

    def table(self, patterns: Mapping[str, tuple[str, ...]]) -> dict[str, re.Pattern[str]]:
        """For each name one pattern of all its alternatives."""
        return {name: self.one_of(alternatives) for name, alternatives in patterns.items()}

    def one_of(self, alternatives: tuple[str, ...]) -> re.Pattern[str]:
        """One pattern of several. Raises re.error for one that is none, KeyError for an unknown part."""
        return re.compile("|".join(map(self._pattern, alternatives)))

    def _pattern(self, text: str) -> str:
        wanted, *unwanted = text.split(_BUT)
        together = wanted.split(_BOTH)
        if len(together) == 1 and not unwanted:
            return self._between(text)
        return "^" + "".join((*self._looks("=", together), *self._looks("!", unwanted)))

    def _looks(self, kind: str, patterns: list[str]) -> Iterator[str]:
        return (f"(?{kind}.*{self._between(pattern.strip())})" for pattern in patterns)

    def _between(self, pattern: str) -> str:
        return rf"\b(?:{self._filled(pattern)})\b"

    def _filled(self, pattern: str) -> str:
        if self._folds:
            pattern = _LITERAL.sub(self._literal, pattern)
        return _PART.sub(lambda part: self._parts[part[1]], pattern)

    def _literal(self, found: re.Match[str]) -> str:
        word: str | None = found[1]
        if word is None:
            return found[0]
        if found[2] is None:
            return self._spelt(word)
        forms = dict.fromkeys((fold(f"{word}x")[:-1], fold(f"{word}o")[:-1]))
        return f"(?:{'|'.join(forms)}){found[2]}"

    def _spelt(self, word: str) -> str:
        word = fold(word)
        return self.spellings.get(word, word)
