"""A call's entry in the book: what was said, masked at once, written when the call is over."""

import pytest
from sqlalchemy import select

from npcl_voice.audio.frame import PCM_24K
from npcl_voice.conversation.commands import CallEnded, EngineChanged, Failed, HangUp, Report, Transcript
from npcl_voice.conversation.events import CallAnswered, CallerHungUp, ModelJoined, TimePassed
from npcl_voice.errors import UnavailableError
from npcl_voice.meaning.mask import Mask
from npcl_voice.store import Store
from npcl_voice.store.callnotes import CallNotes
from npcl_voice.store.calls import Line
from npcl_voice.store.tables import calls

MASK = Mask(b"0123456789abcdef0123456789abcdef")
NUMBER = "2990741852"
CALL = "0123456789abcdef"


async def begun(store: Store) -> CallNotes:
    """Notes of a call that has begun."""
    notes = CallNotes(store.calls, CALL, MASK)
    await notes.begin(channel="file", engine="local", language="en")
    return notes


async def test_what_was_said_is_written_masked_with_its_time(store: Store) -> None:
    """Seconds count from the answer; nothing is in the book before the call is over."""
    notes = await begun(store)
    notes.saw(100.0, ModelJoined("local", "x"), [Report(EngineChanged("other", "x"))])
    notes.saw(101.0, CallAnswered(PCM_24K), [])
    notes.saw(102.5, TimePassed(), [Report(Transcript("caller", f"it is {NUMBER}")), HangUp("resolved")])
    notes.saw(104.0004, TimePassed(), [Report(Transcript("assistant", "Thank you.", 800, 900))])
    assert (await store.calls.show(CALL))[1] == []
    notes.saw(105.0, CallerHungUp(), [Report(CallEnded("complaint_registered", ("000054324",)))])
    await notes.finish()
    record, lines = await store.calls.show(CALL)
    assert lines == [
        Line(at_s=1.5, who="caller", text=MASK.text(f"it is {NUMBER}"), heard_ms=None),
        Line(at_s=3.0, who="assistant", text="Thank you.", heard_ms=800),
    ]
    assert NUMBER not in str(lines)
    assert (record.channel, record.engine, record.language) == ("file", "other", "en")
    assert record.outcome == "complaint_registered"
    assert record.complaint_numbers == (MASK.digits("000054324"),)
    assert record.complaint_numbers != ("000054324",)


async def test_a_call_without_an_end_has_failed(store: Store) -> None:
    """A bug broke it off: what was said so far is kept, and words before the answer are at nought."""
    notes = await begun(store)
    notes.saw(7.0, ModelJoined("local", "x"), [Report(Transcript("assistant", "Hello."))])
    await notes.finish()
    record, lines = await store.calls.show(CALL)
    assert (record.outcome, record.complaint_numbers, record.engine) == ("failed", (), "local")
    assert [(line.at_s, line.text) for line in lines] == [(0.0, "Hello.")]


async def test_a_book_that_is_closed_to_us_is_told_at_the_beginning_only(store: Store) -> None:
    """No call begins without its entry; one that is over is over, with its entry or without."""

    class ClosedBook:
        async def begin(self, *_: object, **__: object) -> None:
            raise UnavailableError("the book is away")

        write = end = begin

    notes = CallNotes(ClosedBook(), CALL, MASK)  # type: ignore[arg-type]
    with pytest.raises(UnavailableError, match="the book is away"):
        await notes.begin(channel="file", engine="local", language="en")
    notes.saw(0.0, CallerHungUp(), [Report(CallEnded("hung_up", ()))])
    await notes.finish()


async def test_a_caller_is_known_by_a_digest(store: Store) -> None:
    """The number is masked; by a keyed digest, whatever form it came in, its calls are found."""
    notes = CallNotes(store.calls, CALL, MASK)
    await notes.begin(channel="file", engine="local", language="en", caller_number="919812345601", keys=store.keys)
    record, _ = await store.calls.show(CALL)
    assert record.caller == MASK.digits("919812345601")
    async with store._database.read() as connection:
        (digest,) = (await connection.execute(select(calls.c.caller_digest))).scalars()
    assert digest == store.keys.caller("+91 98123 45601")
    assert "9812345601" not in digest


async def test_failures_that_a_call_survived_are_counted(store: Store) -> None:
    """They stand in the call's record."""
    notes = await begun(store)
    for where in ("voice", "tool agent"):
        notes.saw(1.0, TimePassed(), [Report(Failed(where, "KeyError"))])
    await notes.finish()
    record, _ = await store.calls.show(CALL)
    assert (record.failures, record.claims_unbacked) == (2, 0)


async def test_claims_that_nothing_backed_are_noted_at_the_end(store: Store) -> None:
    """By whoever counts them."""
    await begun(store)
    await store.calls.end(CALL, "resolved", failures=1, claims_unbacked=3)
    record, _ = await store.calls.show(CALL)
    assert (record.failures, record.claims_unbacked) == (1, 3)
