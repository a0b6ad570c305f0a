"""What goes wrong before and at the start of a session, and with all of them at once."""

import asyncio
from typing import Any

import pytest

from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.realtime import events as e
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.rehearsal.twin import Faults, FaultyEngine
from npcl_voice.rehearsal.twin import faults as f
from npcl_voice.rehearsal.twin.endings import End, failure_of_end
from tests.rehearsal.twin.talking import OUTAGE, talking, twin, whole_call


@pytest.mark.parametrize(
    ("fault", "kind", "reason", "after_s"),
    [
        (f.Refuse(), UnavailableError, "refused", 0),
        (f.Dns(), UnavailableError, "dns", 0),
        (f.Tls(), RefusedError, "tls", 0),
        (f.Timeout(), UnavailableError, "timeout", 3),
        (f.NoSessionCreated(), UnavailableError, "timeout", 3),
        (f.Http(status=401), RefusedError, "invalid_api_key", 0),
        (f.Http(status=403), RefusedError, "forbidden", 0),
        (f.Http(status=404), RefusedError, "bad_request", 0),
        (f.Http(status=503), UnavailableError, "http_5xx", 0),
        (f.CloseAtOnce(code=1013, error="insufficient_quota", type="insufficient_quota"), RefusedError, "quota", 0),
        (f.CloseAtOnce(code=3000, error="invalid_api_key"), RefusedError, "invalid_api_key", 0),
        (f.CloseAtOnce(code=4000, error="invalid_model"), RefusedError, "model", 0),
        (f.CloseAtOnce(code=1013, error="server_error"), UnavailableError, "close_1013", 0),
    ],
    ids=str,
)
def test_no_session_is_had(fault: f.ConnectFault, kind: type[Any], reason: str, after_s: float) -> None:
    """The reason is the one that our connection gives, and the next session is sound."""

    async def work() -> None:
        first = type(fault)(**{**{name: getattr(fault, name) for name in fault.__struct_fields__}, "session": 1})
        engine = twin(Faults(connect=(first,)))
        with pytest.raises(kind) as refused:
            await engine.open("caller")
        assert refused.value.reason == reason  # type: ignore[attr-defined]
        assert asyncio.get_running_loop().time() == after_s
        async with talking(engine) as talk:
            assert (await talk.say(OUTAGE)).text == OUTAGE
        assert [record.number for record in engine.sessions] == [1, 2]
        assert engine.live == 0

    run_rehearsal(work())


def test_a_status_may_say_when_to_come_again() -> None:
    """The wait is handed on."""

    async def work() -> None:
        engine = twin(Faults(connect=(f.Http(status=429, retry_after_s=7),)))
        with pytest.raises(UnavailableError) as refused:
            await engine.open("caller")
        assert (refused.value.reason, refused.value.retry_after_s) == ("http_429", 7)

    run_rehearsal(work())


def test_a_session_may_open_and_never_take_our_settings() -> None:
    """It has begun, and nothing more comes."""

    async def work() -> None:
        async with talking(twin(Faults(connect=(f.NoSessionUpdated(session=1),))), ready=False) as talk:
            await talk.clock.sleep_until(30)
            assert talk.names() == ["session.created"]
            assert talk.failure is None

    run_rehearsal(work())


def test_a_session_may_die_a_moment_after_it_opened() -> None:
    """By a reset."""

    async def work() -> None:
        async with talking(twin(Faults(connect=(f.DieAfter(ms=50),)))) as talk:
            assert await talk.say(OUTAGE) is None
            assert isinstance(talk.failure, UnavailableError)
            assert talk.failure.reason == "close_1006"
            assert talk.names() == ["session.created", "session.updated"]

    run_rehearsal(work())


def test_a_session_may_break_before_its_first_word_or_with_an_error() -> None:
    """Whoever opens it is told, for no session has begun."""

    async def work(fault: f.Fault) -> str:
        with pytest.raises((UnavailableError, RefusedError)) as refused:
            await twin(Faults((fault,))).open("caller")
        return str(refused.value.reason)

    assert run_rehearsal(work(f.Cut(at=1))) == "close_1006"
    assert run_rehearsal(work(f.Drop(at=1))) == "timeout"
    quota = f.Error(at=1, code="insufficient_quota", type="insufficient_quota", then_close=1013)
    assert run_rehearsal(work(quota)) == "quota"


def test_joining_costs_six_ways_and_each_event_one() -> None:
    """With 80 ms of network the session is there after seven of them."""

    async def work() -> None:
        engine = twin(network_ms=80)
        session = await engine.open("caller")
        assert asyncio.get_running_loop().time() == pytest.approx(0.56)
        await session.close()
        async with talking(twin(network_ms=80), ready=True) as talk:
            (created, _), (updated, _) = talk.events
            assert updated - created == pytest.approx(0.16)
            await whole_call(talk)
            assert [name for name, _ in talk.tools] == ["no_supply", "bye"]

    run_rehearsal(work())


def test_an_engine_goes_down_and_comes_up_again() -> None:
    """Live sessions are cut, new ones refused, until it is up."""

    async def work() -> None:
        engine = twin()
        async with talking(engine) as talk:
            engine.down()
            assert engine.is_down
            await talk.clock.sleep_until(1)
            assert isinstance(talk.failure, UnavailableError)
            with pytest.raises(UnavailableError) as refused:
                await engine.open("caller")
            assert refused.value.reason == "refused"
            engine.up()
            async with asyncio.timeout(1):
                session = await engine.open("caller")
            await session.close()

    run_rehearsal(work())


def test_outages_come_by_the_clock() -> None:
    """A session is cut when one begins, none can be had while it lasts, and then again."""

    async def work() -> None:
        engine = twin(Faults(outage=(f.Outage(from_s=2, to_s=5), f.Outage(from_s=8, to_s=9))))
        async with talking(engine) as talk:
            await talk.clock.sleep_until(1.9)
            assert talk.failure is None
            await talk.clock.sleep_until(2.1)
            assert isinstance(talk.failure, UnavailableError)
            with pytest.raises(UnavailableError):
                await engine.open("caller")
            await talk.clock.sleep_until(5)
        async with talking(engine) as talk:
            await talk.clock.sleep_until(7.9)
            assert talk.failure is None
            await talk.clock.sleep_until(8.1)
            assert isinstance(talk.failure, UnavailableError)

    run_rehearsal(work())


def test_a_session_ends_when_its_time_is_over() -> None:
    """The client is told so beforehand, in an error, and by the close."""

    async def work() -> None:
        async with talking(twin(lasts_s=2)) as talk:
            assert talk.speech.lasts_s == 2
            await talk.clock.sleep_until(3)
            assert talk.of(e.ErrorEvent)[0].error.code == "session_expired"
            assert isinstance(talk.failure, UnavailableError)
            assert talk.failure.reason == "session_expired"

    run_rehearsal(work())


def test_a_new_session_goes_on_from_what_it_is_told_of_the_old_one() -> None:
    """The caller's words as text and keyed digits are as good as the sound that the old one heard."""

    async def work() -> None:
        engine = twin()
        async with talking(engine) as talk:
            await talk.say(OUTAGE)
            await talk.get_answer()
        async with talking(engine) as talk:
            talk.ask(talk.client.user_text(OUTAGE))
            talk.ask(talk.client.user_text("[keypad] 2000000001"))
            assert "2000000001" in await talk.get_answer()
            assert "registered" in await ask(talk, "yes")
            assert [name for name, _ in talk.tools] == ["no_supply"]

    async def ask(talk: Any, text: str) -> str:
        talk.ask(talk.client.user_text(text))
        return str(await talk.get_answer())

    run_rehearsal(work())


def test_any_engine_can_be_made_to_fail() -> None:
    """The same faults before an engine that is no twin's: here one twin before another."""

    async def work() -> None:
        inner = twin()
        lines: list[str] = []
        faults = Faults((f.Cut(on="response.created"),))
        engine = FaultyEngine(inner, faults, RehearsalClock(), told=lines.append)
        assert (engine.name, engine.embedded) == ("openai", False)
        async with talking(engine) as talk:
            await talk.say(OUTAGE)
            await talk.get_answer()
            assert isinstance(talk.failure, UnavailableError)
        assert inner.live == engine.live == 0
        assert lines == ["session 1 begins", "session 1: cut on=response.created", "session 1 is over"]

    run_rehearsal(work())


def test_the_record_of_a_session_has_all_but_its_sound() -> None:
    """Both directions with times and lengths, in the order in which they went over the wire."""

    async def work() -> None:
        engine = twin()
        async with talking(engine) as talk:
            await talk.say(OUTAGE)
            await talk.get_answer()
            (record,) = engine.sessions
            assert record.caller == "caller"
            assert [type(entry.what) for entry in record.sent()] == [type(event) for _, event in talk.events]
            sound = [entry for entry in record.received() if isinstance(entry.what, e.InputAudioBufferAppend)]
            assert {entry.audio_bytes for entry in sound} >= {160}
            assert all(entry.what.audio == b"" for entry in sound)  # type: ignore[union-attr]
            heard = sum(entry.audio_bytes for entry in record.sent())
            assert heard == sum(len(one.delta) for one in talk.of(e.ResponseOutputAudioDelta))
            times = [entry.t for entry in record.entries]
            assert times == sorted(times)

    run_rehearsal(work())


def test_an_error_before_the_end_says_more_than_the_end() -> None:
    """As our connection has it: the error's reason, its words, and the wait that they ask for."""
    quota = e.ErrorDetail("insufficient_quota", "Try again in 20s.", "insufficient_quota")
    failed = failure_of_end(End("close", 1013, "try later"), quota)
    assert (failed.reason, isinstance(failed, RefusedError)) == ("quota", True)
    harmless = e.ErrorDetail("invalid_request_error", "No such item.", "item_delete_invalid_item_id")
    failed = failure_of_end(End("close", 1013, "try again in 2.5s"), harmless)
    assert isinstance(failed, UnavailableError)
    assert (failed.reason, failed.retry_after_s) == ("close_1013", 2.5)
