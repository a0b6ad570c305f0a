"""The way back to a better engine, and to a fresh session before the old one expires."""

from npcl_voice.conversation.events import EngineOffered, ModelLost
from npcl_voice.speech.capacity import Capacity
from tests.speech.seats import Row, Server, dns, joined, lost, passes, rehearsed

BACK = EngineOffered("a", "a is back")
WITHDRAWN = EngineOffered("", "nobody has taken it")


@rehearsed
async def test_a_better_engine_is_offered_when_it_is_back():
    """Ten seconds after the call had left it; taken, it goes on with the session that stands ready."""
    row = Row(Server("a", dns("a")), Server("b"))
    call = row.call()
    await passes(9.9)
    assert call.news() == [joined("b", "a cannot be found")]
    await passes(1.2)
    assert call.news() == [BACK]
    assert row.servers[0].open_now == 1
    call.change("offered", "offered")
    await passes(0.1)
    assert call.news() == [joined("a", "a is back")]
    assert (len(row.servers[0].sessions), row.servers[1].open_now) == (1, 0)
    snapshot = row.switch.tally.snapshot()
    assert snapshot["failovers"][-1] == {"from": "b", "to": "a", "reason": "offered", "count": 1}
    assert [one["reason"] for one in snapshot["failures"]] == ["dns"]
    await row.ends()


@rehearsed
async def test_calls_come_back_one_after_the_other():
    """Spread by chance over half a minute."""
    row = Row(Server("a", dns("a")), Server("b"), chance=0.5)
    call = row.call()
    await passes(24.9)
    assert BACK not in call.news()
    await passes(1.2)
    assert BACK in call.news()
    await row.ends()


@rehearsed
async def test_an_offer_that_nobody_takes():
    """The session is closed after half a minute, and another one is offered later."""
    row = Row(Server("a", dns("a")), Server("b"))
    call = row.call()
    await passes(11.1)
    assert call.news()[-1] == BACK
    await passes(28.0)
    assert row.servers[0].open_now == 1
    await passes(3.0)
    assert call.news() == [WITHDRAWN, BACK]
    assert [session.closed for session in row.servers[0].sessions] == [1, 0]
    await row.ends()


@rehearsed
async def test_an_offer_when_the_engine_is_lost_meanwhile():
    """The call goes on where its table says, and the offered session is let go of."""
    row = Row(Server("a", dns("a")), Server("b"), Server("c"))
    call = row.call()
    await passes(11.1)
    row.servers[1].sessions[0].says(lost("dns"))
    await passes(0.1)
    assert call.news()[-1] == ModelLost("it broke: dns", "dns")
    assert row.servers[0].open_now == 0
    call.change("fail_over", "dns")
    await passes(0.1)
    assert [event.engine for event in call.news()] == ["c"]
    await row.ends()


@rehearsed
async def test_a_call_that_leaves_its_engine_while_another_is_offered():
    """For a reason of its own: the offer has ended with it."""
    row = Row(Server("a", dns("a")), Server("b"), Server("c"))
    call = row.call()
    await passes(11.1)
    call.change("fail_over", "stall")
    await passes(0.1)
    assert call.engines == ["b", "c"]
    assert row.servers[0].open_now == 0
    await row.ends()


@rehearsed
async def test_a_better_engine_that_is_still_away():
    """It is asked again after the same while, not all the time."""
    row = Row(Server("a", always=lambda: dns("a")), Server("b"))
    call = row.call()
    await passes(60.0)
    assert call.engines == ["b"]
    assert 4 <= len(row.servers[0].asked) <= 6
    await row.ends()


@rehearsed
async def test_a_place_that_becomes_free():
    """An engine with few places is looked at every second: from the recorded voice back to it."""
    places = Capacity(lambda: 1)
    row = Row(Server("a"), Server("b"), places={"a": places})
    first = row.call("1")
    await passes(0.2)
    second = row.call("2")
    await passes(5.0)
    assert (first.engines, second.engines) == (["a"], ["b"])
    await first.ends()
    await passes(1.3)
    assert second.news()[-1] == BACK
    second.change("offered", "offered")
    await passes(0.1)
    assert second.engines == ["a"]
    assert places.taken == 1
    await row.ends()


@rehearsed
async def test_a_session_that_will_expire():
    """A fresh one is offered after 85 % of its life, and again if nobody takes it."""
    row = Row(Server("a", lasts_s=100.0), Server("b"))
    call = row.call()
    await passes(84.9)
    assert call.news() == [joined("a")]
    await passes(1.3)
    assert call.news() == [EngineOffered("a", "the session would soon expire")]
    call.change("offered", "offered")
    await passes(0.1)
    assert call.news() == [joined("a", "the session would soon expire")]
    assert [session.closed for session in row.servers[0].sessions] == [1, 0]
    assert row.switch.tally.snapshot()["reconnects"] == {"a": 1}
    await row.ends()


@rehearsed
async def test_a_session_that_does_not_say_how_long_it_lasts():
    """Nothing is offered."""
    row = Row(Server("a"), Server("b"))
    call = row.call()
    await passes(10_000.0)
    assert call.news() == [joined("a")]
    await row.ends()


@rehearsed
async def test_an_offer_that_has_lapsed_when_it_is_taken():
    """Its session is closed already: the call gets a fresh one all the same."""
    row = Row(Server("a", dns("a")), Server("b"))
    call = row.call()
    await passes(11.1)
    call.news()
    await passes(29.4)
    call.change("offered", "offered")
    await passes(0.1)
    assert [event.engine for event in call.news() if event != WITHDRAWN] == ["b"]
    await row.ends()
