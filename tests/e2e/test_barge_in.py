"""Speech over the assistant's voice, heard from the caller's end of the line."""

from pathlib import Path

import numpy as np
import pytest

from npcl_voice.audio.frame import Frame
from npcl_voice.audio.resample import decode
from npcl_voice.conversation.commands import Transcript
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.rehearsal.caller import Manner
from npcl_voice.store.eventlog import read_log
from tests.e2e.rehearse import Rehearsed, rehearse


class Earpiece:
    """Hears what is really played, tick by tick."""

    def __init__(self) -> None:
        self.loud: list[tuple[float, bool]] = []

    def hear(self, heard: Frame, now: float) -> None:
        """Note whether this tick had sound."""
        self.loud.append((now, bool(np.abs(decode(heard)).max(initial=0) > 0)))

    def sound_ms(self, until: float) -> float:
        """Milliseconds of ticks with sound up to a time."""
        return 20.0 * sum(loud for at, loud in self.loud if at <= until)


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rehearsed, Earpiece]:
    """A caller who speaks up 2.5 s into the greeting."""
    folder = tmp_path_factory.mktemp("interrupted")
    earpiece = Earpiece()
    return folder, rehearse(folder, "outage", manner=Manner(barge_in_ms=2_500), listeners=[earpiece]), earpiece


def test_the_greeting_gives_way_and_the_call_goes_on(interrupted: tuple[Path, Rehearsed, Earpiece]) -> None:
    """What was said over the greeting is answered."""
    _, call, _ = interrupted
    greeting = load_phrases("en").say["greeting"]
    first = next(line for line in call.reports.of(Transcript) if isinstance(line, Transcript))
    assert first.who == "assistant"
    assert greeting.startswith(first.text)
    assert first.heard_ms is not None
    assert first.whole_ms is not None
    assert first.heard_ms < first.whole_ms
    assert call.end.outcome == "complaint_registered"


def test_what_we_say_was_heard_is_what_was_played(interrupted: tuple[Path, Rehearsed, Earpiece]) -> None:
    """The account of the cut greeting is within one tick of what came out of the line."""
    _, call, earpiece = interrupted
    at, cut = next((at, line) for at, line in call.reports.lines if isinstance(line, Transcript))
    began = next(at for at, loud in earpiece.loud if loud)
    played = 20.0 * sum(1 for when, _ in earpiece.loud if began <= when <= at and _within(earpiece, when, began, at))
    assert cut.heard_ms is not None
    assert abs(cut.heard_ms - played) <= 20


def _within(earpiece: Earpiece, when: float, began: float, cut_at: float) -> bool:
    """Whether a tick lies between the first and the last sound before the cut."""
    last = max(at for at, loud in earpiece.loud if loud and at <= cut_at)
    return began <= when <= last


def test_a_back_channel_lets_the_voice_go_on(tmp_path: Path) -> None:
    """A murmured okay in the middle of a sentence pauses it, and it goes on to its end."""
    call = rehearse(tmp_path, "outage", manner=Manner(backchannel_ms=1_200))
    assert call.end.outcome == "complaint_registered"
    _, steps = read_log(call.log)
    kinds = [command["kind"] for step in steps for command in step.commands]
    assert "pause_playing" in kinds
    assert "resume_playing" in kinds
    for line in call.reports.of(Transcript):
        assert isinstance(line, Transcript)
        if line.who == "assistant":
            assert line.heard_ms == line.whole_ms
