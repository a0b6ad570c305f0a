"""What the caller has really heard, to the millisecond.

The channel plays one queue in order and says how many samples it has played; this ledger knows
whose samples they were. Times come from samples, never from a clock.
"""

from collections import deque
from collections.abc import Iterator

import msgspec

__all__ = ["Cut", "Heard", "ItemId", "OnAir", "Playback", "SayId", "Speaker"]


class ItemId(msgspec.Struct, frozen=True, tag=True):
    """One piece of the model's speech."""

    item_id: str
    content_index: int


class SayId(msgspec.Struct, frozen=True, tag=True):
    """One phrase of our own voice."""

    say_id: int


Speaker = ItemId | SayId


MS_PER_LETTER = 60
"""What a letter takes when it is spoken, blanks included: about 165 words a minute."""
FASTEST = 0.85
"""Of that time, what a quick voice takes."""


class Heard(msgspec.Struct, frozen=True):
    """Somebody's words have been heard to their end."""

    speaker: Speaker
    text: str
    ms: int


class OnAir(msgspec.Struct, frozen=True):
    """Somebody's words on their way to the caller, for whoever looks on.

    Half-heard words are looked at and never reported: reports are kept, and a number in pieces would
    not be recognised as one, and masked.
    """

    speaker: Speaker
    heard: str
    """The words that were heard so far, the last one perhaps in part."""
    text: str
    """All that is to be said, as far as it has come; it begins with `heard`."""


class Cut(msgspec.Struct, frozen=True):
    """Somebody's words were cut off."""

    speaker: Speaker
    heard_text: str
    """The words that were heard, the last one perhaps in part."""
    text: str
    """All that would have been said, as far as it had come."""
    heard_samples: int
    heard_ms: int
    ms: int
    """Length of the sound that had come."""
    piece: "_Piece"
    """The piece as it was, to be put back."""


class _Piece:
    """What one speaker says: texts, each with the sample at which it begins, and sound."""

    def __init__(self, speaker: Speaker) -> None:
        self.speaker = speaker
        self.texts: list[tuple[int, str]] = []
        self.queued = 0
        self.kept = 0
        """Samples that have come and are kept back."""
        self.played = 0
        self.complete = False

    def text(self) -> str:
        return "".join(text for _, text in self.texts).strip()

    def shorten(self, letters: int) -> None:
        """Of its words no more than that many letters are ever heard."""
        kept: list[tuple[int, str]] = []
        for begins, text in self.texts:
            short = text if len(text) <= letters else _share(text, max(0, letters) / len(text))
            kept.append((begins, short))
            letters -= len(text)
        self.texts = kept

    def place_of(self, letter: int, samples_per_letter: float) -> int:
        """The sample at which the sound of a letter begins, rather too early than too late.

        Words come ahead of their sound, or together with it; how far, nobody tells. So it is where its text came,
        held between what so many letters take at a quick and at a usual pace.
        """
        usual = letter * samples_per_letter
        came, before = 0.0, 0
        for place, (begins, text) in enumerate(self.texts):
            if before + len(text) > letter:
                ends = self.texts[place + 1][0] if place + 1 < len(self.texts) else None
                pace = samples_per_letter * FASTEST if ends is None else (ends - begins) / len(text)
                came = begins + (letter - before) * pace
                break
            before += len(text)
        return int(max(FASTEST * usual, min(came, usual)))

    def heard_text(self) -> str:
        """The words up to the last sample played, each text spread evenly over its own sound."""
        out = []
        for (begins, text), ends in zip(self.texts, self._ends(), strict=True):
            if self.played >= ends > begins:
                out.append(text)
            elif self.played > begins:
                out.append(_share(text, (self.played - begins) / (ends - begins)))
        return "".join(out).strip()

    def _ends(self) -> Iterator[int]:
        for begins, _ in self.texts[1:]:
            yield begins
        if self.texts:
            yield self.queued


class Playback:
    """The queue as the channel has it, and who is to be heard in it."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._pieces: deque[_Piece] = deque()
        self.stream = 0
        """The stream that the channel's reports must belong to."""

    def say(self, speaker: Speaker, text: str) -> None:
        """These words begin with the speaker's next sample; they share it with words that came just before."""
        piece = self._piece(speaker)
        texts = piece.texts
        begins = piece.queued + piece.kept
        if texts and texts[-1][0] == begins:
            text = texts.pop()[1] + text
        texts.append((begins, text))

    def queue(self, speaker: Speaker, samples: int) -> None:
        """This much sound of the speaker was handed to the channel, behind all that it has.

        Where somebody else was put in while the speaker had run dry, it goes on behind that.
        """
        piece = self._piece(speaker)
        if piece is not self._pieces[-1] and piece.played >= piece.queued:
            self._pieces.remove(piece)
            self._pieces.append(piece)
        piece.queued += samples

    def keep(self, speaker: Speaker, samples: int) -> None:
        """So much sound of the speaker has come and is kept back for now."""
        self._piece(speaker).kept += samples

    def release(self, speaker: Speaker) -> None:
        """What was kept back is queued after all, by `queue`, or is not wanted any more."""
        self._piece(speaker).kept = 0

    def place_of(self, speaker: Speaker, letter: int) -> int:
        """The sample of the speaker's at which the sound of that letter of its text begins, as far as can be told."""
        return self._piece(speaker).place_of(letter, MS_PER_LETTER * self._rate_hz / 1000)

    def played_of(self, speaker: Speaker) -> int:
        """How many samples of the speaker's were played."""
        return self._piece(speaker).played

    def queued_of(self, speaker: Speaker) -> int:
        """How many were handed to the channel."""
        return self._piece(speaker).queued

    def shorten(self, speaker: Speaker, letters: int, samples: int) -> list[Heard]:
        """Of the speaker no more is heard than so many letters and samples; nothing more comes of it."""
        piece = self._piece(speaker)
        piece.shorten(letters)
        piece.queued = min(piece.queued, samples)
        piece.kept = 0
        return self.complete(speaker)

    def complete(self, speaker: Speaker) -> list[Heard]:
        """Nothing more comes from the speaker; its words count as heard once all is played."""
        for piece in self._pieces:
            if piece.speaker == speaker:
                piece.complete = True
        return self._pop_finished()

    def complete_item(self, item_id: str) -> list[Heard]:
        """The same for all parts of one item of the model's."""
        for piece in self._pieces:
            if isinstance(piece.speaker, ItemId) and piece.speaker.item_id == item_id:
                piece.complete = True
        return self._pop_finished()

    def complete_items(self) -> list[Heard]:
        """The same for all that the model has said."""
        for piece in self._pieces:
            piece.complete = piece.complete or isinstance(piece.speaker, ItemId)
        return self._pop_finished()

    def break_off(self) -> list[Heard]:
        """The model says no more in the middle of a word: its words are known further than its sound has come."""
        for piece in self._pieces:
            if isinstance(piece.speaker, ItemId) and not piece.complete:
                piece.shorten(self._ms(piece.queued) // MS_PER_LETTER)
        return self.complete_items()

    def holds(self, speaker: Speaker) -> bool:
        """Whether the speaker is in the queue."""
        return any(piece.speaker == speaker for piece in self._pieces)

    @property
    def holds_items(self) -> bool:
        """Whether any of the model's words are in the queue."""
        return any(isinstance(piece.speaker, ItemId) for piece in self._pieces)

    @property
    def holds_sound_of_items(self) -> bool:
        """Whether any of the model's sound waits to be heard, or is being heard."""
        return any(isinstance(piece.speaker, ItemId) and piece.played < piece.queued for piece in self._pieces)

    @property
    def is_out(self) -> bool:
        """Whether something is queued or still to come."""
        return bool(self._pieces)

    @property
    def is_dry(self) -> bool:
        """Whether all that has come was played, and more is to come."""
        return bool(self._pieces) and all(piece.played >= piece.queued for piece in self._pieces)

    @property
    def speaker(self) -> Speaker | None:
        """Whose words are being heard now; who has run dry is heard where nobody else is."""
        sounding = (piece for piece in self._pieces if piece.played < piece.queued)
        piece = next(sounding, self._pieces[0] if self._pieces else None)
        return None if piece is None else piece.speaker

    def on_air(self) -> tuple[OnAir, ...]:
        """Everybody's words in the queue, in the order in which they are heard."""
        return tuple(OnAir(piece.speaker, piece.heard_text(), piece.text()) for piece in self._pieces)

    def played(self, samples: int, stream: int) -> tuple[list[Speaker], list[Heard]]:
        """The channel played this much more.

        Returns who began to be heard, and who was heard to the end. Reports of a stream that was
        stopped since are of no use any more and change nothing.
        """
        if stream != self.stream:
            return [], []
        began = []
        for piece in self._pieces:
            take = min(samples, piece.queued - piece.played)
            if take > 0 and piece.played == 0:
                began.append(piece.speaker)
            piece.played += take
            samples -= take
        return began, self._pop_finished()

    def cut(self) -> list[Cut]:
        """Drop the queue and begin a new stream; says what became of everybody in it."""
        cuts = [
            Cut(p.speaker, p.heard_text(), p.text(), p.played, self._ms(p.played), self._ms(p.queued), p)
            for p in self._pieces
        ]
        self._pieces.clear()
        self.stream += 1
        return cuts

    def put_back(self, cut: Cut) -> None:
        """Words that were cut go on where they were cut: the rest is queued again."""
        self._pieces.append(cut.piece)

    def _piece(self, speaker: Speaker) -> _Piece:
        for piece in self._pieces:
            if piece.speaker == speaker:
                return piece
        piece = _Piece(speaker)
        self._pieces.append(piece)
        return piece

    def _pop_finished(self) -> list[Heard]:
        heard = []
        for piece in tuple(self._pieces):
            if piece.played < piece.queued:
                break
            if piece.complete:
                self._pieces.remove(piece)
                text = piece.text() if piece.queued else ""  # words whose sound never came were not heard
                heard.append(Heard(piece.speaker, text, self._ms(piece.played)))
        return heard

    def _ms(self, samples: int) -> int:
        return samples * 1000 // self._rate_hz


def _share(text: str, share: float) -> str:
    """The first words of a text, as many as a share of its letters holds."""
    left = share * len(text)
    out = []
    for word in text.split(" "):
        if left < len(word) / 2:
            break
        out.append(word)
        left -= len(word) + 1
    return " ".join(out)
