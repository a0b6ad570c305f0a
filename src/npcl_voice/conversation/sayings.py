"""What our own voice is asked to say, from the wish to the last sample.

Safety words are protected: a caller who speaks over them pauses them, and they go on at the same
sample.
"""

from collections.abc import Collection

from npcl_voice.audio.frame import Frame

__all__ = ["Saying", "Sayings"]


class Saying:
    """One phrase on its way."""

    def __init__(self, phrase: str, *, protected: bool) -> None:
        self.phrase = phrase
        self.protected = protected
        self.rendered = False
        self.frames: list[Frame] = []
        """Kept of protected phrases only, so that the rest can be queued again."""

    def rest(self, heard_samples: int) -> list[Frame]:
        """The frames after what was heard; the first may be a part of one."""
        rest = []
        for frame in self.frames:
            if heard_samples < frame.samples:
                rest.append(frame.split(heard_samples)[1])
            heard_samples = max(0, heard_samples - frame.samples)
        return rest


class Sayings:
    """All phrases that are not heard to the end yet, by their number."""

    def __init__(self) -> None:
        self._next = 0
        self._open: dict[int, Saying] = {}

    def begin(self, phrase: str, *, protected: bool) -> int:
        """A new phrase; its number."""
        self._next += 1
        self._open[self._next] = Saying(phrase, protected=protected)
        return self._next

    def get(self, say_id: int) -> Saying | None:
        """The phrase of that number, unless it is over or was cut."""
        return self._open.get(say_id)

    def end(self, say_id: int) -> Saying | None:
        """The phrase is over, heard or cut."""
        return self._open.pop(say_id, None)

    def to_drop(self) -> list[int]:
        """The phrases that need not be said when the caller has something to say."""
        return [say_id for say_id, saying in self._open.items() if not saying.protected]

    @property
    def protecting(self) -> bool:
        """Whether a protected phrase is on its way."""
        return any(saying.protected for saying in self._open.values())

    def unprotect(self) -> None:
        """Whatever is on its way may be cut like all else."""
        for saying in self._open.values():
            saying.protected = False

    def any_but(self, phrases: Collection[str]) -> bool:
        """Whether any other phrase than these is on its way."""
        return any(saying.phrase not in phrases for saying in self._open.values())

    @property
    def rendering(self) -> bool:
        """Whether some phrase has not been rendered to its end."""
        return any(not saying.rendered for saying in self._open.values())
