"""Danger first: whatever the engine, the words' lateness, the line or the caller do."""

import pytest

from npcl_voice.conversation.commands import CallEnded, HazardHeard, Transcript
from npcl_voice.conversation.events import CallerHungUp, CallerText, ModelSent
from npcl_voice.realtime import events as e
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    LOST,
    READY,
    REMOTE,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    commits,
    hears,
    played,
    rendered,
    report,
    sound,
    speaks,
    stops,
    tool_answers,
    tool_call,
    words,
)

FIRE = "there is a fire in my house"
WIRE = "the wire has fallen on the road"
P0 = report(HazardHeard("P0"))


def partly(item_id, text):
    """The next words of a turn as they come."""
    return ModelSent(e.ConversationItemInputAudioTranscriptionDelta(item_id=item_id, content_index=0, delta=text))


def remote():
    """A greeted call with a remote model."""
    book = Playbook(conversation())
    book.after(REMOTE, answered(), READY, rendered(1, "Namaste.", 100), played(100))
    return book


def spoken(item_id, text, at=0):
    """A whole turn."""
    return [speaks(item_id, at), stops(item_id, at + 1000), commits(item_id), hears(item_id, text)]


def run_of(book):
    """The calls of tools in what it does now."""
    return [line for line in book.does() if line.startswith(("run", "say", "call", "result"))]


def test_with_a_remote_model_the_ticket_is_raised_at_once():
    """The model may be slow, or forget it; it learns of call and answer, and is asked for nothing more."""
    book = remote().after(*spoken("i1", FIRE)[:3])
    book >> hears("i1", FIRE)
    assert run_of(book) == ["say safety_fire", "run hazard"]
    book >> tool_answers("danger_fire", "hazard", complaint_number="000054325", place=None)
    told = run_of(book)
    assert told[0] == 'call: hazard {"kind":"fire"}'
    assert told[1].startswith('result: {"ok":true')
    assert len(told) == 2
    book.after(CallerHungUp())
    assert book.reported(CallEnded) == [CallEnded("emergency", ("000054325",))]


def test_the_embedded_engine_raises_it_itself():
    """Its policy does, and one ticket is enough."""
    book = greeted().after(*spoken("i1", FIRE)[:3])
    book >> hears("i1", FIRE)
    assert run_of(book) == ["say safety_fire"]
    book.after(answer_begins(), tool_call("c1", "hazard", '{"kind":"fire"}'), answer_ends())
    book.after(tool_answers("c1", "hazard", complaint_number="000054325"))
    book >> CallerHungUp()
    assert run_of(book) == []


def test_a_line_that_drops_after_the_first_sentence_leaves_a_ticket():
    """Whether the engine came to it or not; the call's end waits for it."""
    book = greeted().after(*spoken("i1", FIRE))
    book >> CallerHungUp()
    assert run_of(book) == ["run hazard"]
    assert book.reported(CallEnded) == []
    book.after(tool_answers("danger_fire", "hazard", complaint_number="000054325"))
    assert book.reported(CallEnded) == [CallEnded("emergency", ("000054325",))]


def test_a_line_that_drops_in_the_middle_of_the_sentence_leaves_one_too():
    """Of the words that were heard in part."""
    book = greeted().after(speaks("i1", 0), partly("i1", "help there is "), partly("i1", "fire here and"))
    book >> CallerHungUp()
    assert run_of(book) == ["run hazard"]


def test_danger_that_no_rule_knows_waits_for_all_the_words():
    """Counted words may lean anywhere in half a sentence: what was heard in part warns by the rules alone."""
    text = "every time I open the bathroom tap my fingers go numb, as if ants were running up my arm"
    book = remote().after(speaks("i1", 0), partly("i1", text), stops("i1", 2000))
    book >> commits("i1")
    assert "say safety_shock" not in run_of(book)
    book >> hears("i1", text)
    assert "say safety_shock" in run_of(book)


def test_what_was_heard_in_part_and_then_denied_is_warned_of_no_longer_than_that():
    """The first words count until all are known; then the words of safety end."""
    book = remote().after(speaks("i1", 0), partly("i1", "there is fire"), partly("i1", " no there is no fire"))
    book.after(stops("i1", 2000))
    book >> commits("i1")
    assert "say safety_fire" in run_of(book)
    book.after(rendered(2, "Move away.", 1000), played(400))
    book >> hears("i1", "there is fire no there is no fire")
    assert not book.call.on_air()


def test_a_call_that_ended_without_a_ticket_s_answer_says_so():
    """The store is away: the outcome is what was reached, and the failure is on record as the tool's."""
    book = greeted().after(*spoken("i1", FIRE), CallerHungUp())
    book.after(tool_answers("danger_fire", "hazard", ok=False, reason="unavailable"))
    assert book.reported(CallEnded) == [CallEnded("hung_up", ())]


def test_late_words_do_not_delay_what_was_heard_in_part():
    """The words of safety are asked for when the turn is over, not when its transcript is."""
    book = remote().after(speaks("i1", 0), partly("i1", WIRE), stops("i1", 2000))
    book >> commits("i1")
    assert "say safety_wire_down" in run_of(book)
    book >> hears("i1", WIRE)
    assert "say safety_wire_down" not in run_of(book)
    assert book.reported(HazardHeard) == [HazardHeard("P0"), HazardHeard("P0")]


def test_an_engine_that_tells_of_endless_turns_fills_nothing():
    """Of turns that never end the latest are remembered."""
    book = greeted()
    for number in range(40):
        book.after(partly(f"i{number}", FIRE))
    book >> CallerHungUp()
    assert run_of(book) == ["run hazard"]


def test_speech_over_the_words_of_safety_pauses_them():
    """They go on at the same sample for whoever only repeats it."""
    book = greeted().after(*spoken("i1", FIRE), rendered(2, "Move away.", 1000), played(400))
    book.after(speaks("i2", 3000), stops("i2", 4000), commits("i2"))
    book >> hears("i2", "please come quickly")
    done = book.does()
    assert done[:2] == ["stop", "resume"] or "play 600 ms" in done
    assert "play 600 ms" in done
    assert [line.text for line in book.reported(Transcript) if line.who == "assistant"] == ["Namaste."]


@pytest.mark.parametrize(
    "text", ["it is in delta one", "sector 16 b", "no no there is no fire", "it was a false alarm"]
)
def test_the_words_of_safety_end_when_the_caller_says_where_or_denies(text):
    """The one question that matters is answered, or there was no danger."""
    book = greeted().after(*spoken("i1", FIRE), rendered(2, "Move away.", 1000), played(400))
    book.after(speaks("i2", 3000), stops("i2", 4000), commits("i2"))
    book >> hears("i2", text)
    assert book.does()[-1] != "play 600 ms"
    assert not book.call.on_air()
    told = [line.text for line in book.reported(Transcript) if line.who == "assistant"]
    assert told[0] == "Namaste."


def test_an_answer_that_is_out_already_is_taken_back():
    """Its words were late: danger goes first all the same, and is answered."""
    book = remote().after(speaks("i1", 0), stops("i1", 1000), commits("i1"), 0.5)
    book.after(answer_begins(), words("Shall I"), sound(2000), played(300))
    book >> hears("i1", FIRE)
    done = book.does()
    assert done.index("cancel") < done.index("say safety_fire")
    book >> answer_ends(status="cancelled")
    assert "create" in book.does()


def test_each_danger_is_warned_of_once():
    """Another kind has its own words and its own ticket."""
    book = remote().after(*spoken("i1", FIRE), *spoken("i2", FIRE, 5000), *spoken("i3", WIRE, 9000))
    done = [line for _, _, commands in book.steps for line in map(str, commands)]
    assert sum("safety_fire" in line and line.startswith("Say") for line in done) == 1
    assert sum("safety_wire_down" in line and line.startswith("Say") for line in done) == 1
    assert sum(line.startswith("RunIntent") for line in done) == 2


def test_typed_danger_is_danger():
    """Where the caller writes instead of speaking."""
    book = Playbook(conversation()).after(REMOTE, answered(voice=False), READY)
    book >> CallerText(FIRE)
    assert "run hazard" in run_of(book)


def test_an_engine_that_is_lost_in_the_middle_loses_no_ticket():
    """The ticket's answer reaches the next engine with the past."""
    book = remote().after(*spoken("i1", FIRE), LOST)
    book.after(tool_answers("danger_fire", "hazard", complaint_number="000054325"))
    book >> REMOTE
    told = book.does()
    assert any(line.startswith("call: hazard") for line in told)
