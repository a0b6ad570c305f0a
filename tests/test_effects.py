"""Every setting of a call and of its sound does something: each is changed, and the difference is seen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from npcl_voice.call import RealClock
from npcl_voice.channels import soundcard
from npcl_voice.channels.echo import EchoGuard, echo_guard
from npcl_voice.channels.microphone import Microphone
from npcl_voice.channels.soundcard import Device, sound_card
from npcl_voice.cli.devices import RATE_HZ, request_for
from npcl_voice.config import Audio, Call, Settings
from npcl_voice.conversation.commands import Say
from npcl_voice.conversation.events import CallerText
from npcl_voice.conversation.phrases import load_book
from npcl_voice.errors import UnavailableError
from npcl_voice.meaning.expectation import heard_at_first
from tests.conversation.talk import conversation, greeted
from tests.playbook import LOST, READY, REMOTE, Playbook, answered, bare, gist, keys, played, put, rendered

LOUD = (np.sin(np.arange(480) / 5) * 8_000).astype("<i2").tobytes()
QUIET = bytes(len(LOUD))


class Card:
    """Two headsets."""

    def devices(self) -> list[Device]:
        """The first is the system's default."""
        return [Device("First", 1, 1, default_input=True, default_output=True), Device("Second", 1, 1)]


def said(call: Call, seconds: float) -> list[tuple[float, str]]:
    """What is said by ourselves to a silent caller, each with its time."""
    book = greeted(Playbook(conversation(call=call)))
    looked = 0
    while book.now < seconds:
        book.after(0.5)
        for _, _, commands in book.steps[looked:]:
            for command in commands:
                if isinstance(command, Say):  # spoken and heard at once
                    book.after(rendered(command.say_id, "Something.", 10), 0.01)
                    book.after(played(10))
        looked = len(book.steps)
    return [(now, one.phrase) for now, _, done in book.steps for one in done if isinstance(one, Say)]


def first(call: Call, phrase: str, seconds: float = 120) -> float:
    """When a phrase is said for the first time."""
    return next(now for now, name in said(call, seconds) if name == phrase)


def heard(guard: EchoGuard, voice: bytes, caller: bytes) -> bool:
    """Whether anything of the caller's next chunk is let through while that is played."""
    guard.played(voice)
    return any(guard.heard(caller))


def deaf_ms(audio: Audio) -> int:
    """How long after the voice nothing is heard."""
    guard = made(audio)
    heard(guard, LOUD, LOUD)
    return next(ms for ms in range(0, 3_000, 20) if heard(guard, QUIET, LOUD))


def hears_a_louder_voice(audio: Audio, db: float) -> bool:
    """Whether a caller is heard who is so far above an echo of -20 dB."""
    guard = made(audio)
    echo = (np.frombuffer(LOUD, "<i2") * 0.1).astype("<i2").tobytes()
    voice = (np.frombuffer(LOUD, "<i2") * 0.1 * 10 ** (db / 20)).astype("<i2").tobytes()
    for _ in range(100):
        heard(guard, LOUD, echo)
    return any(heard(guard, LOUD, voice) for _ in range(20))


def made(audio: Audio) -> EchoGuard:
    return echo_guard(audio.echo, RATE_HZ, tail_ms=audio.echo_tail_ms, barge_in_db=audio.barge_in_db)


def request(folder: Path, **given: str) -> soundcard.Request:
    return request_for(Settings.from_mapping({"NPCL_DATA_DIR": str(folder), **given}), Card())  # type: ignore[arg-type]


def language(_: Path) -> None:
    auto, hindi = load_book("auto"), load_book("hi")
    assert (auto.begins, auto.follows, hindi.begins, hindi.follows) == ("en", True, "hi", False)
    assert heard_at_first("auto") != heard_at_first("en") != heard_at_first("hi")


def idle_prompt_s(_: Path) -> None:
    assert first(Call(idle_prompt_s=20), "idle") - first(Call(idle_prompt_s=8), "idle") == pytest.approx(12, abs=0.5)


def idle_prompts(_: Path) -> None:
    for prompts in (1, 3):
        names = [name for _, name in said(Call(idle_prompts=prompts), 60)]
        assert names.count("idle") == prompts
        assert names[-1] == "idle_goodbye"


def keypad_timeout_s(_: Path) -> None:
    for seconds in (2.0, 6.0):
        book = greeted(Playbook(conversation(call=Call(keypad_timeout_s=seconds)))).after(keys("123"))
        assert book >> seconds - 0.01
        book.after(0.02)
        assert bare(put("[keypad] 123")) in [bare(command) for _, _, done in book.steps[-1:] for command in done]


def waits(call: Call, *happens: Any) -> list[tuple[float, str]]:
    """What a call does about an engine that does not answer, each with its time from the last that happened."""
    book = Playbook(conversation(call=call, remote=True))
    book.after(REMOTE, answered(), READY, rendered(1, "Namaste.", 100), played(100), *happens)
    began = book.now
    done: list[tuple[float, str]] = []
    while book.now < began + 10:
        book.after(0.01)
        done += [(round(book.now - began, 2), told) for told in gist(*book.steps[-1][2])]
    return done


def when(call: Call, what: str, *happens: Any) -> float:
    return next(at for at, done in waits(call, *happens) if done.startswith(what))


def answer_due_ms(_: Path) -> None:
    for due in (800, 1_600):
        assert when(Call(answer_due_ms=due), "say bridge", CallerText("hello")) == pytest.approx(
            due / 1000 + 0.5, abs=0.02
        )


def bridge_ms(_: Path) -> None:
    for bridge in (200, 900):
        assert when(Call(bridge_ms=bridge), "say bridge", CallerText("hello")) == pytest.approx(
            1.2 + bridge / 1000, abs=0.02
        )


def engine_ready_ms(_: Path) -> None:
    for ready in (1_000, 3_000):
        late = when(Call(engine_ready_ms=ready), "change: fail_over, not_ready", LOST)
        assert late == pytest.approx(ready / 1000, abs=0.02)


def engine_stall_ms(_: Path) -> None:
    for stall in (700, 2_000):
        late = when(Call(engine_stall_ms=stall), "change: fail_over, stall", CallerText("hello"))
        assert late == pytest.approx(1.2 + stall / 1000, abs=0.02)


def limit_s(_: Path) -> None:
    for seconds in (60.0, 90.0):
        call = Call(limit_s=seconds, limit_warning_s=50, idle_prompt_s=60, idle_prompts=5)
        assert first(call, "limit_goodbye") == pytest.approx(seconds, abs=0.6)


def limit_warning_s(_: Path) -> None:
    for seconds in (30.0, 50.0):
        call = Call(limit_s=90, limit_warning_s=seconds, idle_prompt_s=60, idle_prompts=5)
        assert first(call, "limit_warning") == pytest.approx(seconds, abs=0.6)


def input_device(folder: Path) -> None:
    assert (request(folder).input_name, request(folder, NPCL_INPUT_DEVICE="Second").input_name) == ("", "Second")


def output_device(folder: Path) -> None:
    assert (request(folder).output_name, request(folder, NPCL_OUTPUT_DEVICE="Second").output_name) == ("", "Second")


def chunk_bytes(folder: Path) -> None:
    assert (request(folder).chunk_samples, request(folder, NPCL_CHUNK_BYTES="960").chunk_samples) == (512, 480)


def device_latency_s(folder: Path) -> None:
    assert (request(folder).latency_s, request(folder, NPCL_DEVICE_LATENCY_S="0.1").latency_s) == (0.04, 0.1)


def sound_backend(folder: Path) -> None:
    asked: list[str] = []

    def refuse(name: str) -> Any:
        asked.append(name)
        raise ImportError(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(soundcard, "import_module", refuse)
        for back_end in ("sounddevice", "pyaudio"):
            given = Settings.from_mapping({"NPCL_DATA_DIR": str(folder), "NPCL_SOUND_BACKEND": back_end})
            with pytest.raises(UnavailableError, match=back_end):
                sound_card(given.audio.sound_backend)
    assert asked == ["sounddevice", "pyaudio"]


def echo(_: Path) -> None:
    assert not heard(made(Audio(echo="half_duplex")), LOUD, LOUD)
    assert heard(made(Audio(echo="none")), LOUD, LOUD)


def echo_tail_ms(_: Path) -> None:
    assert deaf_ms(Audio(echo_tail_ms=600)) - deaf_ms(Audio(echo_tail_ms=200)) == 400


def barge_in_db(_: Path) -> None:
    assert hears_a_louder_voice(Audio(barge_in_db=6), 10)
    assert not hears_a_louder_voice(Audio(barge_in_db=15), 10)


def push_to_talk(_: Path) -> None:
    for wanted in (False, True):
        channel = Microphone(
            RealClock(),
            Card(),  # type: ignore[arg-type]
            soundcard.Request("", "", RATE_HZ, 512, 0.04),
            made(Audio()),
            note=lambda _: None,
            push_to_talk=wanted,
        )
        assert any(channel._listened_to(LOUD)) is not wanted


EFFECTS: dict[str, Callable[[Path], None]] = {
    one.__name__: one
    for one in (
        language, idle_prompt_s, idle_prompts, keypad_timeout_s, answer_due_ms, bridge_ms, engine_ready_ms,
        engine_stall_ms, limit_s, limit_warning_s, input_device, output_device, sound_backend,
         chunk_bytes, device_latency_s, echo, echo_tail_ms, barge_in_db, push_to_talk,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", EFFECTS)
def test_a_setting_has_effect(name: str, tmp_path: Path) -> None:
    """Changed, it does something else."""
    EFFECTS[name](tmp_path)


def test_no_setting_of_these_groups_is_left_out() -> None:
    """Whoever adds one shows what it does."""
    fields = {field.name for group in (Call, Audio) for field in msgspec.structs.fields(group)}
    assert fields == set(EFFECTS)
