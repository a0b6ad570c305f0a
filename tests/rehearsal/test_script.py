"""What a synthetic caller answers to which words."""

import msgspec
import pytest

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.errors import SettingsError
from npcl_voice.rehearsal.script import Cue, Reply, Script, load_cues, load_scenario, scenario_names

SAY = load_phrases("en").say
FACTS = {
    "consumer_number": "2990741852",
    "complaint_number": "000054324",
    "phone": "6999074185",
    "area": "Delta 1",
    "place": "Delta 1",
    "house": "34",
    "helpline": "0120-6226666",
    "outside_helpline": "1912",
    "time": "9:30 PM",
    "window": "within 30 minutes",
    "digits": "299074",
}


def said(*keys: str, **values: str) -> str:
    """The assistant's phrases, one after the other."""
    return " ".join(SAY[key] for key in keys).format_map(FACTS | values)


def script(name: str = "outage", **facts: str) -> Script:
    scenario = load_scenario(name)
    return Script(msgspec.structs.replace(scenario, facts=scenario.facts | facts), load_cues())


def test_the_stories():
    """Each is complete; another is refused with the names there are."""
    assert scenario_names() == ["bill", "hazard", "outage", "registered", "status"]
    for name in scenario_names():
        scenario = load_scenario(name)
        assert scenario.title
        assert scenario.opening
        assert scenario.voice in {"slt", "awb", "kal16"}
    with pytest.raises(
        SettingsError, match="--scenario: 'fire' is not one of bill, hazard, outage, registered, status"
    ):
        load_scenario("fire")


@pytest.mark.parametrize(
    ("phrases", "cue", "reply"),
    [
        (["greeting"], "help", "my power is out"),
        (["ask_help"], "help", "my power is out"),
        (["hint"], "hint", "my power is out"),
        (["ask_consumer_number"], "ask_consumer_number", "2990741852"),
        (["ask_consumer_number_again"], "ask_consumer_number", "2990741852"),
        (["unknown_consumer", "ask_consumer_number_again"], "ask_consumer_number", "2990741852"),
        (["read_consumer_number"], "read_consumer_number", "yes that is right"),
        (["ask_complaint_number"], "ask_complaint_number", "000054324"),
        (["unknown_number", "ask_complaint_number_again"], "ask_complaint_number", "000054324"),
        (["read_complaint_number"], "read_complaint_number", "yes that is right"),
        (["ask_phone"], "ask_phone", "6999074185"),
        (["ask_phone_again"], "ask_phone", "6999074185"),
        (["read_phone"], "read_phone", "yes that is right"),
        (["ask_area"], "ask_place", "Delta 1"),
        (["ask_area_again"], "ask_place", "Delta 1"),
        (["unknown_area", "ask_area_again"], "ask_place", "Delta 1"),
        (["hazard_noted", "ask_where"], "ask_place", "Delta 1"),
        (["ask_where_again"], "ask_place", "Delta 1"),
        (["ask_house"], "ask_house", "34"),
        (["ask_house_again"], "ask_house", "34"),
        (["read_place"], "read_place", "yes that is right"),
        (["ask_callback"], "ask_callback", "yes please"),
        (["outage_known", "no_time_yet", "ask_own_connection"], "own_connection", "yes"),
        (["hazard_placed", "ask_vulnerable"], "depends", "no"),
        (["ask_try_again"], "try_again", "yes please"),
        (["need_noted", "ask_anything_else"], "anything_else", "no thank you"),
        (["registered", "ask_anything_else"], "anything_else", "no thank you"),
        (
            ["outage_known", "outage_expected", "registered_already", "ask_anything_else"],
            "anything_else",
            "no thank you",
        ),
        (["status_in_progress", "ask_anything_else_again"], "anything_else", "no thank you"),
        (["callback_booked", "ask_anything_else"], "anything_else", "no thank you"),
        (["not_now", "ask_anything_else"], "anything_else", "no thank you"),
    ],
)
def test_spoken_answers(phrases, cue, reply):
    """Each question that the assistant can ask is recognised, whatever was said before it."""
    assert script(complaint_number="000054324").reply(said(*phrases)) == Reply(reply, cue=cue)


@pytest.mark.parametrize(
    ("phrase", "keys"),
    [
        ("key_consumer_number", "2990741852#"),
        ("key_complaint_number", "000054324#"),
        ("key_phone", "6999074185#"),
        ("key_house", "34#"),
        ("menu", "1"),
    ],
)
def test_keyed_answers(phrase, keys):
    """Asked to type, the caller types."""
    assert script(complaint_number="000054324").reply(said(phrase)) == Reply(keys=keys, cue=phrase)


@pytest.mark.parametrize("phrase", ["farewell", "idle_goodbye", "limit_goodbye"])
def test_goodbye(phrase):
    """Told goodbye, the caller leaves."""
    assert script().reply(said(phrase)) == Reply(leaves=True, cue="goodbye")


def test_recogniser_spelling():
    """Digits as words are digits, too."""
    heard = "your consumer number is two nine nine zero seven four one eight five two is that right"
    assert script().reply(heard).say == "yes that is right"
    assert script().reply(heard.replace("eight", "nine")).say == "no that is wrong"


def test_a_wrong_number_is_denied():
    """A number that is read back with one wrong digit is wrong; as often as it comes."""
    wrong = said("read_consumer_number", consumer_number="2990741853")
    caller = script()
    assert [caller.reply(wrong).say for _ in range(3)] == ["no that is wrong"] * 3


def test_a_number_of_another_length():
    """Perhaps the caller itself misheard: it asks once, and then says that it is wrong."""
    short = said("read_consumer_number", consumer_number="299074185")
    caller = script()
    assert [caller.reply(short).say for _ in range(2)] == ["please repeat that", "no that is wrong"]
    assert caller.reply(short).say == "please repeat that"
    assert caller.reply(said("read_consumer_number")).say == "yes that is right"


def test_a_wrong_place():
    """House and place have to be right, both."""
    assert script().reply(said("read_place", house="35")).say == "no that is wrong"
    assert script().reply(said("read_place", area="Gamma 1")).say == "no that is wrong"


def test_what_the_caller_does_not_know():
    """A fact that is not there is not made up, neither spoken nor keyed."""
    for phrase in ("ask_consumer_number", "key_consumer_number"):
        assert script("hazard").reply(said(phrase)).say == "i do not have it"
    assert script("hazard").reply(said("read_consumer_number")).say == "no that is wrong"


def test_once_more():
    """Asked whether it is there, or for a plain yes or no, the caller says its last words again."""
    caller = script()
    caller.reply(said("read_consumer_number"))
    assert caller.reply(said("say_yes_or_no")).say == "yes that is right"
    assert caller.reply(said("idle")).say == "yes that is right"
    assert caller.reply(said("take_your_time")) == Reply(cue="take_your_time")
    assert caller.once_more().say == "yes that is right"
    assert script().once_more().say == "my power is out"


def test_half_a_number():
    """The caller goes on where it was understood; when that was wrong, it says all of it again."""
    caller = script()
    caller.reply(said("ask_consumer_number"))
    assert caller.reply(said("go_on")).say == "1852"
    caller = script()
    caller.reply(said("ask_consumer_number"))
    assert caller.reply(said("go_on", digits="11")).say == "2990741852"


def test_nothing_understood():
    """The first time the story begins all the same; later the caller asks."""
    caller = script()
    assert caller.reply("mumble").say == "my power is out"
    assert caller.reply("mumble").say == "please repeat that"
    assert caller.once_more().say == "my power is out"


def test_complaint_numbers_are_remembered():
    """Those that were told, each once; never one that was only read back."""
    caller = script("status")
    caller.reply(said("read_complaint_number", complaint_number="000054321"))
    assert caller.heard_numbers == []
    caller.reply(said("status_in_progress", "ask_anything_else", complaint_number="000054321"))
    caller.reply(said("registered"))
    caller.reply(said("hazard_noted", "ask_where"))
    assert caller.heard_numbers == ["000054321", "000054324"]


@pytest.mark.parametrize("lost", range(10))
def test_an_own_number_that_lost_a_digit_is_no_complaint(lost: int):
    """A sound card that fails in a read-back leaves nine digits without their question."""
    caller = script()
    own = caller.scenario.facts["consumer_number"]
    caller.reply(f"consumer number is {own[:lost]}{own[lost + 1 :]}")
    assert caller.heard_numbers == []
    caller.reply("number is 000054324")
    assert caller.heard_numbers == ["000054324"]


def test_a_garbled_complaint_number():
    """A number that is told but not understood is asked for once more."""
    garbled = said("registered", "ask_anything_else", complaint_number="5432")
    caller = script()
    assert caller.reply(garbled).say == "please repeat that"
    assert caller.reply(garbled).say == "no thank you"
    caller = script()
    caller.reply(garbled)
    assert caller.reply(said("registered", "ask_anything_else")).say == "no thank you"
    assert caller.heard_numbers == ["000054324"]


def test_a_story_may_answer_differently():
    """A scenario's own answers take the place of the usual ones."""
    scenario = msgspec.structs.replace(load_scenario("outage"), answers={"ask_consumer_number": "i do not have it"})
    caller = Script(scenario, load_cues())
    assert caller.reply(said("ask_consumer_number")).say == "i do not have it"


def test_terms():
    """Terms stand in their order, with at most three words between; a star is up to twenty."""
    near, far = Cue("near", ("a|b d",)), Cue("far", ("a * d",))
    assert near.end_in("x b 1 2 3 d y") == 11
    assert near.end_in("a 1 2 3 4 d") == -1
    assert near.end_in("d a") == -1
    assert near.end_in("aa dd") == -1
    assert far.end_in("a " + "1 " * 20 + "d") == 43
    assert far.end_in("a " + "1 " * 21 + "d") == -1
    assert near.end_in("a d a d") == 7
