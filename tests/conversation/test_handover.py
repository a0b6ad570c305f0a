"""Which engine the call talks with: what it asks of one, what one reports of itself, and when it is left."""

import pytest

from npcl_voice.config import Turns
from npcl_voice.conversation.commands import ChangeEngine
from npcl_voice.conversation.context import Matter
from npcl_voice.conversation.events import CallerHungUp, CallerText, EngineOffered, ModelJoined, ModelLost, ModelSent
from npcl_voice.conversation.session import asked_of, session_for, silence_for
from npcl_voice.realtime import events as e
from npcl_voice.realtime.responses import Response, ResponseError, StatusDetails
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    CREATE,
    JOINED,
    LOST,
    READY,
    REMOTE,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    bare,
    change,
    commits,
    frame,
    hears,
    keys,
    message_ends,
    played,
    rendered,
    sound,
    speaks,
    stops,
    tool_answers,
    tool_call,
    words,
)

OFFER = EngineOffered("openai", "it is back")
TAKEN = change("offered", "offered")


def _turn(item_id, text, *, at=0):
    return [speaks(item_id, at), stops(item_id, at + 1000), commits(item_id), hears(item_id, text)]


def _remote(**settings):
    book = Playbook(conversation(remote=True, **settings)).after(REMOTE, answered(), READY)
    return book.after(rendered(1, "Namaste.", 100), played(100))


def _fails(code, message="", response_id="r1"):
    details = StatusDetails(error=ResponseError(code=code, message=message))
    return ModelSent(e.ResponseDone(Response(id=response_id, status="failed", status_details=details)))


def _reports(code):
    return ModelSent(e.ErrorEvent(e.ErrorDetail(code=code)))


def _asked_for_a_number(book, *, ends=True):
    book.after(_turn("i1", "no power"), answer_begins(), words("What is your number?"), sound(100))
    return book.after(message_ends(), answer_ends(), played(100)) if ends else book


# What is asked of an engine.


def test_a_remote_engine_is_asked_for_its_voice_and_recogniser():
    """With all the rest of our settings, when the line is open."""
    book = Playbook(conversation(remote=True)).after(REMOTE, answered())
    whole = session_for(answered().format, voice=True, turns=Turns(), tools=(), instructions="Be kind.", language="en")
    assert book.steps[-1][2][0].event.session == asked_of(whole, REMOTE.traits)
    assert whole.audio.output.voice != "marin"
    assert asked_of(whole, REMOTE.traits).audio.output.voice == "marin"


def test_the_pause_that_ends_a_turn_follows_the_question():
    """A remote engine is told when another kind of answer is expected, once, and again after a change of engine."""
    book = _asked_for_a_number(_remote(), ends=False)
    assert _silences(book) == [850]
    book.after(message_ends(), answer_ends(), played(100), _turn("i2", "2000001234", at=2000), answer_begins("r2"))
    book.after(sound(100, "a2", "r2"))
    assert book.call.context.question == "confirm_consumer_number"
    assert _silences(book) == [850, 300]
    book.after(message_ends("a2", "r2"), answer_ends("r2"), played(100), LOST, REMOTE)
    assert (book >> READY).does() == ["silence: 300 ms"]


def _silences(book):
    updates = (one.event for _, _, commands in book.steps for one in commands if hasattr(one, "event"))
    partial = [one.session for one in updates if isinstance(one, e.SessionUpdate) and not one.session.instructions]
    return [one.audio.input.turn_detection.silence_duration_ms for one in partial]


def test_the_embedded_engine_knows_the_question_itself():
    """It is told nothing of pauses, and neither is an engine of a typed call."""
    book = _asked_for_a_number(greeted())
    assert silence_for(book.call.context.question, Turns()) == 850
    assert _silences(book) == []
    book = Playbook(conversation(remote=True)).after(REMOTE, answered(voice=False), READY, CallerText("no power"))
    book.after(answer_begins(), message_ends(text="What is your number?"), answer_ends())
    assert silence_for(book.call.context.question, Turns()) == 850
    assert _silences(book) == []


# How it fails.


@pytest.mark.parametrize(
    ("code", "action"),
    [("invalid_api_key", "stop"), ("insufficient_quota", "stop"), ("session_expired", "retry")],
)
def test_an_engine_that_says_that_it_is_of_no_more_use(code, action):
    """It is left at once, and nothing more is sent to it."""
    book = greeted()
    assert book >> _reports(code) << change(action, code)
    assert book >> frame(20) >> answer_begins() >> READY


def test_an_engine_that_does_not_take_our_settings():
    """It would run with settings of its own."""
    book = Playbook(conversation()).after(JOINED, answered())
    settings = book.steps[-1][2][0].event
    refused = e.ErrorEvent(e.ErrorDetail(code="unknown_parameter", event_id=settings.event_id))
    assert book >> ModelSent(refused) << change("fail_over", "unknown_parameter")


def test_what_comes_after_the_fault_is_nobody_s():
    """One event may mean several things."""
    book = greeted().after(CallerText("hello"))
    (asked,) = (one.event for one in book.steps[-1][2] if bare(one) == CREATE)
    refused = e.ErrorEvent(e.ErrorDetail(code="insufficient_quota", event_id=asked.event_id))
    assert book >> ModelSent(refused) << change("stop", "insufficient_quota")


def test_a_fault_that_passes():
    """The session goes on; two such within ten seconds are one illness."""
    book = greeted()
    assert book >> _reports("server_error") >> _reports("invalid_value") >> 5.0
    assert book >> _reports("server_error") << change("retry", "server_error")
    book = greeted().after(_reports("server_error"), 10.1)
    assert book >> _reports("server_error")
    book.after(LOST, JOINED, READY)
    assert book >> _reports("server_error")


def test_a_quota_that_is_used_up():
    """The answer says so: nobody is asked there again, and the next engine is asked for the answer."""
    book = _remote().after(_turn("i1", "no power"), answer_begins())
    assert book >> _fails("insufficient_quota") << change("stop", "insufficient_quota")
    assert (book >> JOINED).does()[-1] == "user: [spoken] no power"
    assert book >> READY << CREATE


def test_a_wait_that_is_short_is_waited_for():
    """And nobody is asked meanwhile whether they are there."""
    book = _remote().after(_turn("i1", "no power"), answer_begins())
    assert book >> _fails("rate_limit_exceeded", "Please try again in 0.8s.") >> 0.799
    assert book >> 0.001 << CREATE
    book.after(answer_begins("r2"), words("What", "a2", "r2"), sound(100, "a2", "r2"))
    assert book.call.context.question == "consumer_number"


def test_a_wait_that_is_long():
    """Another engine is quicker."""
    book = _remote().after(_turn("i1", "no power"), answer_begins())
    left = ChangeEngine("fail_over", "rate_limit_exceeded", 2, 6.2)
    assert book >> _fails("rate_limit_exceeded", "Please try again in 6.2s.") << left


def test_the_caller_goes_on_during_that_wait():
    """One answer is asked for, to both; where it was no turn, the first alone."""
    wait = _fails("rate_limit_exceeded", "Please try again in 0.8s.")
    book = _remote().after(_turn("i1", "no power"), answer_begins(), wait, speaks("i2", 2000))
    assert book >> 1.2
    assert book >> stops("i2", 3200)
    book.after(commits("i2"))
    assert (book >> hears("i2", "in delta one")).does() == ["resume", "create", "heard: in delta one"]
    assert book >> answer_begins("r2") >> 1.0
    book = _remote().after(_turn("i1", "no power"), answer_begins(), wait, speaks("i2", 2000), stops("i2", 3000))
    book.after(commits("i2"))
    assert (book >> hears("i2", "ok")).does() == ["delete i2", "create", "resume"]


def test_the_engine_is_lost_during_that_wait():
    """What was owed is owed by the next one."""
    wait = _fails("rate_limit_exceeded", "Please try again in 0.8s.")
    book = _remote().after(_turn("i1", "no power"), answer_begins(), wait, LOST, JOINED)
    assert book >> 0.9
    assert book >> READY << CREATE
    assert book >> 1.0


# Another one is offered.


def test_a_better_engine_is_taken_at_once_when_nobody_speaks():
    """It hears all from then on; the one that is left gets nothing more."""
    book = greeted()
    assert book >> OFFER << TAKEN
    assert book >> frame(20)
    assert (book >> ModelJoined("openai", "it is back")).does()[:2] == ["engine", "configure"]
    assert (book >> READY).does() == ["sends 20 ms"]


def test_a_better_engine_waits_for_a_quiet_moment():
    """Neither while an answer is owed, nor while it is heard, nor while the caller speaks or keys."""
    book = greeted().after(1.0)
    assert book >> speaks("i1", 0) >> OFFER >> stops("i1", 900)
    book.after(commits("i1"))
    for event in (hears("i1", "hello"), answer_begins(), words("How can I help?"), sound(100), message_ends()):
        book.after(event)
        assert not [one for one in book.steps[-1][2] if one == TAKEN]
    assert book >> answer_ends()
    assert (book >> played(100)).does() == ["said: How can I help?", "change: offered, offered, 2"]
    book = greeted().after(keys("1"))
    assert book >> OFFER
    assert book >> keys("*") << TAKEN


def test_an_offer_ends_with_the_engine():
    """Who is lost has nothing to be compared with; one is taken once."""
    book = greeted().after(keys("1"), OFFER, LOST, JOINED, READY)
    assert book >> keys("*")
    book = greeted().after(OFFER, JOINED)
    assert book >> READY >> 1.0


def test_an_offer_before_the_engine_listens():
    """First that one is tried."""
    book = greeted().after(LOST, JOINED)
    assert book >> OFFER
    assert book >> READY << TAKEN


# Who comes first where there is room for few.


def test_danger_comes_first():
    """From the words on, before any engine has answered to them; and for as long as the call lasts."""
    book = greeted().after(_turn("i1", "there is a fire in my house"))
    assert book >> LOST << change("retry", "close_1006", 0)
    book = greeted().after(CallerText("there is a fire in my house"), answer_begins(), tool_call("c1", "hazard"))
    book.after(answer_ends(), tool_answers("c1", "hazard", complaint_number="000054325"))
    assert book >> LOST << change("retry", "close_1006", 0)


def test_danger_that_only_the_engine_has_recognised():
    """Its tool has registered an emergency."""
    book = greeted().after(CallerText("my meter looks funny"), answer_begins(), tool_call("c1", "hazard"))
    assert book >> LOST << change("retry", "close_1006", 2)
    book = greeted().after(CallerText("my meter looks funny"), answer_begins(), tool_call("c1", "hazard"))
    book.after(tool_answers("c1", "hazard", complaint_number="000054325"))
    assert book >> LOST << change("retry", "close_1006", 0)


def test_a_complaint_comes_before_all_else():
    """In progress, or just taken."""
    book = _asked_for_a_number(greeted())
    assert book.call.context.matter is Matter.COMPLAINT
    assert book >> LOST << change("retry", "close_1006", 1)


# Before and after the call.


def test_an_engine_that_is_lost_before_anybody_answers():
    """Another one is asked for, and has all its time when the line opens."""
    book = Playbook(conversation()).after(JOINED)
    assert book >> ModelLost("refused", "dns") << change("fail_over", "dns")
    assert book.call.next_deadline() is None
    assert book >> 100.0


def test_no_engine_is_asked_for_when_the_call_is_over():
    """Nobody is there."""
    book = greeted().after(CallerHungUp())
    assert book >> LOST >> OFFER >> JOINED >> READY
