"""Measure calls in real time: greeting, first sound, barge-in, and the event loop's lag.

    python -m tests.bench.latency [CALLS]

Holds outage calls one after the other with the real worker processes, each figure beside its
budget. These machines are noisy: compare runs, and read medians.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from npcl_voice.app import open_house
from npcl_voice.audio.frame import PCM_24K
from npcl_voice.call import RealClock
from npcl_voice.channels.line import Line
from npcl_voice.config import LatencyBudget
from npcl_voice.conversation.commands import Latency, Transcript
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.rehearsal.caller import Manner
from npcl_voice.rehearsal.casting import cast_caller, ears_process
from npcl_voice.rehearsal.script import load_scenario
from tests.e2e.rehearse import Reports
from tests.e2e.service import settings_in

BUDGET = LatencyBudget()
LAG_EVERY_S = 0.01


async def main(calls: int) -> None:
    """Hold the calls, then print the figures."""
    figures: dict[str, list[float]] = {"greeting": [], "first_sound": [], "after a number": [], "barge_in": []}
    lags: list[float] = []
    watch = asyncio.create_task(_watch(lags))
    clock = RealClock()
    places = tuple(area.name for area in packaged_areas())
    opened = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        async with open_house(settings_in(Path(folder)), lambda: datetime.now(UTC)) as house:
            print(f"engine ready after {time.perf_counter() - opened:.1f} s, capacity {house.engine.capacity}")
            with ears_process() as ears:
                for at in range(calls):
                    story = load_scenario(("outage", "status", "hazard")[at % 3])
                    manner = Manner(barge_in_ms=2_500) if at % 2 else None
                    caller = cast_caller(
                        story, clock, PCM_24K, load_phrases("en"), places, manner=manner, executor=ears
                    )
                    reports = Reports()
                    line = Line(clock, caller, PCM_24K, caller_number=story.caller_number)
                    async with house.call(line, kind="bench", observers=[reports]) as ongoing:
                        await ongoing.hold()
                    _sort(reports, figures)
                    print(f"call {at + 1} of {calls}: {reports.lines[-1][1]}", flush=True)
    watch.cancel()
    budgets = {
        "greeting": (BUDGET.greeting_ms, BUDGET.greeting_ms),
        "first_sound": (BUDGET.first_sound_p50_ms, BUDGET.first_sound_p95_ms),
        "after a number": (BUDGET.first_sound_after_number_p50_ms, BUDGET.first_sound_after_number_p95_ms),
    }
    for name, values in figures.items():
        if values:
            p50, p95 = statistics.median(values), sorted(values)[int(0.95 * (len(values) - 1))]
            wanted = " (budget {:.0f} / {:.0f})".format(*budgets[name]) if name in budgets else ""
            print(f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms of {len(values)}{wanted}")
    p99 = sorted(lags)[int(0.99 * (len(lags) - 1))]
    print(f"loop lag: p99 {p99:.1f} ms, max {max(lags):.1f} ms (budget p99 {BUDGET.loop_lag_p99_ms:.0f})")


def _sort(reports: Reports, figures: dict[str, list[float]]) -> None:
    """Tell waits after dictated numbers from others: those turns end later on purpose."""
    last = ""
    for _, line in reports.lines:
        if isinstance(line, Transcript) and line.who == "caller":
            last = line.text
        elif isinstance(line, Latency):
            number = line.stage == "first_sound" and sum(c.isdigit() for c in last) > 3
            figures["after a number" if number else line.stage].append(line.ms)


async def _watch(lags: list[float]) -> None:
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(LAG_EVERY_S)
        lags.append(max(0.0, (time.perf_counter() - asked - LAG_EVERY_S) * 1000))


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 6))
