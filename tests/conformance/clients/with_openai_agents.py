"""A scene held with `openai-agents`: the library speaks the protocol, runs the tools and cuts what is talked over."""

import asyncio
import json
from typing import Annotated, Any

from agents import function_tool, set_tracing_disabled
from agents.realtime import RealtimeAgent, RealtimePlaybackTracker, RealtimeRunner
from caller import FRAME_MS, INSTRUCTIONS, TOOL_DESCRIPTION, TOOL_NAME, Caller, perform
from pydantic import Field

MODEL = "gpt-realtime-2.1"


async def hold(caller: Caller, address: str) -> None:
    """Run an agent with the library's own settings, at another address."""
    set_tracing_disabled(disabled=True)  # the library would post its traces elsewhere

    @function_tool(name_override=TOOL_NAME, description_override=TOOL_DESCRIPTION)
    async def no_supply(consumer_number: Annotated[str, Field(description="The caller's consumer number")]) -> str:
        return json.dumps(await caller.tool(TOOL_NAME, json.dumps({"consumer_number": consumer_number})))

    tracker = RealtimePlaybackTracker()
    runner = RealtimeRunner(RealtimeAgent(name="assistant", instructions=INSTRUCTIONS, tools=[no_supply]))
    url = f"{address.replace('http', 'ws', 1)}/v1/realtime?model={MODEL}"
    session = await runner.run(model_config={"url": url, "api_key": "local", "playback_tracker": tracker})
    async with session:
        listening = asyncio.create_task(listen(session, caller, tracker))
        speaking = asyncio.create_task(speak(session, caller))
        await caller.talk(session.send_message)
        for task in (listening, speaking):
            task.cancel()
        await asyncio.gather(listening, speaking, return_exceptions=True)


async def speak(session: Any, caller: Caller) -> None:
    """The microphone's frames go out as they come."""
    async for frame in caller.microphone():
        await session.send_audio(frame)


async def listen(session: Any, caller: Caller, tracker: RealtimePlaybackTracker) -> None:
    """Play what the library gives, and write down what it understood."""
    async for event in session:
        match event.type:
            case "audio":
                item_id, index = event.item_id, event.content_index
                caller.on_played = lambda frame, at=(item_id, index): tracker.on_play_ms(*at, FRAME_MS)
                caller.loudspeaker.take(event.audio.data, item_id)
            case "audio_interrupted":
                caller.loudspeaker.cut()
            case "error":
                caller.outcome.errors.append(f"{event.error}")
            case "raw_model_event" if event.data.type == "raw_server_event":
                write_down(event.data.data, caller)
            case _:
                pass


def write_down(event: Any, caller: Caller) -> None:
    """What the server said in words."""
    match event["type"]:
        case "response.output_audio_transcript.done":
            caller.outcome.said.append(event["transcript"])
        case "conversation.item.input_audio_transcription.completed":
            caller.outcome.heard.append(event["transcript"])
        case _:
            pass


if __name__ == "__main__":
    asyncio.run(perform(hold))
