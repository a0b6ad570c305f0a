"""What the caller hears from us: queued, paused, cut, and accounted for.

Both voices go through here, the engine's and our own, into one queue in which they are heard in
order. Safety words are protected: speech over them pauses them, and they go on at the same sample.
"""

from collections.abc import Callable

import msgspec

from npcl_voice.audio.frame import Frame
from npcl_voice.conversation.commands import (
    Latency,
    PausePlaying,
    Play,
    ResumePlaying,
    Say,
    StopPlaying,
    Transcript,
)
from npcl_voice.conversation.context import Line
from npcl_voice.conversation.events import Played, SayAudio
from npcl_voice.conversation.exchange import said_mark
from npcl_voice.conversation.floor import Floor, FloorEvent
from npcl_voice.conversation.playback import Cut, Heard, ItemId, OnAir, Playback, SayId, Speaker
from npcl_voice.conversation.sayings import Sayings, Sound
from npcl_voice.conversation.state import CallState
from npcl_voice.conversation.witness import Lie, Witness

__all__ = ["BRIDGES", "Outgoing", "Retracted", "milliseconds"]


class Retracted(msgspec.Struct, frozen=True):
    """A sentence of the engine's was taken back."""

    lie: Lie
    heard: bool
    """Whether anything of it was heard."""


BRIDGES = ("bridge", "bridge_again")
"""Phrases that ask for patience: the first, and each one after it."""


class Outgoing:
    """Our side of the line."""

    def __init__(self, state: CallState, over: Callable[[int], None]) -> None:
        """`over` is told the number of each phrase of our own once it is over, heard or cut."""
        self._state = state
        self._over = over
        self._playback = Playback(1)
        self._sayings = Sayings()
        self._witness = Witness(state)
        self._sounds: dict[Speaker, Sound] = {}
        """What was handed to the channel and is not played yet."""
        self._kept: dict[ItemId, list[Frame]] = {}
        """Sound of sentences that nothing backs so far: it is kept back until they are whole."""
        self._paused = False
        self._answered_at = 0.0
        self.due_at = 0.0
        """When the sound was due for which a bridge phrase stands."""
        self.answer_heard = False
        """Whether anything of the engine's current answer was heard."""

    def open(self) -> None:
        """The line is open, in the format that it says."""
        self._playback = Playback(self._state.line.format.rate_hz)
        self._answered_at = self._state.now

    @property
    def is_out(self) -> bool:
        """Whether anything is being heard, or is about to."""
        return self._playback.is_out or self._sayings.rendering

    @property
    def holds_answer(self) -> bool:
        """Whether any of the engine's words are out."""
        return self._playback.holds_items

    @property
    def says_something(self) -> bool:
        """Whether anything is out besides a request for patience."""
        return self.holds_answer or self._sayings.any_but(BRIDGES)

    @property
    def rendering(self) -> bool:
        """Whether our own voice must still be waited for."""
        return self._sayings.rendering

    @property
    def protects(self) -> bool:
        """Whether words of safety are on their way."""
        return self._sayings.protecting

    @property
    def sounding(self) -> bool:
        """Whether something is in the channel's queue and not paused."""
        return self._playback.is_out and not self._paused

    @property
    def sounds(self) -> bool:
        """Whether there is sound that the caller hears now."""
        return self.sounding and not self._playback.is_dry

    @property
    def engine_sounds(self) -> bool:
        """Whether there is sound of the engine's in what is heard now, if only behind words of our own."""
        return self.sounding and self._playback.holds_sound_of_items

    @property
    def dry(self) -> bool:
        """Whether more is to come of what has been played to its end."""
        return self._playback.is_dry

    @property
    def paused(self) -> bool:
        """Whether our voice waits for a decision on what the caller said over it."""
        return self._paused

    def on_air(self) -> tuple[OnAir, ...]:
        """Whose words are on their way, and how far they were heard."""
        return self._playback.on_air()

    # Our own voice.

    def say(self, phrase: str, *, protected: bool = False, language: str | None = None) -> int:
        """Have our own voice say a phrase, in the call's language unless another is given; the number of it."""
        state = self._state
        language = language or state.context.language
        say_id = self._sayings.begin(phrase, protected=protected)
        if state.line.voice:
            state.out.append(Say(say_id, phrase, {}, language))
        else:
            state.move(FloorEvent.VOICE_BEGAN)
            text = state.book.render(Line(phrase), language)
            self._witness.reads(text)
            self._said(say_id, text, None, None)
        return say_id

    def say_audio(self, event: SayAudio) -> None:
        """One sentence of it has been rendered."""
        saying = self._sayings.get(event.say_id)
        if saying is None:
            return  # cut while it was being rendered
        speaker = SayId(event.say_id)
        self._witness.reads(event.text)
        self._playback.say(speaker, event.text + " ")
        self._play(speaker, event.frame)

    def _play(self, speaker: Speaker, frame: Frame) -> None:
        self._playback.queue(speaker, frame.samples)
        self._sounds.setdefault(speaker, Sound()).add(frame)
        self._state.out.append(Play(frame))

    def rendered(self, say_id: int) -> None:
        """All of it has been rendered, or could not be."""
        saying = self._sayings.get(say_id)
        if saying is None:
            return
        saying.rendered = True
        for piece in self._playback.complete(SayId(say_id)):
            self._heard(piece)
        if not self._playback.holds(SayId(say_id)):
            self._said(say_id, "", None, None)  # nothing of it could be spoken

    def _said(self, say_id: int, text: str, heard_ms: int | None, whole_ms: int | None) -> None:
        """A phrase of our own is over: tell the follower and the engine what was heard of it."""
        saying = self._sayings.end(say_id)
        if saying is None:
            return
        if text:
            self._state.report(Transcript("assistant", text, heard_ms, whole_ms))
            note = said_mark(saying.phrase) + text
            self._state.exchange.note(note)
            self._state.history.noted(note)
            if self._state.client is not None:
                self._state.send(self._state.client.system_text(note))
        self._over(say_id)

    # The engine's voice.

    def words(self, item_id: str, content_index: int, text: str) -> Retracted | None:
        """The engine's next words, ahead of their sound; whether a sentence of them was taken back."""
        item = ItemId(item_id, content_index)
        self._playback.say(item, text)
        if (lie := self._witness.hears(item, text)) is not None:
            return self._retract(item, lie)
        if not self._witness.doubts(item):
            self._release(item)
        return None

    def sound(self, item_id: str, content_index: int, data: bytes) -> None:
        """The engine's next sound, in the line's format."""
        item, frame = ItemId(item_id, content_index), Frame(data, self._state.line.format)
        if self._witness.doubts(item):
            self._playback.keep(item, frame.samples)
            self._kept.setdefault(item, []).append(frame)
        else:
            self._play(item, frame)

    def complete(self, item_id: str) -> Retracted | None:
        """The engine has said all of an item; whether its last sentence was taken back."""
        retracted = self._no_more_of(item_id)
        for piece in self._playback.complete_item(item_id):
            self._heard(piece)
        return retracted

    def complete_all(self) -> Retracted | None:
        """The engine's answer is over, however it ended: nothing more comes of any item."""
        retracted = self._no_more_of(None)
        for piece in self._playback.complete_items():
            self._heard(piece)
        return retracted

    def reads(self, text: str) -> tuple[str, Lie | None]:
        """What of a written answer may be shown: the sentences before the first that nothing backs."""
        lie = self._witness.reads(text)
        return (text if lie is None else text[: lie.letters].strip()), lie

    def break_off(self) -> None:
        """The engine is gone in the middle of its answer: what has come of it is heard, but for what is doubted."""
        self._kept.clear()
        self._witness.forget()
        for piece in self._playback.break_off():
            self._heard(piece)

    # What nothing backs.

    def _no_more_of(self, item_id: str | None) -> Retracted | None:
        retracted = None
        for item in self._witness.items_of(item_id):
            if (lie := self._witness.ends(item)) is not None:
                retracted = retracted or self._retract(item, lie)
            else:
                self._release(item)
        return retracted

    def _release(self, item: ItemId) -> None:
        """What was kept back of it may be heard."""
        frames = self._kept.pop(item, None)
        if frames is not None:
            self._playback.release(item)
            for frame in frames:
                self._play(item, frame)

    def _retract(self, item: ItemId, lie: Lie) -> Retracted:
        """Take a sentence back, and all that comes behind it: held if nothing of it was played, else cut at once."""
        begins = self._playback.place_of(item, lie.letters)
        self._kept.pop(item, None)
        self._witness.forget()
        heard = self._playback.played_of(item) > begins
        if heard or self._playback.queued_of(item) > begins:
            self._requeue(item, begins, cut=heard)
        if not heard:
            self._truncate(item, begins)
            for piece in self._playback.shorten(item, lie.letters, begins):
                self._heard(piece)
        return Retracted(lie, heard)

    def _truncate(self, item: ItemId, samples: int) -> None:
        state = self._state
        state.send(state.engine.truncate(item.item_id, item.content_index, samples * 1000 // state.line.format.rate_hz))

    def _requeue(self, item: ItemId, begins: int, *, cut: bool) -> None:
        """The channel has more of an item than may be heard: stop, and queue again what may."""
        pieces, paused = self._playback.cut(), self._paused
        self._paused = False
        self._state.out.append(StopPlaying(self._playback.stream))
        for piece in pieces:
            mine = piece.speaker == item
            if mine and cut:
                self._tell_of(piece)
                continue
            self._playback.put_back(piece)
            self._queue_again(piece, begins if mine else self._playback.queued_of(piece.speaker))
        if paused:
            self.pause()
        if not self._playback.is_out:
            self._state.move(FloorEvent.VOICE_CUT)

    # What is heard of it.

    def played(self, event: Played) -> None:
        """The channel has played on."""
        state = self._state
        began, finished = self._playback.played(event.samples, event.stream)
        for speaker in began:
            first = state.now - event.samples / state.line.format.rate_hz
            if isinstance(speaker, SayId) and self._is_bridge(speaker.say_id):
                state.report(Latency("bridge", milliseconds(first - self.due_at)))
                continue  # it is no answer
            if state.floor is Floor.GREETING:
                state.report(Latency("greeting", milliseconds(first - self._answered_at)))
            elif state.turn_ended_at is not None:
                state.report(Latency("first_sound", milliseconds(first - state.turn_ended_at)))
            state.turn_ended_at = None
            self.answer_heard = self.answer_heard or isinstance(speaker, ItemId)
            state.move(FloorEvent.VOICE_BEGAN)
        for piece in finished:
            self._heard(piece)
        for speaker, sound in list(self._sounds.items()):
            if self._playback.holds(speaker):
                sound.played(self._playback.played_of(speaker))
            else:
                del self._sounds[speaker]

    def _is_bridge(self, say_id: int) -> bool:
        saying = self._sayings.get(say_id)
        return saying is not None and saying.phrase in BRIDGES

    def _heard(self, piece: Heard) -> None:
        if isinstance(piece.speaker, SayId):
            self._said(piece.speaker.say_id, piece.text, piece.ms, piece.ms)
        elif piece.text:
            self._state.history.said(piece.text)
            self._state.report(Transcript("assistant", piece.text, piece.ms, piece.ms))

    # Barge-in.

    def pause(self) -> None:
        """Fall silent within one frame, and keep what was to be said."""
        if not self._paused:
            self._paused = True
            self._state.out.append(PausePlaying())

    def resume(self) -> None:
        """Go on at the same sample."""
        if self._paused:
            self._paused = False
            self._state.out.append(ResumePlaying())

    def cut(self) -> None:
        """Stop, and tell the engine and the follower what was heard.

        What is left of safety words is queued again; a phrase that is still rendered is not said any more.
        """
        cuts = self._playback.cut() if self._playback.is_out else []
        self._kept.clear()
        self._witness.forget()
        if cuts:
            self._state.out.append(StopPlaying(self._playback.stream))
        self.resume()
        for one in cuts:
            self._tell_of(one)
        for say_id in self._sayings.to_drop():
            self._said(say_id, "", None, None)
        if cuts and not self._playback.is_out:
            self._state.move(FloorEvent.VOICE_CUT)

    def let_go(self) -> None:
        """Words of safety are not needed any more: the caller goes on to what matters, or there is no danger."""
        self._sayings.unprotect()
        self.cut()

    def _tell_of(self, cut: Cut) -> None:
        state = self._state
        if isinstance(cut.speaker, ItemId):
            if state.client is not None:
                state.send(state.client.truncate(cut.speaker.item_id, cut.speaker.content_index, cut.heard_ms))
            if cut.heard_text:
                state.history.said(cut.heard_text)
                state.report(Transcript("assistant", cut.heard_text, cut.heard_ms, cut.ms))
            return
        saying = self._sayings.get(cut.speaker.say_id)
        if saying is None or not saying.protected:
            self._said(cut.speaker.say_id, cut.heard_text, cut.heard_ms, cut.ms)
            return
        self._playback.put_back(cut)
        self._queue_again(cut, self._playback.queued_of(cut.speaker))

    def _queue_again(self, cut: Cut, ends: int) -> None:
        """What is left of somebody's sound up to that sample is handed to the channel anew."""
        sound = self._sounds.get(cut.speaker)
        rest = [] if sound is None else sound.rest(cut.heard_samples, ends)
        self._state.out.extend(Play(frame) for frame in rest)


def milliseconds(seconds: float) -> float:
    """Seconds as milliseconds to a tenth, never below zero."""
    return round(max(0.0, seconds) * 1000, 1)
