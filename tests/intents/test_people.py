"""People: a callback at a time of day, and the matter handed over to a person."""

from datetime import timedelta

import msgspec
import pytest

from npcl_voice.domain.company import packaged_text, read_company
from npcl_voice.domain.handover import Fact
from npcl_voice.ports import Situation
from tests.fakes import MORNING, FakeDesk
from tests.intents.running import PRIYA, PRIYA_S_LINE, STRANGE_LINE, run

SOON = {"ok": True, "window": "as soon as possible"}


@pytest.fixture
def desk():
    return FakeDesk.seeded()


def booked(desk):
    return [
        (one.number, one.window, one.reason) for one in {c.callback_id: c for c in desk.callbacks.values()}.values()
    ]


async def test_a_callback(desk):
    """To the number that the line knows, or to the one that the caller confirmed."""
    assert await run(desk, "callback") == SOON
    assert await run(desk, "callback", window="now") == SOON
    confirmed = Situation("call-1", STRANGE_LINE, {"phone": "9899123456"})
    await run(desk, "callback", confirmed, window="morning")
    assert booked(desk) == [
        (STRANGE_LINE, "as soon as possible", "asked"),
        ("9899123456", "morning", "asked"),
    ]


@pytest.mark.parametrize(
    ("window", "hours", "words"),
    [
        ("morning", 0, "today morning"),
        ("morning", 2, "tomorrow morning"),
        ("afternoon", 5, "today afternoon"),
        ("afternoon", 6, "tomorrow afternoon"),
        ("evening", 9, "today evening"),
        ("evening", 10, "tomorrow evening"),
    ],
)
async def test_a_time_of_day(desk, window, hours, words):
    """Today, or tomorrow once it is over; `MORNING` is ten in India."""
    situation = Situation("call-1", STRANGE_LINE, now=MORNING + timedelta(hours=hours))
    assert await run(desk, "callback", situation, window=window) == {"ok": True, "window": words}


async def test_another_time_for_the_same_number(desk):
    """One is owed; it is moved."""
    await run(desk, "callback", window="evening")
    assert await run(desk, "callback", window="morning") == {"ok": True, "window": "morning"}
    assert booked(desk) == [(STRANGE_LINE, "morning", "asked")]


async def test_so_many_numbers_a_call(desk):
    """Two; the same number again is no further one."""
    made = {"callback": (STRANGE_LINE, "9899123456")}
    same = Situation("call-1", STRANGE_LINE, made=made)
    assert await run(desk, "callback", same) == SOON
    third = Situation("call-1", STRANGE_LINE, {"phone": "9899000000"}, made=made)
    for tool in ("callback", "agent"):
        assert await run(desk, tool, third) == {"ok": False, "reason": "too_many"}
    assert desk.packets == {}


@pytest.mark.parametrize("tool", ["callback", "agent"])
@pytest.mark.parametrize("caller", [None, "1234567890", "981012345", ""])
async def test_nobody_can_be_called_back_without_a_number(desk, tool, caller):
    """Only a mobile number will do."""
    assert await run(desk, tool, Situation("call-1", caller)) == {"ok": False, "reason": "no_number"}
    assert (desk.callbacks, desk.packets) == ({}, {})


@pytest.mark.parametrize("tool", ["callback", "agent"])
async def test_a_callback_at_a_time_that_the_company_has_named(desk, tool):
    """Only such a time is a promise."""
    situation = Situation("call-1", STRANGE_LINE, callback_within_min=20)
    assert (await run(desk, tool, situation))["window"] == "within 20 minutes"


async def test_what_a_person_is_told(desk):
    """Why, the matter, what is sure and who says so, the last words, the danger; and the callback is booked."""
    await desk.verify("call-1", PRIYA, "priya singh")
    situation = Situation(
        "call-1",
        PRIYA_S_LINE,
        {"consumer_number": "own", "area": "Delta 1", "looked": "yes", "given_complaint": "000054324"},
        sources={"consumer_number": "line", "area": "spoken", "given_complaint": "tool"},
        heard=("one", "two", "three", "four", "five", "a person please"),
        hazard="fire",
        summary="matter: complaint",
        language="hi",
    )
    result = await run(desk, "agent", situation, reason="complaint")
    assert result == {**SOON, "wait_min": None, "away": False}
    assert booked(desk) == [(PRIYA_S_LINE, "as soon as possible", "complaint")]
    ((packet, _),) = desk.packets.values()
    assert packet.facts == (
        Fact("consumer_number", PRIYA, "calling number"),
        Fact("given_complaint", "000054324", "record"),
        Fact("area", "Delta 1", "caller, confirmed"),
        Fact("verified_consumer", PRIYA, "record, by the name that the caller said"),
    )
    assert packet.last_words == ("two", "three", "four", "five", "a person please")
    assert (packet.reason, packet.summary, packet.hazard, packet.language) == (
        "complaint",
        "matter: complaint",
        "fire",
        "hi",
    )
    assert (packet.caller_number, packet.outcome, packet.call_id) == (PRIYA_S_LINE, "callback", "call-1")
    await run(desk, "agent", situation)
    assert len(desk.packets) == 1


async def test_a_connection_of_the_line_that_is_gone(desk):
    """It is left out."""
    await run(desk, "agent", Situation("call-1", STRANGE_LINE, {"consumer_number": "own"}))
    ((packet, _),) = desk.packets.values()
    assert packet.facts == ()


async def test_how_long_the_wait_is():
    """Told where the company has confirmed it and somebody is there; else that nobody is."""
    hours = packaged_text("transfers.toml").replace("confirmed = false", "confirmed = true")
    wait = '\n[[threshold]]\nname = "queue_wait_min"\nvalue = 7\nconfirmed = true\nsource = "x"\nas_of = 2026-11-22\n'
    texts = {"transfers.toml": hours, "thresholds.toml": packaged_text("thresholds.toml") + wait}
    there = await run(FakeDesk.seeded(company=read_company(texts)), "agent")
    assert (there["wait_min"], there["away"]) == (7, False)
    texts["transfers.toml"] = hours.replace('"24x7"', '"Mon-Fri 10:00-17:00"')  # and it is Sunday
    away = await run(FakeDesk.seeded(company=read_company(texts)), "agent")
    assert (away["wait_min"], away["away"]) == (None, True)


async def test_a_desk_that_is_away_after_the_callback(desk):
    """It is said; once more comes to the same callback, and to the packet."""
    desk.lose_next_answer = True
    assert await run(desk, "agent") == {"ok": False, "reason": "unavailable"}
    assert (await run(desk, "agent"))["ok"] is True
    assert (len(booked(desk)), len(desk.packets)) == (1, 1)


def test_a_situation_without_anything():
    """What nobody tells is not known."""
    bare = Situation("call-1")
    assert (bare.heard, bare.made, bare.now, bare.hazard, bare.summary) == ((), {}, None, None, "")
    assert msgspec.structs.asdict(bare)["company"].promises
