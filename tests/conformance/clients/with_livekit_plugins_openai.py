"""A scene held with `livekit-plugins-openai`: an agent's session with a microphone and a loudspeaker of ours."""

import asyncio
import json
from typing import Any

from caller import FRAME_MS, INSTRUCTIONS, RATE_HZ, TOOL_DESCRIPTION, TOOL_NAME, Caller, perform
from livekit import rtc
from livekit.agents import Agent, AgentSession, function_tool
from livekit.agents.voice import io
from livekit.plugins import openai

SAMPLES = RATE_HZ * FRAME_MS // 1000


class Microphone(io.AudioInput):
    """The caller's voice on its way into the session."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(label="caller")
        self._frames = caller.microphone()

    async def __anext__(self) -> rtc.AudioFrame:
        return rtc.AudioFrame(await anext(self._frames), RATE_HZ, 1, SAMPLES)


class Loudspeaker(io.AudioOutput):
    """The answers' way out; says how much of each was heard."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(label="caller", capabilities=io.AudioOutputCapabilities(pause=False), sample_rate=RATE_HZ)
        self._loudspeaker = caller.loudspeaker
        self._answer = 0
        self._open = False
        self._cut = False
        self._ends: set[asyncio.Task[None]] = set()

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """More sound, faster than it can be played."""
        await super().capture_frame(frame)
        if not self._open:
            self._open, self._cut = True, False
            self._answer += 1
        self._loudspeaker.take(bytes(frame.data), f"answer {self._answer}")

    def flush(self) -> None:
        """The answer is complete: tell when it has been played."""
        super().flush()
        if self._open:
            self._open = False
            end = asyncio.create_task(self._end())
            self._ends.add(end)
            end.add_done_callback(self._ends.discard)

    def clear_buffer(self) -> None:
        """The caller talks over it."""
        self._cut = self._loudspeaker.playing is not None
        self._loudspeaker.cut()

    async def _end(self) -> None:
        await self._loudspeaker.finished.wait()
        heard_ms = self._loudspeaker.heard_ms
        self.on_playback_finished(playback_position=heard_ms / 1000, interrupted=self._cut)


async def hold(caller: Caller, address: str) -> None:
    """Run a session with the plugin's own settings, at another address."""
    outcome = caller.outcome

    @function_tool(name=TOOL_NAME, description=TOOL_DESCRIPTION)
    async def no_supply(consumer_number: str) -> str:
        return json.dumps(await caller.tool(TOOL_NAME, json.dumps({"consumer_number": consumer_number})))

    session: AgentSession[None] = AgentSession(
        llm=openai.realtime.RealtimeModel(base_url=f"{address}/v1", api_key="local"),
        aec_warmup_duration=None,  # else no barge-in is heard in the first seconds of the first answer
    )
    session.input.audio = Microphone(caller)
    session.output.audio = Loudspeaker(caller)

    @session.on("user_input_transcribed")
    def on_heard(event: Any) -> None:
        if event.is_final:
            outcome.heard.append(event.transcript)

    @session.on("conversation_item_added")
    def on_item(event: Any) -> None:
        if getattr(event.item, "role", "") == "assistant":
            outcome.said.append(event.item.text_content or "")

    @session.on("error")
    def on_error(event: Any) -> None:
        outcome.errors.append(f"{event.error}")

    async def type_in(text: str) -> None:
        session.generate_reply(user_input=text)

    await session.start(Agent(instructions=INSTRUCTIONS, tools=[no_supply]), record=False)
    await caller.talk(type_in)
    await session.aclose()


if __name__ == "__main__":
    asyncio.run(perform(hold))
