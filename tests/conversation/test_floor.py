"""Who has the floor, the source design's one state, and the page that shows both tables."""

from pathlib import Path

import pytest

from npcl_voice.conversation.context import Matter
from npcl_voice.conversation.floor import FLOORS, Floor, FloorEvent, state_name
from tests.docs.states import states_page

LEADS_TO = """
             ANSWERED    VOICE_BEGAN  VOICE_ENDED  VOICE_CUT   TURN_TAKEN  NOTHING_SAID  ENDED
initial      greeting    .            .            .           .           .             ended
greeting     .           greeting     listening    listening   processing  .             ended
listening    .           responding   .            .           processing  .             ended
processing   .           responding   .            .           processing  listening     ended
responding   .           .            listening    listening   processing  .             ended
ended        .           .            .            .           .           .             .
"""
EVENTS, *ROWS = (row.split() for row in LEADS_TO.strip().splitlines())
CASES = [(floor, event, to) for floor, *row in ROWS for event, to in zip(EVENTS, row, strict=True)]


@pytest.mark.parametrize(("floor", "event", "to"), CASES)
def test_where_each_event_leads_the_floor(floor, event, to):
    """Every floor with every event; a point means that the event leaves it as it is."""
    assert FLOORS[Floor(floor)].get(FloorEvent[event]) is (None if to == "." else Floor(to))


def test_no_pair_is_forgotten():
    """The table above is whole."""
    assert {floor for floor, _, _ in CASES} == {floor.value for floor in Floor}
    assert {event for _, event, _ in CASES} == {event.name for event in FloorEvent}
    assert set(FLOORS) == set(Floor)


@pytest.mark.parametrize("floor", Floor)
@pytest.mark.parametrize("matter", Matter)
def test_the_state_of_the_source_design(floor, matter):
    """Complaint and Resolution come from the matter, all else is the floor's name."""
    if matter in (Matter.COMPLAINT, Matter.RESOLUTION):
        assert state_name(floor, matter) == matter.value
    else:
        assert state_name(floor, matter) == floor.value


def test_the_page_of_states_is_what_the_tables_give():
    """`make docs` was run after the last change of a table."""
    shown = Path(__file__).parent.parent.parent / "docs" / "reference" / "states.md"
    assert shown.read_text("utf-8") == states_page()
