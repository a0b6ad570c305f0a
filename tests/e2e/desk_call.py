"""A person's call at a virtual sound card: the command itself, in a process of its own, in real time."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from npcl_voice.audio.frame import PCM_24K
from npcl_voice.call import RealClock
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.rehearsal.caller import Manner, SyntheticCaller
from npcl_voice.rehearsal.casting import cast_caller, ears_process
from npcl_voice.rehearsal.script import load_scenario
from tests.e2e.virtual_card import Room, VirtualCard

__all__ = ["DeskCall", "call_at_the_desk"]

LONGEST_S = 240.0


class DeskCall(msgspec.Struct):
    """What came of a call."""

    output: str
    code: int | None
    seconds: float
    events: list[dict[str, Any]]
    caller: SyntheticCaller
    complaints: list[str]
    """Numbers on disk, the demonstration's left out."""

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of one kind."""
        return [event for event in self.events if event["kind"] == kind]

    def said(self, who: str) -> list[str]:
        """One side's captions."""
        return [event["text"] for event in self.of("transcript") if event["who"] == who]


async def call_at_the_desk(
    folder: Path,
    room: Room | None = None,
    *,
    scenario: str = "outage",
    manner: Manner | None = None,
    disturb: Callable[[VirtualCard, SyntheticCaller], Awaitable[None]] | None = None,
    **settings: str,
) -> DeskCall:
    """Hold a call; `settings` are environment names and values.

    `disturb` does something to the card meanwhile, and may look at the caller.
    """
    card = VirtualCard(folder / "pulse", room)
    card.start()
    ears = ears_process()
    story = load_scenario(scenario)
    places = tuple(area.name for area in packaged_areas())
    try:
        caller = cast_caller(story, RealClock(), PCM_24K, load_phrases("en"), places, executor=ears, manner=manner)
        environment = {**card.environment, "NPCL_DATA_DIR": str(folder / "data"), **settings}
        events = folder / "events.jsonl"
        began = time.monotonic()
        process = await _npcl_voice(environment, "call", "--mic", "--events", str(events))
        async with card.there(caller):
            trouble = asyncio.create_task(disturb(card, caller)) if disturb is not None else None
            try:
                async with asyncio.timeout(LONGEST_S):
                    output, _ = await process.communicate()
            except TimeoutError:
                process.terminate()
                output, _ = await process.communicate()
            if trouble is not None:
                trouble.cancel()
                await asyncio.wait([trouble])
                if not trouble.cancelled() and (error := trouble.exception()) is not None:
                    raise error
        seconds = time.monotonic() - began
        listing = await _npcl_voice(environment, "complaints", "list", "--json")
        listed, _ = await listing.communicate()
        return DeskCall(
            output.decode(),
            process.returncode,
            seconds,
            [json.loads(line) for line in events.read_text().splitlines()],
            caller,
            [one["complaint_number"] for one in json.loads(listed) if not one["demo"]],
        )
    finally:
        card.stop()
        ears.shutdown()


async def _npcl_voice(environment: dict[str, str], *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "npcl_voice",
        *arguments,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
