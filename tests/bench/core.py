"""Measure what our own share costs, each figure as a ratio to a baseline of the same run.

python -m tests.bench.core
"""

import base64
import json
import timeit
from collections.abc import Callable

import numpy as np

from npcl_voice.audio.frame import PCM_8K, PCM_16K, PCM_24K, PCMU, Frame
from npcl_voice.audio.resample import Converter, encode
from npcl_voice.config import Call, Turns
from npcl_voice.conversation.dialogue import Policy
from npcl_voice.conversation.events import CallAnswered, CallerAudio, ModelJoined, ModelSent
from npcl_voice.conversation.machine import Conversation
from npcl_voice.conversation.phrases import load_book, load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.realtime.codec import decode_client
from npcl_voice.realtime.codec import encode as to_wire
from npcl_voice.realtime.events import InputAudioBufferAppend, SessionUpdated
from npcl_voice.realtime.session import SessionConfig
from npcl_voice.speech.local.engine import understander_for

ROUNDS, TIMES = 5, 2_000


def cost_us(work: Callable[[], object]) -> float:
    """Microseconds of one run, the best of some rounds."""
    return min(timeit.repeat(work, number=TIMES, repeat=ROUNDS)) / TIMES * 1e6


def compare(name: str, ours: Callable[[], object], baseline: str, theirs: Callable[[], object]) -> None:
    """Print one line."""
    mine, other = cost_us(ours), cost_us(theirs)
    print(f"{name}: {mine:.1f} us, {mine / other:.2f}x {baseline} ({other:.1f} us)")


def main() -> None:
    """Print every figure."""
    sound = np.random.default_rng(1).integers(-9_000, 9_000, 480).astype(np.int16)
    frame = Frame(sound.tobytes(), PCM_24K)
    append = InputAudioBufferAppend(frame.data)
    text = to_wire(append)

    def with_json() -> object:
        return json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(frame.data).decode()})

    compare("encode an append of 20 ms", lambda: to_wire(append), "json + base64", with_json)
    compare(
        "decode it",
        lambda: decode_client(text),
        "json + base64",
        lambda: base64.b64decode(json.loads(text)["audio"]),
    )
    policy = Policy(understander_for(load_phrases("en"), packaged_areas()).understand, frozenset())
    call = Conversation(
        policy=policy,
        book=load_book("en"),
        turns=Turns(),
        call=Call(),
        session=lambda line, voice: SessionConfig(),
    )
    call.handle(ModelJoined("local", "bench"), 0.0)
    call.handle(CallAnswered(PCM_24K), 0.0)
    call.handle(ModelSent(SessionUpdated(SessionConfig(), event_id="e")), 0.0)
    event = CallerAudio(frame)
    compare("one caller frame through the conversation", lambda: call.handle(event, 1.0), "json + base64", with_json)
    narrow = Frame(sound[:160].tobytes(), PCM_8K)
    up = Converter(PCM_8K, PCM_16K)
    compare("20 ms of 8 kHz to 16 kHz", lambda: up.convert(narrow), "np.repeat", lambda: np.repeat(sound[:160], 2))
    compare("20 ms to mu-law", lambda: encode(sound[:160], PCMU), "a copy", lambda: sound[:160].tobytes())


if __name__ == "__main__":
    main()
