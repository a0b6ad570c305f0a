"""A call goes over to the language that its caller speaks, where nobody has asked for one."""

import pytest

from npcl_voice.config import Turns
from npcl_voice.conversation.commands import Say, SendToModel
from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.dialogue import Policy, Spoken
from npcl_voice.conversation.exchange import Exchange
from npcl_voice.conversation.facts import read_facts, write_facts
from npcl_voice.conversation.phrases import load_book
from npcl_voice.conversation.session import session_for, with_recogniser, written_in
from npcl_voice.meaning.language import ASKED, Evidence
from npcl_voice.realtime import events as e
from npcl_voice.realtime.session import SessionConfig
from tests.conversation.talk import TOOLS, Talk, call, conversation, keyed, returned, typed, understander
from tests.conversation.test_danger import partly, spoken
from tests.playbook import (
    LOST,
    READY,
    REMOTE,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    commits,
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

HINDI = "मेरे घर में बिजली नहीं है"
HINGLISH = "mere ghar mein bijli nahi hai"
ENGLISH = "there is no light in my house"
FOUND = Evidence(found=True)


def begun(language="auto", *, greeted=True):
    """A call with a remote model whose greeting was heard."""
    book = Playbook(conversation(remote=True, language=language))
    book.after(REMOTE, answered(), READY)
    return book.after(rendered(1, "Namaste.", 100), played(100)) if greeted else book


def asked_for_hindi(book):
    """The model has called the tool for it, after the caller wished it."""
    book.after(*spoken("i1", "please speak hindi"), answer_begins())
    book.after(tool_call("c1", "language", '{"language":"hi"}'), answer_ends())
    book.after(tool_answers("c1", "language", language="hi"), answer_begins("r2"), words("Theek hai.", "a2", "r2"))
    return book.after(sound(100, "a2", "r2"), message_ends("a2", "r2"), answer_ends("r2"), played(100))


def language_of(book):
    """What the call is held in now."""
    return book.call.context.language


def said_in(book, phrase):
    """The languages in which our own voice was to say a phrase, in order."""
    every = [command for _, _, commands in book.steps for command in commands]
    return [one.language for one in every if isinstance(one, Say) and one.phrase == phrase]


def recognised_in(book):
    """The languages that a remote engine was told to write down in, by updates after the first, in order."""
    every = [command for _, _, commands in book.steps for command in commands if isinstance(command, SendToModel)]
    updates = [one.event.session for one in every if isinstance(one.event, e.SessionUpdate)]
    inputs = [one.audio.input for one in updates if not one.instructions and one.audio and one.audio.input]
    return [one.transcription.language for one in inputs if one.transcription]


@pytest.mark.parametrize("text", [HINDI, HINGLISH])
def test_the_first_sentence_decides(text):
    """Spoken or typed, in either script; what shows no language leaves it open."""
    book = begun().after(*spoken("i1", "2990741852"))
    assert (language_of(book), book.call.context.evidence) == ("en", Evidence())
    book.after(*spoken("i2", text, at=2000))
    assert (language_of(book), book.call.context.evidence) == ("hi", FOUND)


def test_one_sentence_in_another_language_changes_nothing_and_two_do():
    """A call that was English all along goes on in English until it is clear."""
    book = begun().after(*spoken("i1", ENGLISH), *spoken("i2", HINGLISH, at=2000))
    assert language_of(book) == "en"
    book.after(*spoken("i3", HINDI, at=4000))
    assert language_of(book) == "hi"


def test_a_language_that_was_set_stays():
    """The house's choice counts as if somebody had asked for it."""
    book = begun("en").after(*spoken("i1", HINDI), *spoken("i2", HINDI, at=2000))
    assert language_of(book) == "en"
    assert recognised_in(book) == []


def test_danger_in_the_first_sentence_is_answered_in_its_language():
    """The safety words come in the language that was just heard, whether its words came whole or in part."""
    book = begun().after(*spoken("i1", "खंभे में आग लग गई है"))
    assert said_in(book, "safety_fire") == ["hi"]
    book = begun().after(speaks("i1", 0), partly("i1", "खंभे में आग लग गई है"), stops("i1", 1000), commits("i1"))
    assert said_in(book, "safety_fire") == ["hi"]
    book = begun().after(*spoken("i1", ENGLISH))
    book.after(speaks("i2", 2000), partly("i2", "खंभे में आग लग गई है"), stops("i2", 3000), commits("i2"))
    assert said_in(book, "safety_fire") == ["en"]  # a call in English, and not even a whole sentence


def test_a_remote_recogniser_is_told_of_a_language_that_was_set():
    """Where the call follows the caller, the recogniser finds the language itself, and is told nothing."""
    for begins, told in (("en", ["hi"]), ("auto", [])):
        book = asked_for_hindi(begun(begins))
        assert recognised_in(book) == told
        assert language_of(book) == "hi"
        book.after(*spoken("i2", ENGLISH, at=4000), *spoken("i3", ENGLISH, at=6000))
        assert language_of(book) == "hi"


def test_the_next_engine_is_asked_for_the_language_of_the_call():
    """A session that begins anew begins in the language that is spoken by then."""
    book = asked_for_hindi(begun("en")).after(LOST, REMOTE)
    created = [
        one.event.session.audio.input.transcription.language
        for one in book.steps[-1][2]
        if isinstance(one, SendToModel) and isinstance(one.event, e.SessionUpdate)
    ]
    assert created == ["hi"]
    book.after(READY, *spoken("i9", "2990741852"))
    assert recognised_in(book) == ["hi"]  # once, in the first session


def test_the_evidence_goes_to_the_next_engine():
    """It is part of what is known."""
    context = Context(language="hi", evidence=Evidence(found=True, others=1))
    assert read_facts(write_facts(context)) == context
    assert '"evidence":{"found":true,"others":1}' in write_facts(context)


def test_an_answer_that_is_taken_back_leaves_the_language():
    """What was heard of it was heard."""
    exchange = Exchange(Policy(understander().understand, TOOLS), load_book("auto").opening())
    exchange.listen(Spoken(HINGLISH))
    exchange.hear(Spoken(HINGLISH))
    exchange.answer()
    exchange.undo()
    assert (exchange.context.language, exchange.context.evidence) == ("hi", FOUND)
    assert exchange.waiting


def test_keys_and_answers_of_tools_show_no_language():
    """They are nobody's words."""
    exchange = Exchange(Policy(understander().understand, TOOLS), load_book("auto").opening())
    for heard in (keyed("2990741852"), returned("no_supply", reason="need_place", ok=False)):
        exchange.listen(heard)
    assert exchange.context == load_book("auto").opening()


def test_a_language_that_was_asked_for_in_the_call_stays():
    """However the caller goes on; what is not spoken here is refused."""
    talk = Talk(Context(question="help", last=(Line("greeting"),)))
    assert talk >> typed("please speak hindi") << call("language", language="hi")
    assert talk >> returned("language", language="hi") << ["language_changed", "ask_help"]
    assert talk.context.goal is None
    assert (talk.context.language, talk.context.evidence) == ("hi", ASKED)
    assert talk.context.listened(ENGLISH).listened(ENGLISH).language == "hi"


def test_a_session_without_a_language():
    """The recogniser finds it itself, and there is nothing to tell it."""
    whole = session_for(answered().format, voice=True, turns=Turns(), tools=(), instructions="", language=None)
    assert whole.audio.input.transcription.language is None
    assert with_recogniser(whole) is None
    assert with_recogniser(SessionConfig()) is None


def test_settings_without_a_recogniser_stay_as_they_are():
    """Nothing is written down where nobody wants it."""
    assert written_in(SessionConfig(), "hi") == SessionConfig()


@pytest.mark.parametrize("hello", ["नमस्ते", "namaste ji", "hello"])
def test_a_greeting_shows_no_language(hello):
    """Those who say it go on in either; what stands behind it tells."""
    context = Context(evidence=Evidence())
    assert context.listened(hello) == context
    assert context.listened(hello).listened(HINDI).language == "hi"
    assert context.listened(hello).listened(ENGLISH).evidence == FOUND
