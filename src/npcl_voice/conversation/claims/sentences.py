"""Where one sentence ends and the next begins, while the words are still coming."""

import re

import msgspec

from npcl_voice.meaning.quantities import digit_sense
from npcl_voice.meaning.tokens import tokens_of

__all__ = ["Sentence", "Sentences", "sentences_of"]

_STOP = re.compile(r"[.!?।॥…\n]+[\"'”’)\]]*")
_SHORT = re.compile(
    r"(?:^|[\s(])(?:rs|re|mr|mrs|ms|dr|smt|shri|no|nos|st|approx|vs|e\.g|i\.e|[ap]\.?m|[a-z])\.$", re.IGNORECASE
)
_LAST_WORD = re.compile(r"\S+$")
_NEXT_WORD = re.compile(r"\s*([^\s.!?।]+)(.)?", re.DOTALL)
_DAY_HALF = re.compile(r"[ap]\.?m\.$", re.IGNORECASE)


class Sentence(msgspec.Struct, frozen=True):
    """Some words of a text."""

    text: str
    start: int
    """How many letters of the text stand before it."""


class Sentences:
    """Takes a text piece by piece, and gives its sentences as they become whole.

    A full stop may be part of a number, or only a pause in one that is dictated: there the next word is waited for.
    """

    def __init__(self) -> None:
        self._text = ""
        self._begins = 0

    @property
    def letters(self) -> int:
        """How many letters have come."""
        return len(self._text)

    @property
    def rest(self) -> Sentence:
        """What has come of the sentence that is not whole yet."""
        return self._sentence(len(self._text))

    def feed(self, text: str) -> list[Sentence]:
        """More of the text; the sentences that are whole now."""
        self._text += text
        out = []
        for stop in _STOP.finditer(self._text, self._begins):
            if self._ends(stop):
                out.append(self._sentence(stop.end()))
                self._begins = stop.end()
        return [sentence for sentence in out if sentence.text]

    def end(self) -> list[Sentence]:
        """No more comes: what is left is whole, too."""
        left, self._begins = self.rest, len(self._text)
        return [left] if left.text else []

    def _sentence(self, ends: int) -> Sentence:
        words = self._text[self._begins : ends]
        blank = len(words) - len(words.lstrip())
        return Sentence(words.strip(), self._begins + blank)

    def _ends(self, stop: re.Match[str]) -> bool:
        if not stop.group().strip("."):
            return self._full_stop_ends(stop)
        return stop.end() < len(self._text) or not set(stop.group()) <= set("\n")

    def _full_stop_ends(self, stop: re.Match[str]) -> bool:
        before, after = self._text[self._begins : stop.end()], self._text[stop.end() :]
        if after[:1] and not after[0].isspace():
            return False  # within a figure, or a shortened word
        if _SHORT.search(before):
            return _DAY_HALF.search(before) is not None and after.lstrip()[:1].isupper()
        word = _LAST_WORD.search(before.rstrip(".…\"'”’)] "))
        if word is None or not _is_digit(word.group()):
            return True
        following = _NEXT_WORD.match(after)
        if following is None or following.group(2) is None:
            return False  # not known yet
        return not _is_digit(following.group(1).strip(","))


def _is_digit(word: str) -> bool:
    tokens = tokens_of(word)
    return bool(tokens) and (tokens[-1].kind == "figure" or digit_sense(tokens[-1]) is not None)


def sentences_of(text: str) -> list[Sentence]:
    """All sentences of a text that has come to its end."""
    found = Sentences()
    return [*found.feed(text), *found.end()]
