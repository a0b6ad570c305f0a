"""What is known in a call, and what the matter is."""

import pytest

from npcl_voice.conversation.context import MATTERS, Context, Line, Matter, MatterEvent, Slot

LEADS_TO = """
none        TAKEN         complaint
none        ANSWERED      none
none        HANDED_OVER   handoff
complaint   TAKEN         complaint
complaint   ANSWERED      resolution
complaint   HANDED_OVER   handoff
resolution  TAKEN         complaint
resolution  ANSWERED      resolution
resolution  HANDED_OVER   handoff
handoff     TAKEN         complaint
handoff     ANSWERED      handoff
handoff     HANDED_OVER   handoff
"""
ROWS = [tuple(row.split()) for row in LEADS_TO.strip().splitlines()]


@pytest.mark.parametrize(("before", "event", "after"), ROWS)
def test_where_each_event_leads_the_matter(before, event, after):
    """Every matter with every event, as it was agreed."""
    context = Context(language="en", matter=Matter(before), goal="no_supply", question="area", failed=1)
    moved = context.moved(MatterEvent[event])
    assert moved.matter is Matter(after)
    assert moved == Context(language="en", matter=Matter(after), goal="no_supply", question="area", failed=1)


def test_no_pair_is_forgotten():
    """The list above holds every matter with every event, and the table no more than these."""
    assert {(before, event) for before, event, _ in ROWS} == {(m.value, e.name) for m in Matter for e in MatterEvent}
    assert set(MATTERS) == set(Matter)


def test_an_empty_context():
    """Nothing is known when nobody has spoken."""
    context = Context()
    assert (context.language, context.matter, context.goal, context.question) == ("en", Matter.NONE, None, None)
    assert (context.slots, context.failed, context.unclear, context.last, context.promises) == ({}, 0, 0, (), ())
    assert context.value("area") is None
    assert context.confirmed("area") is None
    assert context.facts() == {}


def test_a_slot_is_known_before_it_is_confirmed():
    """What was only heard is a value; what was agreed to is a fact."""
    heard = Context(goal="no_supply").with_slot("area", "Delta 1", "spoken")
    assert heard.slots == {"area": Slot("Delta 1", "spoken", verified=False)}
    assert heard.value("area") == "Delta 1"
    assert heard.confirmed("area") is None
    assert heard.facts() == {}
    agreed = heard.with_slot("house", "12", "keyed", verified=True)
    assert agreed.slots == {"area": Slot("Delta 1", "spoken"), "house": Slot("12", "keyed", verified=True)}
    assert agreed.confirmed("house") == "12"
    assert agreed.facts() == {"house": "12"}
    assert agreed.goal == "no_supply"
    assert heard.slots == {"area": Slot("Delta 1", "spoken")}  # the one before stays as it was


def test_slots_are_forgotten_by_name():
    """Those that are not there do not matter."""
    context = Context(goal="agent").with_slot("area", "Delta 1", "spoken").with_slot("house", "12", "typed")
    assert context.without("area", "phone") == Context(goal="agent", slots={"house": Slot("12", "typed")})
    assert context.without() == context


def test_a_line_without_gaps():
    """Most phrases need nothing filled in."""
    assert Line("greeting") == Line("greeting", {})
