"""What our own voice is asked to say, from the wish to the last sample.

Safety words are protected: a caller who speaks over them pauses them, and they go on at the same
sample.
"""

from collections import deque
from collections.abc import Collection

from npcl_voice.audio.frame import Frame

__all__ = ["Saying", "Sayings", "Sound"]


class Sound:
    """What was handed to the channel of one speaker's and is not played yet, so that it can be queued again."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()
        self._from = 0
        """Samples before the first frame."""

    def add(self, frame: Frame) -> None:
        """More of it."""
        self._frames.append(frame)

    def played(self, samples: int) -> None:
        """So much of all was played; whole frames of it are let go of."""
        while self._frames and self._from + self._frames[0].samples <= samples:
            self._from += self._frames.popleft().samples

    def rest(self, begins: int, ends: int) -> list[Frame]:
        """The frames of a stretch that is not played yet; the first and the last may be parts of one."""
        rest, at = [], self._from
        for frame in self._frames:
            first, last = max(0, begins - at), min(frame.samples, ends - at)
            if first < last:
                rest.append(frame.split(last)[0].split(first)[1])
            at += frame.samples
        return rest


class Saying:
    """One phrase on its way."""

    def __init__(self, phrase: str, *, protected: bool) -> None:
        self.phrase = phrase
        self.protected = protected
        self.rendered = False


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
