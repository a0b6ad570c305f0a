"""A number that is dictated over several turns, spoken, keyed, or half of each.

The state is what has come so far; every piece gives the next state. Pauses, corrections of what came
before and beginning anew are read over all pieces together, as if they had been said in one go.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Final, Literal

import msgspec

from npcl_voice.meaning.numbers import KINDS, Said, spoken_number
from npcl_voice.meaning.numbers.run import Run
from npcl_voice.meaning.numbers.scan import scanned

__all__ = ["Dictation", "Progress", "Source", "put_right"]

Source = Literal["spoken", "keyed", "typed", "mixed"]
_LEAST_GROUP: Final = 3
"""So many digits said again are a part of the number, with what is put right in it."""


class Progress(Enum):
    """How far a dictation has come."""

    NOTHING = "nothing"
    """No digit yet."""
    HALF = "half"
    """More digits must come."""
    WHOLE = "whole"
    """It has an accepted length and looks like a number of its kind."""
    MISSHAPEN = "misshapen"
    """It has an accepted length, but no number of its kind looks so: a consumer number that begins with a 7."""
    TOO_LONG = "too_long"
    """There are more digits than any such number has."""


class Dictation(msgspec.Struct, frozen=True):
    """What has come so far of a number."""

    kind: str
    """One of KINDS, for its shape; of another number only the length counts."""
    lengths: tuple[int, ...]
    """Accepted lengths, ascending; not empty."""
    digits: str = ""
    source: Source = "spoken"
    """Where the digits came from; what was keyed or typed from first to last counts as confirmed, nothing else."""
    before: str = ""
    """The digits before the last piece."""

    @classmethod
    def of(cls, kind: str) -> "Dictation":
        """The beginning of a number of one of KINDS."""
        return cls(kind, KINDS[kind].lengths)

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        if not self.digits:
            return Progress.NOTHING
        if len(self.digits) in self.lengths:
            known = KINDS.get(self.kind)
            fits = known is None or known.shape.fullmatch(self.digits) is not None
            return Progress.WHOLE if fits else Progress.MISSHAPEN
        return Progress.HALF if len(self.digits) < self.lengths[-1] else Progress.TOO_LONG

    def told(self, text: str, source: Source = "spoken") -> "Dictation":
        """With the digits of an utterance, or of a line that was typed; the same where it tells none.

        A correction and nothing else ("no, no") takes the last piece back.
        """
        parts = _parts(text)
        if not parts:
            tail = scanned(text).tail
            return self._taken_back() if tail.corrects and not tail.gap else self
        so_far = ". ".join((" ".join(self.digits), text)) if self.digits else text
        alone = spoken_number(text, self.lengths, self.kind)
        if whole := spoken_number(so_far, self.lengths, self.kind) or alone:
            return self._with(whole, source, anew=whole == alone)
        digits = Run((*scanned(" ".join(self.digits)).parts, *parts)).digits()
        return self._with(digits, source, anew=parts[0].before.fresh)

    def keyed(self, digits: str) -> "Dictation":
        """With digits from the keypad, all that were pressed in one go: they go on, or are the whole number."""
        together = self.digits + digits
        again = digits.startswith(self.digits)
        anew = self._has_length(digits) and (again or not self._has_length(together))
        return self._with(digits if anew else together, "keyed", anew=anew)

    def _has_length(self, digits: str) -> bool:
        return len(self._local(digits)) in self.lengths

    def _local(self, digits: str) -> str:
        known = KINDS.get(self.kind)
        return digits if known is None else known.local(digits)

    def _with(self, digits: str, source: Source, *, anew: bool) -> "Dictation":
        alone = anew or not self.digits or source == self.source
        return msgspec.structs.replace(
            self,
            digits=self._local(digits),
            source=source if alone else "mixed",
            before="" if anew else self.digits,
        )

    def _taken_back(self) -> "Dictation":
        return msgspec.structs.replace(self, digits=self.before, before="")


def put_right(number: str, text: str, kind: str, lengths: Sequence[int]) -> str:
    """What a whole number should have been, where `text` tells only what is wrong with it; empty where it does not.

    "The last digit is five", "six nahi, nine", "nine, not six", or a group again with one digit changed; the last
    three only where there is one place in the number that they fit.
    """
    said = scanned(text)
    parts, digits = said.parts, [part.unit.digits for part in said.parts]
    if any(part.before.last for part in parts):
        return spoken_number(f"{' '.join(number)}. {text}", (len(number),), kind)
    if len(parts) == 2 and (parts[1].before.marks or any(part.before.contrast for part in parts) or said.tail.corrects):
        behind = parts[1].before.contrast or (said.tail.corrects and not parts[1].before.marks)
        right, wrong = digits if behind else digits[::-1]
        if wrong == number:
            return right if len(right) in lengths else ""
        return number.replace(wrong, right) if len(wrong) == len(right) == number.count(wrong) == 1 else ""
    group = Run(parts).digits() if parts else ""
    places = [place for place in range(len(number) - len(group) + 1) if _differ(number[place:], group) == 1]
    if len(group) < _LEAST_GROUP or len(places) != 1:
        return ""
    return number[: places[0]] + group + number[places[0] + len(group) :]


def _differ(digits: str, others: str) -> int:
    return sum(one != other for one, other in zip(digits, others, strict=False))


def _parts(text: str) -> tuple[Said, ...]:
    """The values of an utterance; everyday words are some where nothing else was said: `do` is two."""
    said = scanned(text)
    if not said.parts and (kindly := scanned(text, kindly=True)).nothing_else:
        return tuple(
            msgspec.structs.replace(part, unit=msgspec.structs.replace(part.unit, digits=part.unit.also[0][0]))
            for part in kindly.parts
        )
    if len(said.parts) == 1 and said.parts[0].unit.letter:  # "oh"
        return ()
    return said.parts
