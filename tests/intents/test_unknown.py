"""A number that is on no record: which of the caller's own may have been meant, and that nobody else's is told."""

import pytest

from npcl_voice.domain.complaints import Draft
from npcl_voice.domain.consumers import Premises
from npcl_voice.intents.unknown import MEANT
from npcl_voice.ports import Situation
from tests.fakes import FakeDesk
from tests.intents.running import PRIYA, PRIYA_S_LINE, STRANGE_LINE, run

TOOLS = {"complaint_status": {}, "reopen": {}, "close_complaint": {"code": "123456"}}
"""Those that take a complaint's number, with what else they need."""


@pytest.fixture
async def desk():
    """One that holds the complaint 000054324, which was reported from Priya's line."""
    desk = FakeDesk.seeded()
    place = Premises("P-9", "Delta 1", "9")
    await desk.register(Draft("k", "no_supply", "high", place, "call-0", caller_number=PRIYA_S_LINE))
    return desk


def said(slot, number, caller=PRIYA_S_LINE, source="spoken"):
    """A call on which that number was confirmed."""
    return Situation("call-1", caller, {slot: number}, sources={slot: source})


@pytest.mark.parametrize("tool", TOOLS)
async def test_a_near_complaint_of_the_caller_s_own(desk, tool):
    """Named, for a question; nothing is done to it."""
    call = said("complaint_number", "000054334")
    refused = {"ok": False, "reason": "unknown_number", "nearest": "000054324", "message": MEANT}
    assert await run(desk, tool, call, complaint_number="000054334", **TOOLS[tool]) == refused


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    "call",
    [
        said("complaint_number", "000054334", STRANGE_LINE),
        said("complaint_number", "000054334", None),
        said("complaint_number", "000054334", source="keyed"),
        said("complaint_number", "000054334", source="typed"),
    ],
)
async def test_nobody_else_s_complaint(desk, tool, call):
    """Not to another line, not to a hidden number; and what was keyed was not misheard."""
    refused = {"ok": False, "reason": "unknown_number"}
    assert await run(desk, tool, call, complaint_number="000054334", **TOOLS[tool]) == refused


async def test_two_that_are_as_near(desk):
    """Nobody guesses."""
    place = Premises("P-8", "Delta 1", "8")
    await desk.register(Draft("k2", "no_supply", "high", place, "call-0", caller_number=PRIYA_S_LINE))
    call = said("complaint_number", "000054326")
    assert "nearest" not in await run(desk, "complaint_status", call, complaint_number="000054326")


@pytest.mark.parametrize(("tool", "more"), [("no_supply", {}), ("bill_due", {"name": "priya"}), ("account_info", {})])
async def test_a_near_consumer_number(desk, tool, more):
    """Only one that is registered with the line's own number."""
    number = "2990741825"
    refused = {"ok": False, "reason": "unknown_consumer"}
    near = {**refused, "nearest": PRIYA, "message": MEANT}
    assert await run(desk, tool, said("consumer_number", number), consumer_number=number, **more) == near
    for caller in (STRANGE_LINE, None):
        call = said("consumer_number", number, caller)
        assert await run(desk, tool, call, consumer_number=number, **more) == refused
    keyed = said("consumer_number", number, source="keyed")
    assert await run(desk, tool, keyed, consumer_number=number, **more) == refused
