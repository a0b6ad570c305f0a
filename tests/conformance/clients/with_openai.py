"""A scene held with the `openai` client: nothing between the caller and the protocol's events."""

import asyncio
import base64
import json
from typing import Any

from caller import INSTRUCTIONS, TOOL_DESCRIPTION, TOOL_NAME, TOOL_PARAMETERS, Caller, perform
from openai import AsyncOpenAI

MODEL = "gpt-realtime-2.1"
SESSION: dict[str, Any] = {
    "type": "realtime",
    "output_modalities": ["audio"],
    "instructions": INSTRUCTIONS,
    "audio": {
        "input": {
            "format": {"type": "audio/pcm", "rate": 24_000},
            "transcription": {"model": "gpt-4o-mini-transcribe"},
            "turn_detection": {"type": "server_vad", "interrupt_response": True, "create_response": True},
        },
        "output": {"format": {"type": "audio/pcm", "rate": 24_000}, "voice": "marin"},
    },
    "tools": [
        {
            "type": "function",
            "name": TOOL_NAME,
            "description": TOOL_DESCRIPTION,
            "parameters": {"type": "object", "properties": TOOL_PARAMETERS},
        }
    ],
    "tool_choice": "auto",
}


async def hold(caller: Caller, address: str) -> None:
    """Connect as the client's guide says, with another base URL."""
    client = AsyncOpenAI(api_key="local", base_url=f"{address}/v1")
    async with client.realtime.connect(model=MODEL) as connection:
        await connection.session.update(session=SESSION)
        while (await connection.recv()).type != "session.updated":
            pass
        listening = asyncio.create_task(listen(connection, caller))
        speaking = asyncio.create_task(speak(connection, caller))

        async def type_in(text: str) -> None:
            item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
            await connection.conversation.item.create(item=item)
            await connection.response.create()

        await caller.talk(type_in)
        for task in (listening, speaking):
            task.cancel()
        await asyncio.gather(listening, speaking, return_exceptions=True)


async def speak(connection: Any, caller: Caller) -> None:
    """The microphone's frames go out as they come."""
    async for frame in caller.microphone():
        await connection.input_audio_buffer.append(audio=base64.b64encode(frame).decode())


async def listen(connection: Any, caller: Caller) -> None:
    """Play what comes, run the tool, and cut what the caller talks over."""
    outcome = caller.outcome
    item_id, unanswered = "", False
    async for event in connection:
        match event.type:
            case "response.output_audio.delta":
                item_id = event.item_id
                caller.loudspeaker.take(base64.b64decode(event.delta), item_id)
            case "response.output_audio_transcript.done":
                outcome.said.append(event.transcript)
            case "conversation.item.input_audio_transcription.completed":
                outcome.heard.append(event.transcript)
            case "input_audio_buffer.speech_started" if caller.loudspeaker.playing:
                heard_ms = int(caller.loudspeaker.cut())
                await connection.conversation.item.truncate(item_id=item_id, content_index=0, audio_end_ms=heard_ms)
            case "response.function_call_arguments.done":
                result = json.dumps(await caller.tool(event.name, event.arguments))
                output = {"type": "function_call_output", "call_id": event.call_id, "output": result}
                await connection.conversation.item.create(item=output)
                unanswered = True
            case "response.done" if unanswered:
                unanswered = False
                await connection.response.create()
            case "error":
                outcome.errors.append(f"error event {event.error.code}: {event.error.message}")
            case _:
                pass


if __name__ == "__main__":
    asyncio.run(perform(hold))
