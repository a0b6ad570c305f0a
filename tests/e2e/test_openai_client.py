"""The official `openai` client talks to `/v1/realtime`, with nothing changed but its base URL."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from npcl_voice.audio.resample import resample
from npcl_voice.speech.local.mouth import Mouth
from tests.e2e.service import running, settings_in

STRICT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
CHUNK = 24_000 * 2 * 20 // 1000
STATUS_TOOL = {
    "type": "function",
    "name": "complaint_status",
    "description": "Status of a complaint",
    "parameters": {
        "type": "object",
        "properties": {"complaint_number": {"type": "string"}},
        "required": ["complaint_number"],
    },
}


NO_SUPPLY_TOOL = {
    "type": "function",
    "name": "no_supply",
    "description": "Register that the caller has no electricity",
    "parameters": {"type": "object", "properties": {"consumer_number": {"type": "string"}}},
}


class Talk:
    """A connection, and every event that came over it, each parsed with the strict types."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.events: list[Any] = []

    async def until(self, kind: str) -> Any:
        """Read up to the next event of a kind."""
        while True:
            raw = json.loads(await self.connection.recv_bytes())
            STRICT.validate_python(raw, strict=False)
            self.events.append(raw)
            if raw["type"] == "error":
                pytest.fail(f"the server refused: {raw['error']}")
            if raw["type"] == kind:
                return raw

    async def speak(self, text: str, *, voice: str = "slt") -> None:
        """Say something into the buffer, with a second of silence after it, in 20 ms pieces."""
        mouth = Mouth(voice)
        pieces = [mouth.render(sentence) for sentence in mouth.sentences(text)]
        quiet = np.zeros(8_000, np.int16)
        sound = resample(np.concatenate([quiet, *pieces, quiet, quiet, quiet]), 16_000, 24_000).tobytes()
        for at in range(0, len(sound), CHUNK):
            await self.connection.input_audio_buffer.append(audio=base64.b64encode(sound[at : at + CHUNK]).decode())

    def words(self) -> str:
        """All that the assistant said or wrote so far."""
        done = ("response.output_audio_transcript.done", "response.output_text.done")
        return " ".join(e.get("transcript") or e.get("text") or "" for e in self.events if e["type"] in done)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A service that all tests of this file share."""
    folder: Path = tmp_path_factory.mktemp("data")
    async with running(settings_in(folder)) as found:
        yield found


pytestmark = pytest.mark.asyncio(loop_scope="module")


def client_for(address: str) -> AsyncOpenAI:
    """The client as a user would make it."""
    return AsyncOpenAI(api_key="local", base_url=f"{address}/v1")


async def test_a_text_turn_is_answered_in_text(address: str) -> None:
    """Typed words get written words."""
    async with client_for(address).realtime.connect(model="npcl-local") as connection, asyncio.timeout(60):
        talk = Talk(connection)
        await talk.until("session.created")
        await connection.session.update(
            session={"type": "realtime", "output_modalities": ["text"], "tools": [NO_SUPPLY_TOOL]}
        )
        await talk.until("session.updated")
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "my power is out"}]}
        await connection.conversation.item.create(item=item)
        await connection.response.create()
        done = await talk.until("response.done")
        assert done["response"]["status"] == "completed"
        assert "consumer number" in talk.words()


async def test_an_audio_turn_is_heard_and_answered_by_voice(address: str) -> None:
    """Spoken words are detected, transcribed and answered with sound, by the server's own turn detection."""
    async with client_for(address).realtime.connect(model="npcl-local") as connection, asyncio.timeout(60):
        talk = Talk(connection)
        detection = {"type": "server_vad", "silence_duration_ms": 500}
        audio = {"input": {"turn_detection": detection, "transcription": {"model": "whisper-1"}}}
        await connection.session.update(session={"type": "realtime", "audio": audio, "tools": [NO_SUPPLY_TOOL]})
        await talk.until("session.updated")
        await talk.speak("There is no power in my house.")
        heard = await talk.until("conversation.item.input_audio_transcription.completed")
        assert "power" in heard["transcript"]
        await talk.until("response.done")
        sound = b"".join(
            base64.b64decode(e["delta"]) for e in talk.events if e["type"] == "response.output_audio.delta"
        )
        assert len(sound) > 24_000 * 2  # more than a second of it
        assert np.abs(np.frombuffer(sound, np.int16)).max() > 3_000
        assert "consumer number" in talk.words()


async def test_a_function_call_goes_out_and_its_result_is_told(address: str) -> None:
    """The client's tool is called with the confirmed number, and the answer says what it returned."""
    async with client_for(address).realtime.connect(model="npcl-local") as connection, asyncio.timeout(60):
        talk = Talk(connection)
        session = {"type": "realtime", "output_modalities": ["text"], "tools": [STATUS_TOOL]}
        await connection.session.update(session=session)
        await talk.until("session.updated")
        text = "what is the status of my complaint 000054321"
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
        await connection.conversation.item.create(item=item)
        await connection.response.create()
        done = await talk.until("response.done")
        call = next(item for item in done["response"]["output"] if item["type"] == "function_call")
        assert (call["name"], json.loads(call["arguments"])) == ("complaint_status", {"complaint_number": "000054321"})
        result = {"ok": True, "complaint_number": "000054321", "status": "assigned", "kind": "no_supply", "area": "x"}
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": json.dumps(result)}
        await connection.conversation.item.create(item=output)
        await connection.response.create()
        await talk.until("response.done")
        assert "000054321 is assigned to a technician" in talk.words()


async def test_speech_over_the_answer_cuts_it(address: str) -> None:
    """Barge-in: the running answer is cancelled, or cut at what the client says was heard."""
    async with client_for(address).realtime.connect(model="npcl-local") as connection, asyncio.timeout(60):
        talk = Talk(connection)
        audio = {"input": {"turn_detection": {"type": "server_vad", "silence_duration_ms": 500}}}
        await connection.session.update(session={"type": "realtime", "audio": audio, "tools": [NO_SUPPLY_TOOL]})
        await talk.until("session.updated")
        await talk.speak("There is no power in my house.")
        delta = await talk.until("response.output_audio.delta")
        await talk.speak("I want to talk to a person please.")
        await talk.until("input_audio_buffer.speech_started")
        await connection.conversation.item.truncate(item_id=delta["item_id"], content_index=0, audio_end_ms=150)
        cut = await talk.until("conversation.item.truncated")
        assert (cut["item_id"], cut["audio_end_ms"]) == (delta["item_id"], 150)
        while "cannot do that" not in talk.words():  # a person is no tool of this client's
            await talk.until("response.done")
        begun = [e["response"]["id"] for e in talk.events if e["type"] == "response.created"]
        ended = [e["response"]["id"] for e in talk.events if e["type"] == "response.done"]
        assert sorted(begun) == sorted(ended)
