"""A whole call on the rehearsal clock: synthetic caller, house, embedded engine, real database."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from npcl_voice.app import open_house
from npcl_voice.audio.frame import PCM_24K, Format
from npcl_voice.channels.line import Line, Listener
from npcl_voice.config import Settings
from npcl_voice.conversation.commands import CallEnded, Command, Report, ReportLine, ToolAnswered, Transcript
from npcl_voice.conversation.events import CallEvent
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.domain.complaints import Complaint
from npcl_voice.rehearsal.caller import Manner, SyntheticCaller
from npcl_voice.rehearsal.casting import cast_caller
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.rehearsal.effects import Conditions
from npcl_voice.rehearsal.script import Scenario, load_scenario
from tests.e2e.service import settings_in

BEGAN = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
"""When every rehearsal in tests begins."""


class Reports:
    """An Observer that keeps the report lines."""

    def __init__(self) -> None:
        self.lines: list[tuple[float, ReportLine]] = []

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """Keep what is reported."""
        self.lines += [(now, command.line) for command in commands if isinstance(command, Report)]

    def of(self, kind: type[ReportLine]) -> list[ReportLine]:
        """All lines of one kind."""
        return [line for _, line in self.lines if isinstance(line, kind)]


class Rehearsed(msgspec.Struct):
    """What came of a call."""

    caller: SyntheticCaller
    reports: Reports
    log: Path
    complaints: list[Complaint]
    call_id: str

    @property
    def end(self) -> CallEnded:
        """How it ended."""
        ends = self.reports.of(CallEnded)
        assert len(ends) == 1
        return ends[0]  # type: ignore[return-value]

    def words(self, who: str) -> list[str]:
        """What one side said."""
        return [line.text for line in self.reports.of(Transcript) if isinstance(line, Transcript) and line.who == who]

    def tools(self) -> list[ToolAnswered]:
        """What tools answered."""
        return [line for line in self.reports.of(ToolAnswered) if isinstance(line, ToolAnswered)]


def rehearse(
    folder: Path,
    scenario: str | Scenario,
    *,
    manner: Manner | None = None,
    conditions: Conditions | None = None,
    line: Format = PCM_24K,
    voice: str | None = None,
    listeners: Sequence[Listener] = (),
    settings: Settings | None = None,
) -> Rehearsed:
    """Hold a call to its end in a data folder of its own."""
    story = load_scenario(scenario) if isinstance(scenario, str) else scenario
    work = _hold(folder, story, manner, conditions, line, voice, listeners, settings)
    return run_rehearsal(work)


async def _hold(
    folder: Path,
    story: Scenario,
    manner: Manner | None,
    conditions: Conditions | None,
    line: Format,
    voice: str | None,
    listeners: Sequence[Listener],
    settings: Settings | None,
) -> Rehearsed:
    clock = RehearsalClock()
    places = tuple(area.name for area in packaged_areas())
    with clock.work():
        caller = cast_caller(
            story, clock, line, load_phrases("en"), places, voice=voice, manner=manner, conditions=conditions
        )
    reports = Reports()
    opening = open_house(settings or settings_in(folder), lambda: BEGAN + timedelta(seconds=clock.now()), inline=True)
    with clock.work():
        house = await opening.__aenter__()
    try:
        channel = Line(clock, caller, line, caller_number=story.caller_number, listeners=listeners)
        async with house.call(channel, kind="file", clock=clock, observers=[reports], seed=b"rehearsal") as ongoing:
            await ongoing.hold()
        with clock.work():
            complaints = await house.store.records.complaints()
        return Rehearsed(caller, reports, house.log_path(ongoing.call_id), complaints, ongoing.call_id)
    finally:
        with clock.work():
            await opening.__aexit__(None, None, None)
