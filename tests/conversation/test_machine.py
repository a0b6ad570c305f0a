"""The line, the caller's turns, keys and danger: who has the floor."""

import pytest

from npcl_voice.audio.frame import PCM_24K
from npcl_voice.config import Turns
from npcl_voice.conversation.commands import (
    EngineChanged,
    Failed,
    HazardHeard,
    PausePlaying,
    ResumePlaying,
    RunIntent,
    SendToModel,
    StateChanged,
    Transcript,
)
from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.events import CallAnswered, CallerText, IntentFinished, ModelSent, ProcessingFailed
from npcl_voice.conversation.floor import Floor
from npcl_voice.realtime import events as e
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    CANCEL,
    CONFIGURE,
    CREATE,
    JOINED,
    LOST,
    READY,
    REMOTE,
    SESSION,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    caller_said,
    cancel,
    commits,
    delete,
    frame,
    hears,
    message_ends,
    played,
    put,
    rendered,
    report,
    say,
    sends,
    sound,
    speaks,
    stop,
    stops,
    truncate,
    we_said,
    words,
)

ENGINE = report(EngineChanged("local", "no key"))
NINE = "zero zero zero zero"


def _turn(item_id, text, *, at=0):
    return [speaks(item_id, at), stops(item_id, at + 1000), commits(item_id), hears(item_id, text)]


# The line.


def test_a_call_begins():
    """The engine is joined, the line opens, and our own voice greets; the states are told as they change."""
    book = Playbook(conversation(), hides=())
    assert book.call.floor is Floor.INITIAL
    assert book.call.next_deadline() is None
    assert book >> JOINED << ENGINE << report(StateChanged("initial", "initial", "none"))
    assert book >> answered() << CONFIGURE << say(1, "greeting") << report(StateChanged("greeting", "greeting", "none"))
    assert book.call.context == Context()


def test_the_line_may_open_first():
    """The engine is told what kind of line it is as soon as it is there."""
    book = Playbook(conversation())
    assert book >> answered() << say(1, "greeting")
    assert book >> JOINED << ENGINE << CONFIGURE


def test_what_an_engine_is_told_of_a_line():
    """Its format, and whether there is a voice."""
    book = Playbook(conversation()).after(JOINED)
    (configure, *_) = (book >> CallAnswered(PCM_24K, voice=False)).steps[-1][2]
    assert configure.event.session.instructions == "pcm16, voice: False"
    assert SESSION.instructions == "pcmu, voice: True"
    book.after()


def test_a_written_greeting():
    """Read at once; the first question is open."""
    call = conversation()
    book = Playbook(call).after(JOINED)
    text = "Namaste, this is the automated assistant of Noida Power Company."
    (_, told, noted, _) = (book >> answered(voice=False)).steps[-1][2]
    assert told.line.text.startswith(text)
    assert noted.event.item.content[0].text == f"[said greeting] {told.line.text}"
    assert call.floor is Floor.LISTENING
    assert call.context == Context(question="help", last=(Line("greeting"),))
    book.after()


def test_the_states_of_a_call():
    """Floor by floor, with the source design's names."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What?"), sound(100), message_ends())
    book.after(answer_ends(), played(50), played(50))
    assert book.reported(StateChanged) == [
        StateChanged("initial", "initial", "none"),
        StateChanged("greeting", "greeting", "none"),
        StateChanged("listening", "listening", "none"),
        StateChanged("processing", "processing", "none"),
        StateChanged("complaint", "processing", "complaint"),
        StateChanged("complaint", "responding", "complaint"),
        StateChanged("complaint", "listening", "complaint"),
    ]


def test_events_of_no_meaning_for_a_call():
    """Nothing is done about them."""
    book = greeted()
    for event in (
        e.RateLimitsUpdated(),
        e.RawEvent("x", {}),
        e.ErrorEvent(e.ErrorDetail(code="invalid_value")),
        e.ConversationItemInputAudioTranscriptionDelta("i1", delta="no"),
    ):
        assert book >> ModelSent(event)


def test_events_of_an_engine_that_is_not_there():
    """Nothing is done about them either."""
    book = Playbook(conversation()).after(answered())
    assert book >> answer_begins() >> commits("i1")


# Turns.


def test_speech_into_silence_pauses_nothing():
    """There is nothing to pause; the turn is answered, whatever it is."""
    book = greeted()
    assert book >> speaks("i1", 0) >> stops("i1", 100)
    assert book >> commits("i1") << CREATE
    assert book >> hears("i1", "haan") << caller_said("haan")


@pytest.mark.parametrize(("ended_ms", "resumes"), [(1549, True), (1550, False)])
def test_a_short_sound_over_our_voice(ended_ms, resumes):
    """Below 250 ms, padding left out, it is no turn: the voice goes on, and the engine forgets it."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What?"), sound(1000), played(200))
    assert book >> speaks("i2", 1000) << PausePlaying()
    assert book >> stops("i2", ended_ms) << ([ResumePlaying()] if resumes else [])
    assert book >> commits("i2") << ([delete("i2")] if resumes else [])
    assert book >> hears("i2", "haan") << ([] if resumes else [delete("i2"), ResumePlaying()])
    assert book >> played(800)
    assert book >> message_ends() << we_said("What?", 1000)


def test_a_shorter_minimum_is_a_setting():
    """And so is the padding."""
    turns = Turns(min_speech_ms=100, prefix_padding_ms=200)
    book = greeted(Playbook(conversation(turns=turns)))
    book.after(_turn("i1", "no power"), answer_begins(), sound(1000), speaks("i2", 1000))
    assert book >> stops("i2", 1300)
    assert book >> commits("i2") >> hears("i2", "ok") << delete("i2") << ResumePlaying()


def test_a_back_channel_is_no_answer():
    """What was asked for before it stands, and nothing of it is told."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What?"), sound(1000), played(200))
    book.after(_turn("i2", "haan", at=1000))
    assert book.call.context.question == "consumer_number"
    assert [line.text for line in book.reported(Transcript) if line.who == "caller"] == ["no power"]


def test_of_two_sounds_both_must_be_decided():
    """The voice goes on after the second."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What?"), sound(1000), played(200))
    book.after(speaks("i2", 1000), stops("i2", 2000), commits("i2"), speaks("i3", 2500))
    assert book >> hears("i2", "haan") << delete("i2")
    assert book >> stops("i3", 2900) << ResumePlaying()


def test_who_goes_on_speaking_is_not_spoken_over():
    """The answer to the first words waits while the next ones are spoken."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What?"), sound(1000), played(200))
    book.after(speaks("i2", 1000), stops("i2", 2000), commits("i2"), speaks("i3", 2500))
    assert (
        book
        >> hears("i2", "talk to a person")
        << cancel("r1")
        << stop(1)
        << ResumePlaying()
        << truncate("a1", 200)
        << PausePlaying()
        << caller_said("talk to a person")
    )
    assert book >> stops("i3", 4000) >> commits("i3")
    assert book >> hears("i3", "haan") << delete("i3") << ResumePlaying()


def test_words_before_their_turn_are_not_taken_for_one():
    """An engine that tells them in another order."""
    book = greeted()
    assert book >> hears("i1", "no power")
    assert book >> commits("i1") << CREATE


# Danger.


@pytest.mark.parametrize(
    ("text", "level", "kind"),
    [("a wire has fallen on the road", "P0", "wire_down"), ("there is a fire in my house", "P0", "fire")],
)
def test_danger_in_the_first_words(text, level, kind):
    """The safety words are asked for before anything else is."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1000), commits("i1"))
    assert book >> hears("i1", text) << caller_said(text) << report(HazardHeard(level)) << say(2, f"safety_{kind}")


def test_danger_that_is_typed():
    """Before the answer is even asked for."""
    text = "there is a fire in my house"
    assert (
        greeted()
        >> CallerText(text)
        << put(text)
        << caller_said(text)
        << report(HazardHeard("P0"))
        << say(2, "safety_fire")
        << CREATE
    )


def test_the_same_danger_again():
    """It is told each time, and its words are said once; another danger has words of its own."""
    book = greeted().after(CallerText("there is a fire in my house"))
    text = "the fire is in delta one"
    assert book >> CallerText(text) << CANCEL << put(text) << caller_said(text) << report(HazardHeard("P0"))
    text = "somebody got an electric shock"
    assert (
        book
        >> CallerText(text)
        << put(text)
        << caller_said(text)
        << report(HazardHeard("P0"))
        << say(3, "safety_shock")
    )


def test_danger_whose_words_come_late():
    """The engine is speaking already: it is cut, and the safety words go first all the same."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1000), commits("i1"), 0.4, answer_begins())
    book.after(words("How can I help?"), sound(1000), played(300))
    text = "there is a fire in my house"
    assert (
        book
        >> hears("i1", text)
        << caller_said(text)
        << report(HazardHeard("P0"))
        << cancel("r1")
        << stop(1)
        << truncate("a1", 300)
        << we_said("How", 300, 1000)
        << say(2, "safety_fire")
    )
    book.after(answer_ends(status="cancelled"))
    assert book.call.context.goal == "hazard"


def test_late_danger_before_anything_was_heard():
    """The engine's answer is forgotten, and the danger is what it answers next."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1000), commits("i1"), 0.4, answer_begins(), sound(1000))
    book.after(hears("i1", "there is a fire in my house"))
    assert book.call.context.goal is None
    book.after(answer_ends(status="cancelled"), rendered(2, "Move away.", 100), answer_begins("r2"))
    book.after(sound(100, "a2", "r2"))
    assert book.call.context.goal == "hazard"


def test_danger_spoken_over_our_own_voice():
    """The greeting is cut, the safety words are said."""
    book = Playbook(conversation()).after(JOINED, answered(), READY, rendered(1, "Namaste.", 1000), played(100))
    book.after(speaks("i1", 0), stops("i1", 1000), commits("i1"))
    text = "there is a fire in my house"
    assert (
        book
        >> hears("i1", text)
        << stop(1)
        << ResumePlaying()
        << CREATE
        << caller_said(text)
        << report(HazardHeard("P0"))
        << say(2, "safety_fire")
    )


def test_sound_of_the_caller_goes_on_meanwhile():
    """Whoever has the floor."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1000), commits("i1"), answer_begins(), sound(1000))
    assert book >> frame(20) << sends(e.InputAudioBufferAppend(frame(20).frame.data))


# Our own failures.


def test_the_first_failure_is_told_and_the_second_books_a_callback():
    """The engine learns of that callback as of any tool's answer, and tells the caller."""
    book = greeted()
    broke = report(Failed("conversation", "KeyError"))
    assert book >> ProcessingFailed("conversation", "KeyError") << broke << say(2, "stumbled_over")
    book = greeted()
    book.call.handle(ProcessingFailed("conversation", "KeyError"), 5.0)
    out = book.call.handle(ProcessingFailed("conversation", "KeyError"), 6.0)
    (run,) = (command for command in out if isinstance(command, RunIntent))
    assert (run.name, run.arguments) == ("agent", '{"reason":"our own failure"}')
    out = book.call.handle(IntentFinished(run.call_id, "agent", {"ok": True, "window": "today"}), 7.0)
    sent = [command.event for command in out if isinstance(command, SendToModel)]
    items = [event.item for event in sent if isinstance(event, e.ConversationItemCreate)]
    assert [type(item).__name__ for item in items] == ["FunctionCall", "FunctionCallOutput"]
    out = book.call.handle(ProcessingFailed("conversation", "KeyError"), 8.0)
    assert not any(isinstance(command, RunIntent) for command in out)


def test_a_failure_before_the_line_is_open_and_during_the_farewell_says_nothing():
    """There is nobody to hear it, or nothing left to be said."""
    call = conversation()
    broke = ProcessingFailed("conversation", "KeyError")
    assert call.handle(broke, 0.0) == [
        report(Failed("conversation", "KeyError")),
        report(StateChanged("initial", "initial", "none")),
    ]


# Whom to trust with the turns.


def test_an_engine_that_is_trusted_to_notice_speech():
    """The embedded one always; a remote one while our voice would be heard, or an answer is on its way."""
    book = Playbook(conversation())
    assert not book.call.trusts
    book = greeted()
    assert book.call.trusts
    assert book.after(speaks("i1", 0)).call.trusts
    book = Playbook(conversation(remote=True)).after(REMOTE, answered(), READY)
    assert book.call.trusts  # the greeting is out
    book.after(rendered(1, "Namaste.", 100), played(100))
    assert not book.call.trusts
    assert not book.after(speaks("i1", 0)).call.trusts
    assert book.after(stops("i1", 1000)).call.trusts
    assert not book.after(LOST).call.trusts
