"""The remote engine dies under twelve calls, and there is room for four at the embedded one."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from npcl_voice.app import open_house
from npcl_voice.config import LatencyBudget
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.complaints import Callback, Complaint
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.rehearsal.twin import Faults, TwinEngine
from npcl_voice.speech.capacity import Urgency
from tests.e2e.service import settings_in
from tests.e2e.storming import EVERY_S, Held, callers, hold, silences, sounds, storm_script

pytestmark = pytest.mark.slow

BEGAN = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
PLACES = 4
DOWN_S, UNTIL_S = 26.0, 50.0
"""When it dies, and when all callers hang up, whatever is being said."""


class Storm(msgspec.Struct):
    """What came of all calls."""

    calls: list[Held]
    complaints: list[Complaint]
    callbacks: list[Callback]
    links: dict[str, Any]

    def after_the_cut(self, engine: str) -> list[Held]:
        """The calls that this engine took."""
        return [one for one in self.calls if one.watcher.engine_after(DOWN_S) == engine]


async def storm(folder: Path) -> Storm:
    """All calls, with the remote engine going and coming back."""
    clock = RehearsalClock()
    twin = TwinEngine("openai", storm_script(), Faults(), clock, sounds())
    settings = settings_in(folder, NPCL_LOCAL_CAPACITY=str(PLACES))
    opening = open_house(
        settings,
        lambda: BEGAN + timedelta(seconds=clock.now()),
        clock=clock,
        inline=True,
        remote=[(twin, "gpt-realtime-2.1")],
    )
    with clock.work():
        house = await opening.__aenter__()
    asyncio.get_running_loop().call_at(DOWN_S, twin.down)
    calls = await asyncio.gather(*(hold(house, clock, one, at * EVERY_S, UNTIL_S) for at, one in enumerate(callers())))
    with clock.work():
        records = house.store.records
        complaints = [one for one in await records.complaints() if not one.demo]
        callbacks = [one for one in await records.callbacks() if not one.demo]
        links = house.links(clock)
        assert house.engine.live == house.engine.places.taken == twin.live == 0
        await opening.__aexit__(None, None, None)
    return Storm(list(calls), complaints, callbacks, links)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Storm:
    """One storm, for all tests of this file."""
    return run_rehearsal(storm(tmp_path_factory.mktemp("storm")))


def test_everybody_hears_something_in_time(held: Storm) -> None:
    """Wherever they were in the talk, within the budget of when sound was due; and nobody is left in silence."""
    limit_s = LatencyBudget().dead_air_p95_ms / 1000
    for one in held.calls:
        assert all(waited <= limit_s for _, waited in silences(one.side, DOWN_S - 1, UNTIL_S - limit_s))
        assert any(DOWN_S < began <= DOWN_S + 10 for began, _ in one.side.heard)
        assert one.watcher.end is not None
        assert one.watcher.end.outcome != "failed"


def test_places_go_by_urgency(held: Storm) -> None:
    """Danger has one although it called late, then complaints in progress; the rest have none."""
    placed, others = held.after_the_cut("local"), held.after_the_cut("recorded")
    assert (len(placed), len(others)) == (PLACES, len(held.calls) - PLACES)
    asked = {one.scenario.caller_number: one.watcher.urgency_at(DOWN_S) for one in held.calls}
    (danger,) = [number for number, urgency in asked.items() if urgency == Urgency.DANGER]
    complaints = {number for number, urgency in asked.items() if urgency == Urgency.COMPLAINT}
    assert Urgency.OTHER in asked.values()
    assert len(complaints) >= PLACES
    have_places = {one.scenario.caller_number for one in placed}
    assert danger in have_places
    assert have_places - {danger} <= complaints
    assert all(one.watcher.dangers for one in placed if one.scenario.caller_number == danger)


def test_who_finds_no_place_is_told_so_and_called_back(held: Storm) -> None:
    """The recorded apology is heard, and there is one callback for each of them and for nobody else."""
    apology = load_phrases("en").say["recorded_apology"]
    others = held.after_the_cut("recorded")
    for one in others:
        assert [text for at, text in one.watcher.said if at > DOWN_S].count(apology) == 1
    assert sorted(row.number for row in held.callbacks) == sorted(one.scenario.caller_number for one in others)


def test_no_row_is_lost_or_doubled(held: Storm) -> None:
    """What a tool confirmed, before the cut or after it, stands in the store, once."""
    written = {"no_supply", "hazard"}
    confirmed = {
        number for one in held.calls for _, name, ok, number in one.watcher.results if name in written and ok and number
    }
    rows = [one.complaint_number for one in held.complaints]
    assert sorted(rows) == sorted(confirmed)
    assert len(rows) >= PLACES
    assert len({one.premises for one in held.complaints}) == len(rows)
    told = {number for one in held.calls for number in one.side.numbers}
    assert told <= {*rows, "000054321"}


def test_the_links_tell_it(held: Storm) -> None:
    """Twelve cuts, twelve failovers, and the remote engine is left alone."""
    links = held.links
    assert {"engine": "openai", "reason": "close_1006", "count": 12} in links["failures"]
    to = {row["to"]: row["count"] for row in links["failovers"] if row["from"] == "openai"}
    assert to == {"local": PLACES, "recorded": 12 - PLACES}
    assert links["calls_on_recorded_voice_total"] >= 12 - PLACES
    assert links["calls_on_recorded_voice"] == 0
    assert links["breakers"]["openai"] != "closed"
    assert links["sessions_open"] == {"openai": 0, "local": 0, "recorded": 0}
    assert links["spent_today_usd"] > 0
