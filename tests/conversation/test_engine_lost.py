"""An engine is lost in the middle of a call: what the caller hears, and what the next engine is told."""

import pytest

from npcl_voice.conversation.commands import CallEnded, PausePlaying, ToolAnswered, Transcript
from npcl_voice.conversation.events import CallerText, ModelJoined, ModelSent, Traits
from npcl_voice.realtime import events as e
from npcl_voice.realtime.items import FunctionCall, FunctionCallOutput
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
    change,
    commits,
    frame,
    hears,
    keys,
    message_ends,
    played,
    rendered,
    say,
    silence,
    sound,
    speaks,
    speech,
    stops,
    tool_answers,
    tool_call,
    words,
)

TOLD = ["engine", "configure", "system: [said greeting] Namaste."]
"""What a remote engine is told first."""
NUMBER = '{"consumer_number":"2000001234"}'


def _remote():
    """A call at a remote engine, whose greeting has been heard."""
    book = Playbook(conversation(remote=True)).after(REMOTE, answered(), READY, rendered(1, "Namaste.", 100))
    return book.after(played(100), 1.0)


def _turn(item_id, text, *, at=0):
    return [speaks(item_id, at), stops(item_id, at + 900), commits(item_id), hears(item_id, text)]


def _passes(book, pieces):
    """Sound of the caller in pieces of 100 ms, as time passes."""
    for piece in pieces:
        book.after(0.1, piece)


def _quiet(book, count):
    _passes(book, [silence(100)] * count)


# While the caller speaks.


def test_the_engine_is_lost_while_the_caller_speaks():
    """The next one hears the sentence from its beginning, and its end, as it comes."""
    book = _remote().after(frame(1000), speaks("i1", 500))
    assert book >> LOST << change("retry", "close_1006")
    _passes(book, [speech(100)] * 3)
    assert (book >> REMOTE).does() == [*TOLD, "system: [facts]"]
    _passes(book, [speech(100)] * 2)
    assert (book >> READY).does() == ["sends 1500 ms"]
    book.after(speaks("j1", 0), frame(100), stops("j1", 1100))
    assert book >> commits("j1") << CREATE
    assert (book >> hears("j1", "no power")).does() == ["heard: no power"]


def test_the_caller_ends_the_sentence_while_nobody_listens():
    """The whole turn is handed on without the silence behind it, and committed; its answer is asked for as ever."""
    book = _remote().after(frame(1000), speaks("i1", 500))
    book.after(LOST)
    _passes(book, [speech(100)] * 3)
    _quiet(book, 8)
    book.after(REMOTE)
    assert (book >> READY).does() == ["sends 1400 ms", "commit"]
    assert book >> commits("j1") << CREATE


def test_silence_inside_what_is_handed_on_is_dropped():
    """All but what belongs to the words: never so much that an engine would end the turn in it."""
    book = _remote().after(LOST)
    _passes(book, [speech(100)] * 5)
    _quiet(book, 9)
    _passes(book, [speech(100)] * 5)
    _quiet(book, 6)
    book.after(REMOTE)
    assert (book >> READY).does() == ["sends 1400 ms", "commit"]


def test_no_more_than_fifteen_seconds_are_handed_on():
    """The oldest is dropped."""
    book = _remote().after(LOST)
    _passes(book, [speech(100)] * 170)
    _quiet(book, 6)
    book.after(REMOTE)
    assert (book >> READY).does() == ["sends 14500 ms", "commit"]


def test_who_still_speaks_is_not_cut_off():
    """Nothing is committed; the engine hears the end of it by itself."""
    book = _remote().after(LOST)
    _passes(book, [speech(100)] * 5)
    book.after(REMOTE)
    assert (book >> READY).does() == ["sends 500 ms"]


def test_a_turn_that_ended_just_before():
    """The engine had noticed its end: it is whole at once, however soon the next one listens."""
    book = _remote().after(frame(1000), speaks("i1", 0), stops("i1", 900), commits("i1"))
    assert book >> LOST << change("retry", "close_1006")
    _quiet(book, 2)
    book.after(REMOTE)
    assert (book >> READY).does() == ["sends 1100 ms", "commit"]
    assert book >> commits("j1") << CREATE
    assert (book >> hears("j1", "no power")).does() == ["heard: no power"]


def test_a_second_loss_before_the_words_are_known():
    """The same sound is handed on again, and answered once."""
    book = _remote().after(frame(1000), speaks("i1", 0), stops("i1", 900), commits("i1"), LOST)
    _quiet(book, 2)
    book.after(REMOTE, READY, LOST)
    _quiet(book, 2)
    book.after(REMOTE)
    assert (book >> READY).does() == ["sends 1100 ms", "commit"]
    book.after(speaks("j1", 0), stops("j1", 1000), commits("j1"), LOST)
    _quiet(book, 2)
    book.after(REMOTE)
    assert (book >> READY).does() == ["sends 1100 ms", "commit"]
    book.after(commits("k1"), hears("k1", "no power"), answer_begins(), words("What?"), sound(100))
    assert [line.text for line in book.reported(Transcript) if line.who == "caller"] == ["no power"]


def test_words_that_are_owed_wait_for_what_is_being_said():
    """One answer is given to both; where the engine hears nothing in the sound, what is owed is asked for alone."""
    book = _remote().after(frame(900), frame(100), _turn("i1", "no power"), LOST)
    _passes(book, [speech(100)] * 4)
    assert (book >> REMOTE).does() == [*TOLD, "system: [facts]", "user: no power"]
    assert (book >> READY).does() == ["sends 500 ms"]
    assert book >> 0.9
    assert book >> 0.1 << CREATE
    book = _remote().after(frame(1000), _turn("i1", "no power"), LOST)
    _passes(book, [speech(100)] * 4)
    book.after(REMOTE, READY, speaks("j1", 0), 1.5, stops("j1", 1500))
    assert not [one for _, _, commands in book.steps[-3:] for one in commands if one == CREATE]
    book.after(commits("j1"), hears("j1", "in delta one"), answer_begins(), sound(100, "b1"))
    assert book.call.context.value("area") == "Delta 1"


def test_a_turn_that_was_answered_is_not_handed_on():
    """Its words never came; its answer did, and is not given twice."""
    book = _remote().after(
        frame(900), frame(100), speaks("i1", 0), stops("i1", 900), commits("i1"), 0.5, answer_begins()
    )
    book.after(words("Hello."), sound(100), message_ends(), answer_ends(), played(100), LOST, REMOTE)
    assert (book >> READY).does() == ["sends 100 ms"]  # it may be the beginning of something
    assert book >> 3.0


# Between the turn and its answer.


def test_the_words_are_known_and_nothing_of_the_answer_has_come():
    """The next engine gets the words, behind the facts, and is asked."""
    book = _remote().after(_turn("i1", "no power"), answer_begins(), LOST)
    assert (book >> REMOTE).does() == [*TOLD, "system: [facts]", "user: no power"]
    assert book >> READY << CREATE
    book.after(answer_begins(), sound(100))
    assert book.call.context.question == "consumer_number"


def test_an_answer_that_waits_for_the_words():
    """None of it is heard, and its tool has not run."""
    book = _remote().after(frame(1000), speaks("i1", 0), stops("i1", 900), commits("i1"), answer_begins())
    book.after(words("Hello."), sound(100), tool_call("c1", "repeat"))
    assert book >> LOST << change("retry", "close_1006")
    assert book >> hears("i1", "no power") >> 0.5
    assert not book.reported(ToolAnswered)


def test_the_embedded_engine_takes_over():
    """It needs no history: it goes on from the facts, and knows that the words were spoken."""
    book = _remote().after(_turn("i1", "no power"), answer_begins(), sound(100), message_ends(), answer_ends())
    book.after(played(100), _turn("i2", "2000001234", at=1000), LOST)
    assert (book >> JOINED).does() == ["engine", "configure", "system: [facts]", "user: [spoken] 2000001234"]
    assert book >> READY << CREATE


def test_two_turns_that_had_one_answer():
    """Both are put in again, each once, and neither stands in the history besides."""
    book = _remote().after(_turn("i1", "no power"), _turn("i2", "in delta one", at=2000), answer_begins(), sound(100))
    book.after(LOST)
    assert (book >> REMOTE).does() == [*TOLD, "system: [facts]", "user: no power", "user: in delta one"]
    book.after(READY, answer_begins(), sound(100))
    assert book.call.context.value("area") == "Delta 1"


# In the middle of an answer.


def test_the_engine_is_lost_in_the_middle_of_an_answer():
    """What has come is heard to its end; then our own voice fills the silence, and the next engine goes on."""
    book = _remote().after(_turn("i1", "no power"), answer_begins(), words("What is your number?"), sound(1000))
    book.after(played(600))
    assert book >> LOST << change("retry", "close_1006")
    told = [*TOLD, "system: [facts]", "user: no power", "assistant: What is your"]
    assert (book >> REMOTE).does() == told
    assert (book >> played(400)).does() == ["said: What is your"]  # there was no more sound
    assert book >> 0.499
    assert (book >> 0.001).does() == ["say bridge"]
    assert book >> READY << CREATE
    book.after(rendered(2, "One moment.", 500), answer_begins(), words("Please tell", "b1"), sound(100, "b1"))
    assert book.call.context.question == "consumer_number"
    assert book.call.context.failed == 0


def test_an_answer_that_was_whole_is_not_given_again():
    """Nothing is owed; the caller hears the rest of it, and silence counts from there."""
    book = _remote().after(_turn("i1", "no power"), answer_begins(), words("What?"), sound(1000), message_ends())
    book.after(answer_ends(), LOST)
    told = [*TOLD, "user: no power", "system: [facts]", "assistant: What?"]
    assert (book >> REMOTE).does() == told
    assert (book >> READY).does() == ["silence: 850 ms"]
    assert (book >> played(1000)).does() == ["said: What?"]
    assert book.call.context.question == "consumer_number"
    assert book >> 7.9
    assert (book >> 0.1).does() == ["say idle"]


def test_the_caller_speaks_over_an_answer_that_breaks_off():
    """They are not spoken over: our voice stays paused until they have finished, and then goes on or gives way."""
    book = _remote().after(_turn("i1", "no power"), answer_begins(), words("Well, what is"), sound(9000), played(100))
    book.after(frame(1000))
    assert book >> speaks("i2", 500) << PausePlaying()
    assert book >> LOST << change("retry", "close_1006")
    _passes(book, [speech(100)] * 5)
    _quiet(book, 14)
    book.after(REMOTE)
    assert book >> 0.29
    assert (book >> 0.01).does() == ["resume"]


def test_a_pause_without_a_turn_ends_by_itself():
    """Our voice had paused for keys; it waits for what they come to, whoever is there to answer."""
    book = _remote().after(_turn("i1", "no power"), answer_begins(), words("Well, what is"), sound(9000), played(100))
    book.after(keys("1"))
    assert (book >> LOST).does() == ["change: retry, close_1006, 2"]


# Tools.


def _calls_a_tool():
    book = _remote().after(CallerText("no power 2000001234"), answer_begins())
    return book.after(tool_call("c1", "no_supply", NUMBER))


RESULT = '{"ok":true,"complaint_number":"000054324"}'


def _answers(book):
    return (book >> tool_answers("c1", "no_supply", complaint_number="000054324")).does()


def test_the_engine_is_lost_while_a_tool_runs():
    """It runs once; the next engine learns of the call with its result, when there is one, and only then is asked."""
    book = _calls_a_tool()
    assert book >> LOST << change("retry", "close_1006", 1)
    assert (book >> REMOTE).does() == [*TOLD, "user: no power 2000001234", "system: [facts]"]
    assert book >> READY
    assert _answers(book) == ["tool", f"call: no_supply {NUMBER}", f"result: {RESULT}", "create"]
    assert _answers(book) == []
    assert len(book.reported(ToolAnswered)) == 1


@pytest.mark.parametrize("first", ["tool", "loss"])
def test_the_engine_is_lost_when_the_tool_has_answered(first):
    """Before the engine had said that its answer was over, or after: the call is told with its result."""
    book = _calls_a_tool()
    if first == "tool":
        assert _answers(book) == ["tool", f"result: {RESULT}"]
    book.after(LOST)
    if first == "loss":
        assert _answers(book) == ["tool"]
    told = (book >> REMOTE).does()
    assert told == [
        *TOLD,
        "user: no power 2000001234",
        "system: [facts]",
        f"call: no_supply {NUMBER}",
        f"result: {RESULT}",
    ]
    assert book >> READY << CREATE
    made = [one.event.item for one in book.steps[-2][2][-2:]]
    assert isinstance(made[0], FunctionCall)
    assert isinstance(made[1], FunctionCallOutput)
    assert made[0].call_id == made[1].call_id
    assert len(made[0].call_id) <= 32
    book.after(answer_begins(), sound(100))
    assert book.call.context.promises == ("complaint 000054324",)


def test_words_before_a_call_are_told_before_it():
    """As they were said."""
    book = _remote().after(CallerText("no power 2000001234"), answer_begins(), words("One moment."), sound(1000))
    book.after(tool_call("c1", "no_supply", NUMBER), tool_answers("c1", "no_supply"), LOST)
    told = (book >> REMOTE).does()
    assert told[-4:] == [
        "assistant: One moment.",
        "system: [facts]",
        f"call: no_supply {NUMBER}",
        'result: {"ok":true}',
    ]
    book = _remote().after(CallerText("no power 2000001234"), answer_begins(), words("One moment."), sound(1000))
    book.after(tool_call("c1", "no_supply", NUMBER), tool_answers("c1", "no_supply"), LOST)
    assert (book >> JOINED).does() == [
        "engine",
        "configure",
        "system: [facts]",
        f"call: no_supply {NUMBER}",
        'result: {"ok":true}',
    ]


def test_a_call_that_was_told_and_answered_is_history():
    """With its result, in its place."""
    book = _calls_a_tool()
    _answers(book)
    book.after(answer_ends(), answer_begins("r2"), words("It is 000054324.", "a2", "r2"), sound(100, "a2", "r2"))
    book.after(message_ends("a2", "r2"), answer_ends("r2"), played(100), LOST)
    assert (book >> REMOTE).does() == [
        *TOLD,
        "user: no power 2000001234",
        f"call: no_supply {NUMBER}",
        f"result: {RESULT}",
        "assistant: It is 000054324.",
        "system: [facts]",
    ]


# Our own voice.


def test_the_engine_is_lost_while_our_greeting_plays():
    """It is heard to its end, whatever becomes of engines; nobody owes anything."""
    book = Playbook(conversation(remote=True)).after(REMOTE, answered(), READY, rendered(1, "Namaste.", 1000))
    assert book >> LOST << change("retry", "close_1006")
    assert (book >> REMOTE).does() == ["engine", "configure"]
    assert book >> READY
    assert (book >> played(1000)).does() == ["said: Namaste.", "system: [said greeting] Namaste."]


def test_the_greeting_waits_for_nobody():
    """It is asked for when the line opens; what the caller says over it reaches the engine that comes later."""
    book = Playbook(conversation(remote=True))
    assert book >> answered() << say(1, "greeting")
    book.after(rendered(1, "Namaste.", 3000), played(2000))
    _passes(book, [speech(100)] * 6)
    _quiet(book, 6)
    assert (book >> REMOTE).does() == ["engine", "configure"]
    assert (book >> READY).does() == ["sends 700 ms", "commit"]
    assert (book >> speaks("i1", 0)).does() == ["pause"]
    book.after(stops("i1", 700), commits("i1"))
    assert (book >> hears("i1", "no power")).does() == [
        "stop",
        "resume",
        "said: Namaste.",
        "system: [said greeting] Namaste.",
        "create",
        "heard: no power",
    ]


def test_an_engine_that_is_lost_again_and_again_gets_no_more_time():
    """The first loss sets the hour at which another engine takes over."""
    book = _remote()
    assert book.call.listens
    assert book >> LOST << change("retry", "close_1006")
    assert not book.call.listens
    left = book.call._call.engine_ready_ms / 1000
    assert book >> left - 0.1
    assert book >> LOST << change("retry", "close_1006")
    assert book >> 0.1 << change("fail_over", "not_ready")


def test_the_engine_is_lost_during_the_farewell():
    """No other is asked for: the farewell needs none, and ends the call."""
    book = greeted().after(_turn("i1", "bye"), answer_begins(), tool_call("c1", "bye"), answer_ends())
    book.after(tool_answers("c1", "bye"), rendered(2, "Goodbye.", 1000), played(500))
    assert book >> LOST >> 3.0
    book.after(played(500))
    assert book.reported(CallEnded) == [CallEnded("unresolved", ())]


def test_the_engine_is_lost_while_the_caller_keys():
    """The digits go on being gathered, and the next engine gets them."""
    book = _remote().after(keys("20000"), LOST, REMOTE)
    book.after(keys("01234"))
    assert (book >> keys("#")).does() == ["user: [keypad] 2000001234", "heard: [keypad] 2000001234", "create"]
    assert book >> READY


# In a typed call.


def test_the_engine_is_lost_in_a_typed_call():
    """Lines that are not answered are put in again; nothing is asked for twice."""
    book = Playbook(conversation()).after(JOINED, answered(voice=False), READY, CallerText("no power"), answer_begins())
    assert book >> LOST << change("retry", "close_1006")
    assert (book >> JOINED).does() == ["engine", "configure", "system: [facts]", "user: no power"]
    assert book >> READY << CREATE
    assert book >> answer_begins("r2")
    assert (book >> message_ends("a2", "r2", "What?")).does() == ["said: What?"]
    assert book >> answer_ends("r2")


def test_an_engine_that_has_something_to_say_is_asked_at_once():
    """The recorded voice tells the caller what they can do now."""
    recorded = ModelJoined("recorded", "there is no other engine", Traits(embedded=True, opens=True))
    book = greeted().after(LOST, recorded)
    assert book >> READY << CREATE


def test_another_session_without_a_word_of_the_last_one():
    """A link that goes on by itself: the old session is over all the same, and its turns mean nothing any more."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What?"), sound(1000))
    assert (book >> JOINED).does() == ["engine", "configure", "system: [facts]", "user: [spoken] no power"]
    assert (book >> READY).does() == ["create"]
    assert book >> ModelSent(e.InputAudioBufferCleared())
    book.after(answer_begins(), answer_ends(status="cancelled"), played(1000))
    assert (book >> commits("i1")).does() == ["create"]
