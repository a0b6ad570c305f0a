"""A scene held with `pipecat`: a pipeline of its own parts, from a microphone to a loudspeaker of ours."""

import asyncio
import json
import sys
from typing import Any

from caller import (
    INSTRUCTIONS,
    RATE_HZ,
    TOOL_DESCRIPTION,
    TOOL_NAME,
    TOOL_PARAMETERS,
    Caller,
    perform,
)
from loguru import logger
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMRunFrame,
    OutputAudioRawFrame,
    StartFrame,
    TranscriptionFrame,
    TTSStartedFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import FunctionCallParams
from pipecat.services.openai.realtime.events import (
    AudioConfiguration,
    AudioInput,
    InputAudioNoiseReduction,
    InputAudioTranscription,
    SemanticTurnDetection,
    SessionProperties,
)
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner

PARAMS = TransportParams(audio_in_enabled=True, audio_out_enabled=True)


class Microphone(BaseInputTransport):
    """The caller's voice on its way into the pipeline."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(PARAMS)
        self._caller = caller
        self._speaking: Any = None

    async def start(self, frame: StartFrame) -> None:
        """Frames flow from here on."""
        await super().start(frame)
        await self.set_transport_ready(frame)
        self._speaking = self.create_task(self._speak())

    async def cleanup(self) -> None:
        """No more frames."""
        await super().cleanup()
        if self._speaking:
            await self.cancel_task(self._speaking)

    async def _speak(self) -> None:
        async for frame in self._caller.microphone():
            await self.push_audio_frame(InputAudioRawFrame(audio=frame, sample_rate=RATE_HZ, num_channels=1))


class Loudspeaker(BaseOutputTransport):
    """The answers' way out: it takes sound at the pace at which it is heard."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(PARAMS)
        self._caller = caller
        self._answer = 0

    async def start(self, frame: StartFrame) -> None:
        """Sound flows from here on."""
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Tell answers apart, and stop when the pipeline is interrupted."""
        if isinstance(frame, TTSStartedFrame):
            self._answer += 1
        if isinstance(frame, InterruptionFrame):
            self._caller.loudspeaker.cut()
        await super().process_frame(frame, direction)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        """Play one piece, and take the next only when it is over, as a device would."""
        self._caller.loudspeaker.take(frame.audio, f"answer {self._answer}")
        await self._caller.loudspeaker.finished.wait()
        return True


class Notes(FrameProcessor):
    """Writes down the words that pass."""

    def __init__(self, caller: Caller) -> None:
        super().__init__()
        self._outcome = caller.outcome
        self._words: list[str] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Look at a frame, and let it pass."""
        await super().process_frame(frame, direction)
        match frame:
            case TranscriptionFrame() if direction is FrameDirection.UPSTREAM:
                self._outcome.heard.append(frame.text)
            case TTSTextFrame():
                self._words.append(frame.text)
            case LLMFullResponseEndFrame() if self._words:
                self._outcome.said.append("".join(self._words))
                self._words.clear()
            case _:
                pass
        await self.push_frame(frame, direction)


async def hold(caller: Caller, address: str) -> None:
    """Run the pipeline of the library's own Realtime example, at another address."""
    outcome = caller.outcome
    logger.remove()
    logger.add(sys.stderr, level="WARNING")

    async def no_supply(params: FunctionCallParams) -> None:
        await params.result_callback(await caller.tool(params.function_name, json.dumps(dict(params.arguments))))

    llm = OpenAIRealtimeLLMService(
        api_key="local",
        base_url=f"{address.replace('http', 'ws', 1)}/v1/realtime",
        settings=OpenAIRealtimeLLMService.Settings(
            system_instruction=INSTRUCTIONS,
            session_properties=SessionProperties(
                audio=AudioConfiguration(
                    input=AudioInput(
                        transcription=InputAudioTranscription(),
                        turn_detection=SemanticTurnDetection(),
                        noise_reduction=InputAudioNoiseReduction(type="near_field"),
                    )
                ),
            ),
        ),
    )
    llm.register_function(TOOL_NAME, no_supply)
    tool = FunctionSchema(name=TOOL_NAME, description=TOOL_DESCRIPTION, properties=TOOL_PARAMETERS, required=[])
    # What is typed stands in the context that the pipeline begins with; it knows no other way.
    typed = [{"role": "user", "content": caller.typed}] if caller.typed else []
    context = LLMContext(typed, ToolsSchema(standard_tools=[tool]))
    pair = LLMContextAggregatorPair(context)
    notes = Notes(caller), Notes(caller)
    parts = [Microphone(caller), pair.user(), notes[0], llm, notes[1], Loudspeaker(caller), pair.assistant()]
    worker = PipelineWorker(Pipeline(parts), params=PipelineParams(audio_in_sample_rate=RATE_HZ))

    @worker.event_handler("on_pipeline_error")
    async def on_error(_: Any, frame: ErrorFrame) -> None:
        outcome.errors.append(frame.error)

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())

    async def begin(_: str = "") -> None:
        await worker.queue_frames([LLMRunFrame()])

    if not typed:
        await begin()
    await caller.talk(begin, greeted=not typed)
    await runner.cancel()
    await running


if __name__ == "__main__":
    asyncio.run(perform(hold))
