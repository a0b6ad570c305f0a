"""Echo guards: what goes to the loudspeaker does not come back as the caller's words."""

from ctypes.util import find_library
from importlib.util import find_spec

import numpy as np
import pytest

from npcl_voice.audio.level import level_db
from npcl_voice.audio.resample import resample
from npcl_voice.channels.echo import EchoGuard, HalfDuplex, NoGuard, echo_guard
from npcl_voice.errors import UnavailableError
from npcl_voice.speech.local.mouth import Mouth

RATE = 24_000
CHUNK = 512
DELAY_MS = 80


def guard(kind: str = "half_duplex", tail_ms: float = 300, barge_in_db: float = 12) -> EchoGuard:
    return echo_guard(kind, RATE, tail_ms=tail_ms, barge_in_db=barge_in_db)


def speech(text: str, voice: str) -> np.ndarray:
    return resample(Mouth(voice).render(text), 16_000, RATE)


def room(guard: EchoGuard, far: np.ndarray, near: np.ndarray, gain_db: float = -6) -> tuple[np.ndarray, np.ndarray]:
    """Play `far` into a room where somebody says `near`: the microphone's sound, and what is let through."""
    late = np.concatenate([np.zeros(DELAY_MS * RATE // 1000), far])[: far.size] * 10 ** (gain_db / 20)
    near = np.concatenate([near, np.zeros(far.size, near.dtype)])[: far.size]
    at_microphone = np.clip(late + near, -32768, 32767).astype(np.int16)
    passed = []
    for at in range(0, far.size - CHUNK + 1, CHUNK):
        guard.played(far[at : at + CHUNK].astype(np.int16).tobytes())
        passed.append(guard.heard(at_microphone[at : at + CHUNK].tobytes()))
    assert {len(chunk) for chunk in passed} == {2 * CHUNK}
    return at_microphone, np.frombuffer(b"".join(passed), "<i2")


ASSISTANT = speech("What is your ten digit consumer number? It is on your bill.", "rms")
SILENT = np.zeros(ASSISTANT.size, np.int16)


def test_half_duplex_hears_nothing_of_the_assistant():
    """Nor of its echo, which goes on after it."""
    quiet = np.zeros(RATE // 4, np.int16)
    _, passed = room(guard(), np.concatenate([ASSISTANT, quiet]), SILENT)
    assert not passed.any()


def test_half_duplex_hears_the_caller_before_and_after():
    """Unchanged, once the tail is over."""
    words = speech("my power is out", "slt")
    silence = np.zeros(words.size, np.int16)
    at_microphone, passed = room(guard(), silence, words)
    assert (passed == at_microphone[: passed.size]).all()
    tail = np.zeros(300 * RATE // 1000, np.int16)
    far = np.concatenate([ASSISTANT[: CHUNK * 20], tail, silence])
    _, passed = room(guard(), far, np.concatenate([np.zeros(CHUNK * 20 + tail.size, np.int16), words]))
    heard = passed[CHUNK * 21 + tail.size :]
    assert level_db(heard) > -35


def test_half_duplex_hears_a_caller_who_is_clearly_louder_than_the_echo():
    """And not one who is as loud as it, for that could be the echo."""
    shout = np.concatenate([np.zeros(int(1.6 * RATE), np.int16), speech("no stop", "slt")])
    _, passed = room(guard(), ASSISTANT, shout, gain_db=-35)
    assert level_db(passed[int(1.6 * RATE) :]) > -40
    _, passed = room(guard(), ASSISTANT, shout // 8, gain_db=-12)
    assert not passed.any()
    _, passed = room(guard(barge_in_db=60), ASSISTANT, shout, gain_db=-35)
    assert not passed.any()


def test_another_device_has_another_echo():
    """What was learnt on a headset must not let the loudspeakers' echo through; nor must a volume turned up."""
    moved = guard()
    room(moved, ASSISTANT, SILENT, gain_db=-60)
    moved.unsettled()
    _, passed = room(moved, ASSISTANT, SILENT, gain_db=-6)
    assert not passed.any()
    louder = guard()
    room(louder, ASSISTANT, SILENT, gain_db=-60)
    _, passed = room(louder, np.concatenate([ASSISTANT] * 3), np.zeros(ASSISTANT.size * 3, np.int16), gain_db=-6)
    assert passed[: 3 * RATE].any()
    assert not passed[4 * RATE :].any()


def test_the_talk_key_opens_the_ear():
    """Whatever is played."""
    deaf = guard()
    deaf.talking = True
    at_microphone, passed = room(deaf, ASSISTANT, SILENT)
    assert (passed == at_microphone[: passed.size]).all()


def test_a_headset_needs_no_guard():
    """Everything is heard."""
    at_microphone, passed = room(guard("none"), ASSISTANT, SILENT)
    assert (passed == at_microphone[: passed.size]).all()
    assert isinstance(guard("none"), NoGuard)
    assert isinstance(guard(), HalfDuplex)


CANCELLERS = [
    pytest.param(
        "livekit",
        25,
        marks=pytest.mark.skipif(find_spec("livekit") is None, reason="the extra `echo` is not installed"),
    ),
    pytest.param(
        "speexdsp",
        10,
        marks=pytest.mark.skipif(find_library("speexdsp") is None, reason="libspeexdsp is not installed"),
    ),
]


@pytest.mark.parametrize(("kind", "least_db"), CANCELLERS)
def test_a_canceller_takes_the_echo_out_and_leaves_the_caller(kind, least_db):
    """After some seconds of learning; the caller alone passes as loud as they are."""
    canceller = guard(kind)
    for _ in range(2):
        at_microphone, passed = room(canceller, ASSISTANT, SILENT)
    late = slice(passed.size // 2, passed.size)
    assert level_db(at_microphone[late]) - level_db(passed[late]) > least_db
    words = speech("my power is out", "slt")
    at_microphone, passed = room(canceller, np.zeros(words.size, np.int16), words)
    assert level_db(passed) > level_db(at_microphone) - 6


@pytest.mark.parametrize(("kind", "remedy"), [("livekit", "npcl-voice\\[echo\\]"), ("speexdsp", "libspeexdsp1")])
def test_a_canceller_that_is_not_installed_says_what_to_install(kind, remedy, monkeypatch):
    """By the package's name."""
    monkeypatch.setattr("npcl_voice.channels.echo.import_module", _missing)
    monkeypatch.setattr("npcl_voice.channels.echo.ctypes.CDLL", _missing)
    with pytest.raises(UnavailableError, match=remedy):
        guard(kind)


def _missing(name):
    raise ImportError(name) if "." in name and not name.endswith(".1") else OSError(name)
