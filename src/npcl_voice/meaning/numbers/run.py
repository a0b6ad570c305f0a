"""A number as it was said in one go, and what stands of it after all corrections."""

from collections.abc import Sequence

import msgspec

from npcl_voice.meaning.numbers.reading import readings
from npcl_voice.meaning.numbers.unit import Said, Unit

__all__ = ["Run"]


class Run(msgspec.Struct, frozen=True):
    """Values that were said in one go, with nothing but fillers and corrections between them."""

    parts: tuple[Said, ...]

    @property
    def units(self) -> tuple[Unit, ...]:
        """The values themselves."""
        return tuple(part.unit for part in self.parts)

    @property
    def stretches(self) -> tuple[int, ...]:
        """For each unit how many corrections stood before it."""
        count, stretches = 0, []
        for part in self.parts:
            count += part.before.marks
            stretches.append(count)
        return tuple(stretches)

    @property
    def start(self) -> int:
        """Where its first value begins."""
        return self.parts[0].unit.start

    @property
    def end(self) -> int:
        """Where its last value ends."""
        return self.parts[-1].unit.end

    @property
    def said(self) -> str:
        """Every digit, those taken back included."""
        return "".join(part.unit.digits for part in self.parts)

    def kept(self) -> list[int]:
        """Which digits of `said` stand after all corrections, by their place.

        A correction replaces as many digits as it brings; more than were there, all of them. What was
        begun anew replaces everything.
        """
        kept: list[int] = []
        row: list[int] = []
        place = 0
        for part in self.parts:
            if part.before.corrects:
                kept, row = [] if part.before.fresh else _replaced(kept, row), []
            row.extend(range(place, place + len(part.unit.digits)))
            place += len(part.unit.digits)
        return _replaced(kept, row)

    def digits(self, lengths: Sequence[int] = ()) -> str:
        """The number that was meant: the cheapest reading of one of these lengths, else what is usual."""
        fitting = (digits for digits in readings(self.parts) if len(digits) in lengths) if lengths else iter(())
        if (found := next(fitting, None)) is not None:
            return found
        said = self.said
        return "".join(said[place] for place in self.kept())


def _replaced(kept: list[int], row: list[int]) -> list[int]:
    return kept[: max(0, len(kept) - len(row))] + row
