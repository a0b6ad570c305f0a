"""The pictures of the live view in `docs/pictures`, drawn from a real call; `make docs` draws them.

`python -m tests.docs.pictures` holds the call anew, in real time, and keeps the moment that is drawn.
"""

import asyncio
import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import msgspec
from rich.console import Console

from npcl_voice.app import open_house
from npcl_voice.audio.frame import PCM_24K
from npcl_voice.call import OngoingCall, RealClock
from npcl_voice.channels.line import Line
from npcl_voice.cli.drawing import Hands, draw
from npcl_voice.cli.levels import LineLevels
from npcl_voice.cli.live import Controls, help_of
from npcl_voice.cli.picture import Picture, step
from npcl_voice.conversation.commands import Command
from npcl_voice.conversation.events import CallEvent
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.rehearsal.caller import Manner
from npcl_voice.rehearsal.casting import cast_caller, ears_process
from npcl_voice.rehearsal.script import load_scenario
from tests.e2e.service import settings_in

PICTURES = Path(__file__).parent.parent.parent / "docs" / "pictures"
MOMENT = PICTURES / "call.json"
SIZES = {80: 24, 140: 40}
"""Columns and lines of the terminals."""


class Moment(msgspec.Struct, frozen=True):
    """What was to be seen at one moment of a call."""

    picture: Picture
    levels: tuple[float | None, float | None]


def svg(width: int) -> str:
    """The screen of that many columns as an SVG that loads nothing from anywhere."""
    moment = msgspec.json.decode(MOMENT.read_bytes(), type=Moment)
    hands = Hands(help=help_of(Controls(press=print, hang_up=print)))
    console = Console(record=True, width=width, file=StringIO(), force_terminal=True, color_system="truecolor")
    console.print(draw(moment.picture, moment.levels, hands, width, SIZES[width]))
    drawn = console.export_svg(title="npcl-voice call", unique_id=f"call-{width}")
    drawn = re.sub(r"\s*@font-face \{.*?\}|<!-- Generated .*?-->", "", drawn, flags=re.DOTALL)
    return drawn.replace("Fira Code", "ui-monospace")  # the reader's own letters


class _Watch:
    """Looks on until the moment has come: a tool has answered, and the assistant tells of it."""

    def __init__(self, levels: LineLevels) -> None:
        self.call: OngoingCall | None = None
        self.moment: Moment | None = None
        self._picture = Picture()
        self._levels = levels

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """Follow the call."""
        assert self.call is not None
        talk = self.call.conversation
        self._picture = step(self._picture, now, event, commands, context=talk.context, on_air=talk.on_air())
        telling = self._picture.tools and self._picture.on_air and "complaint number" in self._picture.on_air[0].heard
        if telling and self.moment is None and (self._levels()[1] or -99) > -20:
            self.moment = Moment(self._picture, self._levels())


async def _hold(folder: Path) -> Moment:
    clock, levels = RealClock(), LineLevels()
    watch = _Watch(levels)
    places = tuple(area.name for area in packaged_areas())
    story, phrases = load_scenario("outage"), load_phrases("en")
    with ears_process() as ears:
        async with open_house(settings_in(folder), lambda: datetime.now(UTC)) as house:
            caller = cast_caller(
                story, clock, PCM_24K, phrases, places, manner=Manner(barge_in_ms=6_500), executor=ears
            )
            line = Line(clock, caller, PCM_24K, caller_number=story.caller_number, listeners=[levels])
            async with house.call(line, kind="file", clock=clock, observers=[levels, watch]) as watch.call:
                await watch.call.hold()
    assert watch.moment is not None
    return watch.moment


def main() -> None:
    """Hold a call, and keep its moment."""
    with tempfile.TemporaryDirectory() as folder:
        moment = asyncio.run(_hold(Path(folder)))
    MOMENT.write_bytes(msgspec.json.format(msgspec.json.encode(moment), indent=1) + b"\n")


if __name__ == "__main__":
    main()
