"""The caller's sound, on its way to the engine, and what is kept of it for the next one.

While an engine listens, sound goes to it at once; what it has not written down yet is kept beside,
so that another engine can hear it. While none listens, our own detector looks at the sound instead:
what the caller says then is handed on as one turn, without the silence in it.
"""

from collections import deque
from itertools import takewhile
from typing import NamedTuple

from npcl_voice.audio.frame import Frame
from npcl_voice.conversation.events import CallerAudio
from npcl_voice.conversation.state import CallState

__all__ = ["Incoming"]

HANDED_ON = ""
"""Stands for the turn that was handed on, until the engine has given it an item."""

KEPT_MS = 15_000
"""How much is kept at most; older sound is dropped."""
UNNOTICED_MS = 1_000
"""How much is kept of what an engine has heard and not spoken of: it notices speech after it began."""
NOISE_MS = 250
"""Speech that an engine does not notice and that is shorter than this is a click."""
DEAF_S = 2.0
"""An engine that has not noticed speech for so long does not hear it: its notice takes half a second at most."""
LATE_MS = 1_150
"""How much longer than the longest closing silence it is quiet until an engine has missed the end of a turn."""
CLICK_S = 1.0
"""After so much silence a click is forgotten."""
CHUNK_MS = 500
"""What was kept is sent in pieces of so much."""
TAIL_MS = 200
"""Silence that stays behind speech: the end of a last consonant."""
BEFORE, BEHIND = 0.6, 0.3
"""How much of the silence that ends a turn may be left before speech and behind it: never so much together
that an engine would end the turn in the middle."""
MAX_TURNS = 16
"""So many turns without words are remembered; an engine that tells of more invents them."""


class _Piece(NamedTuple):
    frame: Frame
    begins: int
    """Samples of the caller's before it."""
    speech: bool | None
    """Whether the caller speaks in it; None where nobody has looked."""


class Incoming:
    """The caller's side of the line."""

    def __init__(self, state: CallState, *, prefix_ms: float, closing_ms: float, longest_ms: float) -> None:
        """`prefix_ms` of sound belong to a turn before its speech; `closing_ms` of silence end one, or up to
        `longest_ms` where the caller is given more time.
        """
        self._state = state
        self._prefix_ms = min(prefix_ms, BEFORE * closing_ms)
        self._tail_ms = min(TAIL_MS, BEHIND * closing_ms)
        self._closing_ms = closing_ms
        self._missed_ms = longest_ms + LATE_MS
        self._kept: deque[_Piece] = deque()
        self._samples = 0
        self._turns: dict[str, tuple[int, int | None]] = {}
        """Turns whose words are not known: where they begin and end, in samples of the caller's."""
        self._heard_to = 0
        """Up to where the engine has written down what was said, in samples of the caller's."""
        self._listens = False
        self._sent_samples = 0
        self._sent_at = 0.0
        self._speech_at: float | None = None
        self._unnoticed_from: float | None = None
        self._unnoticed_ms = 0.0
        self._quiet_ms = 0.0
        """Silence that our own detector has seen, up to now."""
        self._stopped = False
        """Whether the engine that is gone had noticed the end of that speech."""

    @property
    def listens(self) -> bool:
        """Whether an engine hears the caller now."""
        return self._listens

    @property
    def deaf(self) -> bool:
        """Whether the engine takes the caller's speech and says nothing of it, or nothing of its end."""
        if (
            self._listens
            and self._quiet_ms >= self._missed_ms
            and any(ends is None for _, ends in self._turns.values())
        ):
            return True
        since = self._unnoticed_from
        if not self._listens or since is None or self._unnoticed_ms < NOISE_MS:
            return False
        return self._state.now - since >= DEAF_S

    @property
    def handing_on(self) -> bool:
        """Whether the engine was handed a turn that it has not told of yet."""
        return HANDED_ON in self._turns

    @property
    def speaking(self) -> bool:
        """Whether the caller speaks and no engine has noticed it."""
        return self._speech_at is not None and not self._stopped and self._silence_ms < self._closing_ms

    @property
    def holds_speech(self) -> bool:
        """Whether the caller has spoken, or still does, and no engine has heard it."""
        return self._speech_at is not None

    @property
    def ended_at(self) -> float | None:
        """When the caller ended a turn that no engine has heard; None where there is none."""
        looked_at = bool(self._kept) and self._kept[-1].speech is not None
        return self._speech_at if looked_at and self._speech_at is not None and not self.speaking else None

    @property
    def _silence_ms(self) -> float:
        assert self._speech_at is not None
        return (self._state.now - self._speech_at) * 1000

    @property
    def _is_followed(self) -> bool:
        """Whether the engine has noticed that the caller speaks."""
        turns = (ends for item_id, (_, ends) in self._turns.items() if item_id != HANDED_ON)
        return self._listens and any(ends is None for ends in turns)

    def heard(self, event: CallerAudio) -> None:
        """The caller's next sound, silence included."""
        self._kept.append(_Piece(event.frame, self._samples, event.speech))
        self._samples += event.frame.samples
        if self._listens:
            self._send(event.frame)
        self._quiet_ms = self._quiet_ms + event.frame.ms if event.speech is False else 0.0
        if event.speech and not self._is_followed:
            self._speech_at, self._stopped = self._state.now, False
            self._unnoticed_ms += event.frame.ms
            if self._unnoticed_from is None:
                self._unnoticed_from = self._state.now - event.frame.ms / 1000
        elif self._listens and 0 < self._unnoticed_ms < NOISE_MS and self._silence_ms >= CLICK_S * 1000:
            self._noticed()
        self._prune()

    def _noticed(self) -> None:
        """What the caller said is the engine's matter now, or nobody's."""
        self._speech_at = self._unnoticed_from = None
        self._unnoticed_ms = 0.0

    # What an engine makes of it.

    def turn_began(self, item_id: str, audio_start_ms: int) -> None:
        """The engine noticed speech, at that position of what it heard."""
        self._turns.pop(HANDED_ON, None)
        self._noticed()
        while len(self._turns) >= MAX_TURNS:
            del self._turns[next(iter(self._turns))]
        self._turns[item_id] = (self._place_of(audio_start_ms), None)

    def turn_stopped(self, item_id: str, audio_end_ms: int) -> None:
        """It noticed the end of it."""
        if item_id in self._turns:
            self._turns[item_id] = (self._turns[item_id][0], self._place_of(audio_end_ms))

    def turn_known(self, item_id: str) -> None:
        """Its words are known, or it was no turn: its sound is of no use any more."""
        for turn in (item_id, HANDED_ON):
            _, ends = self._turns.pop(turn, (0, None))
            self._heard_to = max(self._heard_to, ends or 0)
        self._noticed()

    def turn_committed(self, item_id: str) -> None:
        """It is an item: whoever ended it, nothing more belongs to it."""
        begins, ends = self._turns.get(item_id, (0, 0))
        if ends is None:
            self._turns[item_id] = (begins, self._samples)

    def time_of(self, audio_ms: int) -> float:
        """The call's time at which the sound at that position, in milliseconds, came from the caller."""
        sent_ms = self._state.line.format.ms_of(self._sent_samples)
        return self._sent_at - (sent_ms - audio_ms) / 1000

    def _place_of(self, audio_ms: int) -> int:
        """That position, in samples of the caller's; no engine has heard more than there was."""
        place = self._samples - self._sent_samples + self._state.line.format.samples_in(audio_ms)
        return min(max(0, place), self._samples)

    # From one engine to the next.

    def engine_gone(self) -> None:
        """Nobody listens any more: what was said and not written down waits for the next engine."""
        if not self._listens:
            return
        self._prune()
        self._listens = False
        marked = self._without_the_end_of_what_is_known(
            [piece if piece.speech is not None else piece._replace(speech=self._in_turn(piece)) for piece in self._kept]
        )
        self._kept = deque(marked)
        spoken = [piece for piece in marked if piece.speech]
        if spoken:
            behind = self._samples - spoken[-1].begins - spoken[-1].frame.samples
            self._speech_at = self._state.now - self._state.line.format.ms_of(behind) / 1000
            self._stopped = all(ends is not None for _, ends in self._turns.values())
        self._turns.clear()

    def _without_the_end_of_what_is_known(self, pieces: list[_Piece]) -> list[_Piece]:
        """Our detector may hear a turn end a little later than the engine did, which has written it down whole."""
        behind = [piece for piece in pieces if piece.begins + piece.frame.samples > self._heard_to]
        end = list(takewhile(lambda piece: piece.speech, behind))
        if not self._heard_to or sum(piece.frame.ms for piece in end) >= NOISE_MS:
            return pieces
        return [piece._replace(speech=False) if piece in end else piece for piece in pieces]

    def _in_turn(self, piece: _Piece) -> bool | None:
        for begins, ends in self._turns.values():
            if piece.begins + piece.frame.samples > begins and (ends is None or piece.begins < ends):
                return True
        return False if self._turns else piece.speech

    def engine_listens(self) -> bool:
        """An engine has taken our settings: it hears what was kept. Whether that is a whole turn."""
        pieces = self._worth_hearing()
        whole, spoken = self.ended_at is not None, self._speech_at is not None
        self._listens = True
        self._sent_samples = 0
        self._noticed()
        begins = ends = at = self._samples - sum(piece.frame.samples for piece in pieces)
        self._kept.clear()
        for piece in pieces:
            self._kept.append(_Piece(piece.frame, at, None))  # as if nothing had been between them
            at += piece.frame.samples
            ends = at if piece.speech else ends
        line = self._state.line.format
        for chunk in Frame.join([piece.frame for piece in pieces], line).chunks(line.samples_in(CHUNK_MS)):
            self._send(chunk)
        if spoken:
            self._turns[HANDED_ON] = (begins, ends if whole else None)
        return whole

    def _worth_hearing(self) -> list[_Piece]:
        """Speech, with what belongs to it before and behind; all there is where nobody has looked."""
        pieces = list(self._kept)
        if all(piece.speech is None for piece in pieces):
            return pieces
        wanted = [False] * len(pieces)
        for order, reach_ms in ((range(len(pieces)), self._tail_ms), (range(len(pieces) - 1, -1, -1), self._prefix_ms)):
            left = 0.0
            for at in order:
                piece = pieces[at]
                left = reach_ms if piece.speech else left - piece.frame.ms if piece.speech is False else left
                wanted[at] = wanted[at] or left > 0 or bool(piece.speech)
        if not any(wanted):
            return self._last(pieces, self._prefix_ms)
        if self.speaking:
            return pieces[wanted.index(True) :]
        return [piece for piece, is_wanted in zip(pieces, wanted, strict=True) if is_wanted]

    def _last(self, pieces: list[_Piece], reach_ms: float) -> list[_Piece]:
        """What came last: speech may just have begun in it."""
        kept: list[_Piece] = []
        for piece in reversed(pieces):
            if reach_ms <= 0:
                break
            kept.insert(0, piece)
            reach_ms -= piece.frame.ms
        return kept

    def _send(self, frame: Frame) -> None:
        state = self._state
        state.send(state.engine.append(frame.data))
        self._sent_samples += frame.samples
        self._sent_at = state.now

    def _prune(self) -> None:
        """Drop what nobody will want to hear again."""
        line = self._state.line.format
        oldest = self._samples - line.samples_in(KEPT_MS)
        if self._listens:
            unknown = min((begins for begins, _ in self._turns.values()), default=self._samples)
            if self._unnoticed_from is not None:
                since_ms = (self._state.now - self._unnoticed_from) * 1000 + self._prefix_ms
                unknown = min(unknown, self._samples - line.samples_in(since_ms))
            unnoticed = max(self._samples - line.samples_in(UNNOTICED_MS), self._heard_to)
            oldest = max(oldest, min(unknown, unnoticed))
        while self._kept and self._kept[0].begins + self._kept[0].frame.samples <= oldest:
            self._kept.popleft()
