"""The engine's answers: held, let through, followed, taken back; and the tools they call."""

import pytest

from npcl_voice.conversation.commands import Failed, HazardHeard, ResumePlaying, ToolAnswered, Transcript
from npcl_voice.conversation.events import CallerText, IntentFailed
from npcl_voice.conversation.facts import write_facts
from npcl_voice.conversation.floor import Floor
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    CANCEL,
    CREATE,
    JOINED,
    READY,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    caller_said,
    cancel,
    change,
    commits,
    hears,
    message_ends,
    not_heard,
    note,
    output,
    play,
    played,
    put,
    report,
    run,
    sound,
    speaks,
    stop,
    stops,
    tool_answers,
    tool_call,
    truncate,
    we_said,
    words,
)

NUMBER = '{"consumer_number":"2000001234"}'


def _turn(item_id, text, *, at=0):
    return [speaks(item_id, at), stops(item_id, at + 1000), commits(item_id), hears(item_id, text)]


def _question(book):
    return book.call.context.question


def test_an_answer_is_asked_for_at_once():
    """The engine thinks while the words are not known yet."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1000))
    assert book >> commits("i1") << CREATE
    assert book.call.floor is Floor.PROCESSING
    assert book >> hears("i1", "no power") << caller_said("no power")


def test_the_first_sound_waits_for_the_words():
    """Until they come, nothing of the answer is heard."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1000), commits("i1"))
    assert book >> answer_begins() >> words("Where?") >> sound(100)
    assert book >> 0.3 >> hears("i1", "no power") << caller_said("no power") << play(100)
    assert _question(book) == "consumer_number"


def test_the_first_sound_waits_no_longer_than_that():
    """Four hundred milliseconds after the commit."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1000), commits("i1"), answer_begins(), sound(100))
    assert book.call.next_deadline() == pytest.approx(0.4)
    assert book >> 0.399
    assert book >> 0.001 << play(100)
    assert book >> sound(50) << play(50)


def test_words_that_come_late_are_followed_late():
    """The engine has answered them; the policy beside it comes to the same question."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1000), commits("i1"), 0.4, answer_begins(), sound(100))
    assert _question(book) == "help"
    assert book >> hears("i1", "no power") << caller_said("no power")
    assert _question(book) == "consumer_number"


def test_a_turn_without_words_is_a_turn():
    """The engine answers; the policy counts an attempt that failed."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1000), commits("i1"), answer_begins(), sound(100))
    assert book >> not_heard("i1") << play(100)
    assert (_question(book), book.call.context.failed) == ("help", 1)


def test_two_turns_before_the_answer():
    """The first sound waits for the words of both; an answer that nobody heard is forgotten on both sides."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What"), sound(100))
    assert _question(book) == "consumer_number"
    book.after(speaks("i2", 1500), stops("i2", 2500), commits("i2"))
    assert (
        book
        >> hears("i2", "in delta one")
        << cancel("r1")
        << stop(1)
        << ResumePlaying()
        << truncate("a1", 0)
        << caller_said("in delta one")
    )
    assert _question(book) == "help"
    assert book >> answer_ends(status="cancelled") << CREATE
    assert _question(book) == "help"
    assert book >> answer_begins("r2") >> sound(100, "a2", "r2") << play(100)
    assert _question(book) == "consumer_number"
    assert book.call.context.value("area") == "Delta 1"


def test_turns_that_an_engine_ends_without_their_beginning():
    """The first sound waits for the words of both; one answer is given, and the next when it is over."""
    book = greeted()
    assert book >> commits("i1") << CREATE
    assert book >> commits("i2") >> answer_begins() >> sound(100)
    assert book >> hears("i2", "in delta one") << caller_said("in delta one")
    assert book >> hears("i1", "no power") << caller_said("no power") << play(100)
    assert book.call.context.value("area") == "Delta 1"


def test_an_answer_of_which_something_was_heard_stands():
    """It was cut, and the caller answered to what they had heard of it."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What is your"), sound(100), played(1))
    book.after(_turn("i2", "i do not have it", at=1500), answer_ends(status="cancelled"))
    book.after(answer_begins("r2"), sound(100, "a2", "r2"))
    assert _question(book) == "area"


def test_an_answer_that_was_given_without_words_is_not_taken_back_for_another():
    """Only what was decided for it is: the answer before it had been heard."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What"), sound(100), message_ends())
    book.after(answer_ends(), played(100))
    book.after(speaks("i2", 1500), stops("i2", 2500), commits("i2"), 0.4, answer_begins("r2"), sound(100, "a2", "r2"))
    book.after(_turn("i3", "i do not have it", at=3000))
    assert _question(book) == "consumer_number"


def test_an_answer_that_was_over_before_its_turn_was_cut():
    """All of it had come, nothing of it was heard: it is taken back."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What"), sound(100), message_ends())
    book.after(answer_ends(), speaks("i2", 1500), stops("i2", 2500), commits("i2"))
    assert (
        book
        >> hears("i2", "talk to a person")
        << stop(1)
        << ResumePlaying()
        << truncate("a1", 0)
        << CREATE
        << caller_said("talk to a person")
    )
    assert _question(book) == "help"


def test_what_is_taken_back_is_taken_back_once():
    """A second turn before the next answer changes nothing more."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What"), sound(100))
    book.after(_turn("i2", "in delta one", at=1500), _turn("i3", "hello", at=3000), answer_ends(status="cancelled"))
    assert _question(book) == "help"
    book.after(answer_begins("r2"), sound(100, "a2", "r2"))
    assert _question(book) == "consumer_number"


def test_an_answer_that_waits_at_the_gate_when_the_caller_goes_on():
    """It is followed and then forgotten, and none of it is heard."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1000), commits("i1"), answer_begins(), sound(100))
    assert (
        book
        >> CallerText("talk to a person")
        << play(100)
        << cancel("r1")
        << stop(1)
        << truncate("a1", 0)
        << put("talk to a person")
        << caller_said("talk to a person")
    )
    assert book >> hears("i1", "no power") << caller_said("no power")
    book.after(answer_ends(status="cancelled"), answer_begins("r2"))
    assert book >> tool_call("c1", "agent", "{}", "f2", "r2") << run("c1", "agent")
    assert book.call.context.goal == "agent"


# Tools.


def _tool_runs(book=None):
    """The caller's number is confirmed, and the complaint is being registered."""
    book = book or greeted()
    book.after(CallerText("no power 2000001234"), answer_begins())
    assert book >> tool_call("c1", "no_supply", NUMBER) << run("c1", "no_supply", NUMBER, consumer_number="2000001234")
    return book


REGISTERED = {"ok": True, "complaint_number": "000054324", "repeat": False}
TOLD = '{"ok":true,"complaint_number":"000054324","repeat":false}'


def test_a_tool_is_run_and_its_answer_asked_for():
    """With the facts that the caller confirmed; the engine gets the result, and is asked to tell it."""
    book = _tool_runs()
    assert book >> answer_ends()
    assert book.call.floor is Floor.PROCESSING
    assert (
        book
        >> tool_answers("c1", "no_supply", complaint_number="000054324", repeat=False)
        << report(ToolAnswered("no_supply", {"consumer_number": "2000001234"}, REGISTERED))
        << output("c1", TOLD)
        << CREATE
    )
    book.after(answer_begins("r2"), sound(100, "a2", "r2"))
    assert book.call.context.promises == ("complaint 000054324",)
    assert _question(book) == "anything_else"


def test_a_tool_that_answers_before_its_answer_is_over():
    """The next answer is asked for as soon as this one is over."""
    book = _tool_runs()
    assert (
        book
        >> tool_answers("c1", "no_supply", complaint_number="000054324", repeat=False)
        << report(ToolAnswered("no_supply", {"consumer_number": "2000001234"}, REGISTERED))
        << output("c1", TOLD)
    )
    assert book >> answer_ends() << CREATE


def test_several_tools_are_answered_together():
    """After the last of them."""
    book = _tool_runs()
    assert book >> tool_call("c2", "repeat", "", "f2") << run("c2", "repeat", "", consumer_number="2000001234")
    book.after(answer_ends(), tool_answers("c1", "no_supply", complaint_number="000054324", repeat=False))
    assert (
        book
        >> tool_answers("c2", "repeat")
        << report(ToolAnswered("repeat", {"text": ""}, {"ok": True}))
        << output("c2", '{"ok":true}')
        << CREATE
    )


def test_a_tool_that_broke():
    """Nothing is known of what it did, and so it is told."""
    book = _tool_runs().after(answer_ends())
    unavailable = {"ok": False, "reason": "unavailable"}
    assert (
        book
        >> IntentFailed("c1", "no_supply", "bug")
        << report(ToolAnswered("no_supply", {"consumer_number": "2000001234"}, unavailable))
        << output("c1", '{"ok":false,"reason":"unavailable"}')
        << CREATE
    )


def test_a_tool_that_nobody_asked_for():
    """Its answer is no answer, and neither is a second one."""
    book = greeted()
    assert book >> tool_answers("c9", "no_supply")
    assert book >> IntentFailed("c9", "no_supply", "bug")
    book = _tool_runs().after(answer_ends(), tool_answers("c1", "no_supply"))
    assert book >> tool_answers("c1", "no_supply")


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [("{", {"text": "{"}), ("[1]", {"text": "[1]"}), ("[" * 5000, {"text": "[" * 5000}), ('{"a":1}', {"a": 1})],
)
def test_arguments_are_shown_as_they_are(arguments, shown):
    """Whatever is no object, as text."""
    book = greeted().after(CallerText("hello"), answer_begins(), tool_call("c1", "repeat", arguments), answer_ends())
    book.after(tool_answers("c1", "repeat"))
    assert book.reported(ToolAnswered) == [ToolAnswered("repeat", shown, {"ok": True})]


def test_the_caller_speaks_while_a_tool_runs():
    """The answer to both is asked for when the tool has answered; nothing of the tool is lost."""
    book = _tool_runs().after(answer_ends(), speaks("i2", 1000), stops("i2", 2000), commits("i2"))
    assert book >> hears("i2", "talk to a person") << ResumePlaying() << caller_said("talk to a person")
    assert (
        book
        >> tool_answers("c1", "no_supply", complaint_number="000054324", repeat=False)
        << report(ToolAnswered("no_supply", {"consumer_number": "2000001234"}, REGISTERED))
        << output("c1", TOLD)
        << CREATE
    )
    book.after(answer_begins("r2"), words("I have", "a2", "r2"), sound(100, "a2", "r2"))
    assert book.call.context.goal == "agent"  # it was said first


def test_an_answer_that_called_a_tool_is_not_taken_back():
    """What the tool does cannot be undone."""
    book = _tool_runs().after(words("One moment."), sound(500), _turn("i2", "hello", at=1000))
    assert book.call.context.confirmed("consumer_number") == "2000001234"
    assert book.call.context.goal == "no_supply"


# Answers that fail.


def test_a_failed_answer_is_asked_for_once_more():
    """Then another session is; it hears again what is not answered, and the count begins anew."""
    book = greeted().after(_turn("i1", "no power"), answer_begins())
    assert book >> answer_ends(status="failed") << CREATE
    assert book >> answer_begins("r2") >> answer_ends("r2", "failed") << change("retry", "server_error")
    assert _question(book) == "help"
    assert (book >> JOINED).does() == ["engine", "configure", "system: [facts]", "user: [spoken] no power"]
    assert book >> READY << CREATE
    book.after(answer_begins("r3"))
    assert book >> answer_ends("r3", "failed") << CREATE
    book.after(answer_begins("r4"), sound(100, "a4", "r4"))
    assert _question(book) == "consumer_number"


@pytest.mark.parametrize("status", ["completed", "incomplete"])
def test_an_answer_of_nothing_is_none(status):
    """Neither words nor a tool: the caller still waits, so it is asked for once more, then elsewhere."""
    book = greeted().after(_turn("i1", "no power"), answer_begins())
    assert book >> answer_ends(status=status) << CREATE
    assert book >> answer_begins("r2") >> answer_ends("r2", status) << change("retry", "empty")


@pytest.mark.parametrize("status", ["completed", "incomplete"])
def test_words_without_sound_are_no_answer(status):
    """The caller hears nothing of them, and so waits as long."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What is"))
    assert book >> answer_ends(status=status) << CREATE
    book.after(answer_begins("r2"), words("What is", "a2", "r2"), sound(100, "a2", "r2"))
    assert book >> answer_ends("r2")
    assert [line.text for line in book.reported(Transcript) if line.who == "assistant"][1:] == []
    book.after(played(100))
    assert [line.text for line in book.reported(Transcript) if line.who == "assistant"][1:] == ["What is"]


def test_an_answer_that_fails_during_the_farewell():
    """Nobody wants it any more."""
    book = greeted().after(_turn("i1", "bye"), answer_begins(), tool_call("c1", "bye"), tool_answers("c1", "bye"))
    assert book >> answer_ends(status="failed")


def test_an_answer_between_two_failures():
    """They were not in a row."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), answer_ends(status="failed"))
    book.after(answer_begins("r2"), sound(10, "a2", "r2"), answer_ends("r2"), _turn("i2", "hello", at=2000))
    book.after(answer_begins("r3"))
    assert book >> answer_ends("r3", "failed") << CREATE


def test_an_answer_that_failed_in_the_middle():
    """What was said of it is over; the rest is asked for again, and nothing is decided twice."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What"), sound(100), played(100))
    assert book >> answer_ends(status="failed") << we_said("What", 100) << CREATE
    book.after(answer_begins("r2"), sound(100, "a2", "r2"))
    assert _question(book) == "consumer_number"
    assert book.call.context.failed == 0


# Without voice.


def _typing():
    book = Playbook(conversation()).after(JOINED, answered(voice=False), READY)
    assert book.call.floor is Floor.LISTENING
    return book


def test_a_written_call():
    """The answer is read when its message is complete."""
    book = _typing()
    assert book >> CallerText(" no power \n") << put("no power") << caller_said("no power") << CREATE
    assert book >> answer_begins() >> words("What is your number?")
    assert book >> message_ends(text="What is your number?") << report(Transcript("assistant", "What is your number?"))
    assert book.call.floor is Floor.RESPONDING
    assert book >> answer_ends()
    assert book.call.floor is Floor.LISTENING
    assert _question(book) == "consumer_number"


def test_a_written_answer_of_nothing():
    """Nothing is shown, and the caller is still owed an answer."""
    book = _typing().after(CallerText("no power"), answer_begins())
    assert book >> message_ends(text="")
    assert book.call.floor is Floor.PROCESSING
    assert book.reported(Transcript)[1:] == [Transcript("caller", "no power")]  # behind the greeting


def test_a_written_answer_counts_as_read():
    """It is not taken back when the next line comes before its end."""
    book = _typing().after(CallerText("no power"), answer_begins(), message_ends(text="What is your number?"))
    assert (
        book
        >> CallerText("i do not have it")
        << cancel("r1")
        << put("i do not have it")
        << caller_said("i do not have it")
    )
    assert _question(book) == "consumer_number"


def test_danger_in_a_written_line():
    """The safety words stand before the answer."""
    book = _typing()
    fire = "there is a fire in my house"
    told = book.call._state.book.first.say["safety_fire"]
    assert (
        book
        >> CallerText(fire)
        << put(fire)
        << caller_said(fire)
        << report(HazardHeard("P0"))
        << report(Transcript("assistant", told))
        << note(f"[said safety_fire] {told}")
        << CREATE
    )


def test_a_line_before_the_answer_to_the_one_before():
    """Both are answered together."""
    book = _typing().after(CallerText("no power"))
    assert book >> CallerText("in delta one") << CANCEL << put("in delta one") << caller_said("in delta one")
    book.after(answer_begins(), answer_ends(status="cancelled"))
    book.after(answer_begins("r2"), message_ends("a2", "r2", "What is your number?"))
    assert book.call.context.value("area") == "Delta 1"


def test_the_facts_that_another_engine_gets():
    """Every word of the context so far."""
    book = _typing().after(CallerText("no power"), answer_begins(), message_ends(text="What is your number?"))
    facts = write_facts(book.call.context)
    commands = (book.after(answer_ends()) >> JOINED).steps[-1][2]
    assert note(facts).event.item.content == commands[-1].event.item.content
    book.after()


def test_an_understanding_that_breaks_is_told_of():
    """The policy stumbles over it, and the call goes on."""

    def broken(text, expecting):
        raise KeyError(text)

    book = greeted(Playbook(conversation(understand=broken)))
    book.after(speaks("i1", 0), stops("i1", 1000), commits("i1"), hears("i1", "no power"), answer_begins())
    book.after(words("Sorry."), sound(100))
    assert book.reported(Failed) == [Failed("policy", "KeyError")]
    assert (book.call.context.question, book.call.context.stumbles) == ("help", 1)
