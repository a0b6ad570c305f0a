"""Which engine answers a call: the first, the next, the same once more, and none."""

import asyncio
from datetime import UTC, datetime
from random import Random

import pytest

from npcl_voice.conversation.events import EngineOffered, ModelLost, ModelSent
from npcl_voice.errors import UnavailableError
from npcl_voice.realtime.backoff import BreakerState
from npcl_voice.realtime.events import InputAudioBufferCleared, InputAudioBufferCommit, RateLimit, RateLimitsUpdated
from npcl_voice.speech.budget import Budget
from npcl_voice.speech.capacity import Capacity
from npcl_voice.speech.purse import Purse
from tests.speech.seats import Row, Server, dns, joined, lost, passes, rehearsed, stop

NOTHING = InputAudioBufferCleared()


# The first engine.


@rehearsed
async def test_the_best_engine_that_is_there():
    """It joins with its own reason, its events are handed on, and what is sent goes to it."""
    row = Row(Server("a"), Server("b"))
    call = row.call()
    await passes()
    assert call.news() == [joined("a")]
    (session,) = row.servers[0].sessions
    session.says(NOTHING)
    call.link.send(InputAudioBufferCommit())
    await passes()
    assert [event for _, event in call.told] == [ModelSent(NOTHING)]
    assert session.sent == [InputAudioBufferCommit()]
    assert row.servers[0].callers == {"caller"}
    assert row.servers[1].asked == []
    await row.ends()


@rehearsed
async def test_engines_that_refuse_are_asked_in_their_order():
    """The one that joins says why the others did not."""
    row = Row(Server("a", stop("a")), Server("b", dns("b")), Server("c"))
    call = row.call()
    await passes()
    assert call.news() == [joined("c", "a does not take the key; b cannot be found")]
    failures = row.switch.tally.snapshot()["failures"]
    assert failures == [
        {"engine": "a", "reason": "invalid_api_key", "count": 1},
        {"engine": "b", "reason": "dns", "count": 1},
    ]
    await row.ends()


@rehearsed
async def test_no_engine_is_left():
    """The loss is final, and says why; what is sent then is dropped."""
    row = Row(Server("a", stop("a")), Server("b", dns("b")))
    call = row.call()
    await passes()
    assert call.news() == [ModelLost("a does not take the key; b cannot be found", "gone", final=True)]
    call.link.send(InputAudioBufferCommit())
    await row.ends()


@rehearsed
async def test_a_bug_is_raised():
    """Whoever holds the call hears of it."""
    row = Row(Server("a", ZeroDivisionError("a bug")), Server("b"))
    call = row.call()
    await passes()
    with pytest.raises(ZeroDivisionError, match="a bug"):
        await call.ends()
    assert asyncio.all_tasks() == {asyncio.current_task()}


# An engine that is lost.


@rehearsed
async def test_a_session_that_breaks_is_tried_once_more():
    """At the same engine, after a pause of a quarter of a second at most; it is a reconnect."""
    row = Row(Server("a"), Server("b"), chance=1.0)
    call = row.call()
    await passes()
    row.servers[0].sessions[0].says(lost())
    await passes()
    assert call.news() == [joined("a"), ModelLost("it broke: close_1006", "close_1006")]
    call.change("retry")
    await passes(0.24)
    assert call.news() == []
    await passes(0.02)
    assert call.news() == [joined("a", "it broke: close_1006")]
    assert row.switch.tally.snapshot()["reconnects"] == {"a": 1}
    await row.ends()


@rehearsed
async def test_nothing_is_tried_before_the_call_says_so():
    """It may be at its end."""
    row = Row(Server("a"), Server("b"))
    call = row.call()
    await passes()
    row.servers[0].sessions[0].says(lost())
    await passes(60.0)
    assert [len(server.asked) for server in row.servers] == [1, 0]
    assert row.servers[0].open_now == 0
    await call.ends()
    await row.ends()


@pytest.mark.parametrize(("later_s", "then"), [(9.0, "b"), (11.0, "a")])
@rehearsed
async def test_another_fault_of_the_same_engine(later_s, then):
    """Within ten seconds the call goes on at the next one."""
    row = Row(Server("a"), Server("b"))
    call = row.call()
    for pause_s in (0.01, later_s):
        await passes(pause_s)
        row.servers[0].sessions[-1].says(lost())
        await passes()
        call.change("retry")
    await passes()
    assert call.engines == ["a", "a", then]
    await row.ends()


@rehearsed
async def test_an_engine_that_ends_its_session():
    """As if we had asked for it: that is a loss."""
    row = Row(Server("a"), Server("b"))
    call = row.call()
    await passes()
    row.servers[0].sessions[0].says(None)
    await passes()
    (_, gone) = call.news()
    assert (gone.code, gone.final) == ("close_1000", False)
    await row.ends()


@rehearsed
async def test_a_call_that_leaves_an_engine():
    """The next one is asked; the reason is counted where it belongs, and told."""
    row = Row(Server("a"), Server("b"))
    call = row.call()
    await passes()
    call.change("fail_over", "stall")
    await passes()
    (_, now) = call.news()
    assert now.engine == "b"
    assert now.reason.startswith("a: is connected but takes or says nothing")
    snapshot = row.switch.tally.snapshot()
    assert snapshot["failures"] == [{"engine": "a", "reason": "stall", "count": 1}]
    assert snapshot["failovers"] == [{"from": "a", "to": "b", "reason": "stall", "count": 1}]
    await row.ends()


@rehearsed
async def test_what_an_engine_says_after_it_was_left():
    """Nobody hears it, and nothing is sent to it any more."""
    row = Row(Server("a", goodbye_s=5.0), Server("b", takes_s=1.0))
    call = row.call()
    await passes()
    (left,) = row.servers[0].sessions
    call.news()
    left.says(NOTHING)
    call.change("fail_over", "stall")
    left.says(NOTHING)
    call.link.send(InputAudioBufferCommit())
    await passes(0.5)
    assert (call.told, left.sent, left.closed) == ([], [], 1)
    await passes(0.6)
    assert call.engines == ["b"]  # its goodbye of five seconds is waited for by nobody
    await row.ends()


@rehearsed
async def test_an_account_that_is_refused_is_left_alone():
    """By other calls, too, for ten minutes; they say why."""
    row = Row(Server("a"), Server("b"))
    call = row.call()
    await passes()
    call.change("stop", "insufficient_quota")
    await passes()
    other = row.call("call 2")
    await passes()
    assert call.engines == ["a", "b"]
    assert other.news() == [joined("b", "a is left alone for a while, after failures")]
    await passes(500.0)
    assert len(row.servers[0].asked) == 1
    await row.ends()


@rehearsed
async def test_sessions_that_die_at_once():
    """After three of them within ten seconds no call asks there, for five seconds at first."""
    row = Row(Server("a"), Server("b"), chance=1.0)
    for number in range(3):
        call = row.call(f"call {number}")
        await passes(0.5)
        row.servers[0].sessions[-1].says(lost())
        await passes(0.01)
        call.change("fail_over")
    breaker = row.switch.seats[0].breaker
    assert breaker.state(row.clock.now()) is BreakerState.OPEN
    later = row.call("later")
    await passes()
    assert later.engines == ["b"]
    await passes(5.5)  # then one call tries, the one that waits for it; a new one leaves it alone
    beside = row.call("beside")
    await passes()
    assert beside.engines == ["b"]
    later.change("offered", "offered")
    await passes(11.0)
    assert later.engines == ["b", "a"]
    row.servers[0].sessions[-1].says(NOTHING)
    await passes()
    assert breaker.state(row.clock.now()) is BreakerState.CLOSED  # it has been of use for ten seconds
    assert row.switch.tally.snapshot()["breakers"]["a"] == "closed"
    await row.ends()


@rehearsed
async def test_a_server_that_wants_to_be_left_alone():
    """The reconnect finds it resting, and goes on."""
    row = Row(Server("a"), Server("b"))
    call = row.call()
    await passes()
    row.servers[0].sessions[0].says(UnavailableError("too many", reason="http_429", retry_after_s=30.0))
    await passes()
    call.change("retry", "http_429")
    await passes(0.5)
    assert call.engines == ["a", "b"]
    assert len(row.servers[0].asked) == 1
    await row.ends()


# An engine that is not ready in time.


@rehearsed
async def test_an_engine_that_takes_too_long_to_open():
    """The call gives it up; it counts as its failure, and nothing of it is left."""
    row = Row(Server("a", takes_s=60.0), Server("b"))
    call = row.call()
    await passes(2.0)
    call.change("fail_over", "not_ready")
    await passes()
    assert call.engines == ["b"]
    assert row.switch.tally.snapshot()["failures"] == [{"engine": "a", "reason": "not_ready", "count": 1}]
    await row.ends()


@rehearsed
async def test_the_second_engine_that_takes_too_long():
    """It is counted, too, although the first had told its failure itself."""
    row = Row(Server("a"), Server("b", takes_s=60.0), Server("c"))
    call = row.call()
    await passes()
    row.servers[0].sessions[0].says(lost("dns"))
    await passes()
    call.change("fail_over", "dns")
    await passes(2.0)
    call.change("fail_over", "not_ready")
    await passes()
    assert call.engines == ["a", "c"]
    failures = row.switch.tally.snapshot()["failures"]
    assert [(one["engine"], one["reason"]) for one in failures] == [("a", "dns"), ("b", "not_ready")]
    assert call.news()[-1].reason.startswith("it broke: dns; b: did not accept the session's settings in time")
    await row.ends()


@rehearsed
async def test_an_engine_that_has_only_just_been_asked():
    """The one before it took all the time and then refused: this one is not passed over for it."""
    row = Row(Server("a", dns("a"), takes_s=1.9), Server("b", takes_s=0.5), Server("c"))
    call = row.call()
    await passes(2.0)
    call.change("fail_over", "not_ready")
    await passes(1.0)
    assert call.engines == ["b"]
    assert [one["engine"] for one in row.switch.tally.snapshot()["failures"]] == ["a"]
    call.change("fail_over", "stall")
    await passes()
    assert call.engines == ["b", "c"]
    await row.ends()


# Limits and money.


def _budget(per_call=1.0, per_day=10.0):
    return Budget("gpt-realtime", "whisper-1", Purse(per_call, per_day, lambda: datetime(2026, 11, 22, tzinfo=UTC)))


def _limited(budget, now, remaining=0, reset_s=3.0):
    limit = RateLimit(name="requests", limit=100, remaining=remaining, reset_seconds=reset_s)
    budget.saw("other", RateLimitsUpdated((limit,)), now)


@rehearsed
async def test_a_call_waits_for_the_limits():
    """No longer than is set; then it begins at the next engine. It was no failure of the first."""
    budget = _budget()
    row = Row(Server("a"), Server("b"), wait_s=4.0, budgets={"a": budget})
    _limited(budget, row.clock.now(), reset_s=300.0)
    call = row.call()
    await passes(3.8)
    assert call.news() == []
    await passes(0.4)
    (now,) = call.news()
    assert now.engine == "b"
    assert row.servers[0].asked == []
    assert row.switch.tally.snapshot()["failures"] == []
    await row.ends()


@rehearsed
async def test_a_call_that_waits_for_its_turn_is_not_hurried():
    """How long it may wait is known; the engine was never asked, so nothing is held against it."""
    budget = _budget()
    row = Row(Server("a"), Server("b"), wait_s=4.0, budgets={"a": budget})
    _limited(budget, row.clock.now(), reset_s=300.0)
    call = row.call()
    await passes(2.0)
    call.change("fail_over", "not_ready")
    await passes()
    assert (call.engines, budget.waiting()) == ([], 1)
    await passes(2.5)
    assert call.engines == ["b"]
    assert row.switch.tally.snapshot()["failures"] == []
    assert budget.waiting() == 0
    await row.ends()


@rehearsed
async def test_a_call_whose_turn_comes():
    """It begins where it has waited."""
    budget = _budget()
    row = Row(Server("a"), Server("b"), budgets={"a": budget})
    _limited(budget, row.clock.now(), remaining=0, reset_s=1.0)
    call = row.call()
    await passes(2.0)
    assert call.engines == ["a"]
    await row.ends()


@rehearsed
async def test_money_that_is_spent():
    """No call begins there; one that goes on is offered the next engine."""
    budget = _budget(per_call=1.0)
    row = Row(Server("a"), Server("b"), budgets={"a": budget})
    call = row.call()
    await passes()
    budget.purse.charge("call 1", 1.5)
    await passes(1.1)
    (_, offered) = call.news()
    assert (offered.engine, offered.__class__) == ("b", EngineOffered)
    call.change("offered", "offered")
    await passes(120.0)
    assert [event.engine for event in call.news()] == ["b"]
    await row.ends()
    nothing = Row(Server("a"), Server("b"), budgets={"a": _budget(per_day=0.0)})
    late = nothing.call()
    await passes()
    assert late.engines == ["b"]
    assert nothing.servers[0].asked == []
    await nothing.ends()


# Places.


@rehearsed
async def test_an_engine_that_is_full():
    """The next one is asked; the place is given back when the call ends."""
    places = Capacity(lambda: 1)
    row = Row(Server("a"), Server("b"), places={"a": places})
    first, second = row.call("1"), row.call("2")
    await passes(0.2)
    assert sorted(first.engines + second.engines) == ["a", "b"]
    assert places.taken == 1
    await row.ends()


@rehearsed
async def test_who_is_in_danger_gets_the_place():
    """All calls lose their engine at one moment."""
    places = Capacity(lambda: 1)
    row = Row(Server("a"), Server("b"), Server("c"), places={"b": places})
    calls = [row.call(str(number)) for number in range(4)]
    await passes()
    for number, call in enumerate(calls):
        call.change("stop", "quota", 0 if number == 3 else 2)
    await passes(0.5)
    assert [call.engines for call in calls] == [["a", "c"]] * 3 + [["a", "b"]]
    await row.ends()


@rehearsed
async def test_a_place_at_an_engine_that_refuses():
    """Is given back at once."""
    places = Capacity(lambda: 1)
    row = Row(Server("a", dns("a")), Server("b"), places={"a": places})
    row.call()
    await passes(0.2)
    assert places.taken == 0
    await row.ends()


# Whenever it is cut off.


@rehearsed
async def test_a_link_that_is_closed():
    """Its session ends at once; closing it again is harmless."""
    row = Row(Server("a"))
    call = row.call()
    await passes()
    (session,) = row.servers[0].sessions
    await call.link.close()
    await call.link.close()
    assert session.closed == 1
    call.link.send(InputAudioBufferCommit())
    assert session.sent == []
    row.calls.clear()
    await call.ends()


@pytest.mark.parametrize("seed", range(60))
@rehearsed
async def test_whenever_a_call_changes_or_ends(seed):
    """At any moment of any session: every session is closed once, every place given back, no task is left."""
    chance = Random(seed)
    places = Capacity(lambda: 2)

    def flaky(name, **more):
        faults = [dns(name) for _ in range(chance.randrange(3))]
        return Server(
            name, *faults, takes_s=chance.choice([0.0, 0.05, 1.0]), goodbye_s=chance.choice([0.0, 0.5]), **more
        )

    budgets = {"a": _budget()}
    row = Row(
        flaky("a", lasts_s=20.0), flaky("b"), flaky("c"), chance=chance.random(), budgets=budgets, places={"c": places}
    )
    calls = [row.call(str(number)) for number in range(4)]
    for _ in range(chance.randrange(12)):
        await passes(chance.choice([0.0, 0.0, 0.01, 0.1, 0.5, 3.0, 15.0]))
        call = chance.choice(calls)
        match chance.randrange(4):
            case 0:
                call.change(chance.choice(["retry", "fail_over", "stop", "offered"]))
            case 1:
                sessions = [one for server in row.servers for one in server.sessions if not one.closed]
                if sessions:
                    chance.choice(sessions).says(lost())
            case 2:
                await call.ends()
            case _:
                call.change("offered", "offered")
    assert places.taken <= 2
    await row.ends()
