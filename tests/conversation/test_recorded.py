"""The recorded voice: for callers whom nobody can hear."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.conversation.context import Context, Line, Matter, Slot
from npcl_voice.conversation.dialogue import Returned, Spoken, Typed, Unheard
from npcl_voice.conversation.exchange import Exchange
from npcl_voice.conversation.facts import read_facts, write_facts
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.conversation.recorded import MARK, NUMBERS, RecordedPolicy
from npcl_voice.domain.complaints import HAZARD_KINDS
from tests.conversation.talk import TOOLS, Talk, call, keyed, returned, say, typed, understander

BOOK = call("agent", reason="no_engine")
BOOKED = returned("agent", window="as soon as possible")
SOON = say("callback_soon")
NO_NUMBER = returned("agent", ok=False, reason="no_number")
REGISTERED = returned("no_supply", complaint_number="000054324")
NUMBER = say("registered", complaint_number="000054324")
CONSUMER = "2000001234"
ASKED = Context(goal="no_supply", question="consumer_number", matter=Matter.COMPLAINT, last=(Line("ask_area"),))


def recorded(context=None, *, tools=TOOLS, own_words=False):
    """A talk with the recorded voice."""
    talk = Talk(context, tools=tools)
    talk.policy = RecordedPolicy(understander().understand, tools, own_words=own_words)
    return talk


def at_the_menu(context=None, **options):
    """The same once the callback is booked and the menu has been said."""
    talk = recorded(context, **options).opens()
    assert talk << "recorded_apology" << BOOK
    assert talk >> BOOKED << SOON << "recorded_menu"
    return talk


def known(name, value="1", *, verified=True):
    """A slot that the caller told us."""
    return {name: Slot(value, "spoken", verified=verified)}


def test_a_callback_is_booked_at_once_and_told_when_it_is_committed():
    """First why nobody answers; then the promise, which the store has made; then the menu."""
    talk = at_the_menu()
    assert talk.context.promises == ("callback",)
    assert (talk.context.matter, talk.context.goal, talk.context.question) == (Matter.HANDOFF, None, "help")
    assert talk.opens() << "recorded_menu"


def test_without_a_number_to_call_nothing_is_promised():
    """The menu comes at once; a number can be keyed there."""
    talk = recorded().opens()
    assert talk << "recorded_apology" << BOOK
    assert talk >> NO_NUMBER << "recorded_menu"
    assert talk.context.promises == ()
    assert talk >> keyed("2") << "key_phone"
    assert talk >> keyed("9810123456") << BOOK
    assert talk.context.facts()["phone"] == "9810123456"
    assert talk >> BOOKED << SOON << "recorded_menu"
    assert talk.context.promises == ("callback",)


def test_a_power_cut_by_keys():
    """A number that is keyed is not read back; the complaint's number is told when it is committed."""
    talk = at_the_menu()
    assert talk >> keyed("1") << "key_consumer_number"
    assert (talk.context.goal, talk.context.question, talk.context.matter) == (
        "no_supply",
        "consumer_number",
        Matter.COMPLAINT,
    )
    assert talk >> keyed(CONSUMER) << call("no_supply", consumer_number=CONSUMER)
    assert talk >> REGISTERED << NUMBER << "recorded_menu"
    assert talk.context.promises == ("callback", "complaint 000054324")
    assert (talk.context.goal, talk.context.matter) == (None, Matter.RESOLUTION)


def test_a_consumer_number_that_is_unknown_is_asked_for_once_more():
    """Then the menu again, for a callback is booked already."""
    unknown = returned("no_supply", ok=False, reason="unknown_consumer")
    line = say("unknown_consumer", consumer_number=CONSUMER)
    talk = at_the_menu()
    assert talk >> keyed("1") << "key_consumer_number"
    assert talk >> keyed(CONSUMER) << call("no_supply", consumer_number=CONSUMER)
    assert talk >> unknown << line << "key_consumer_number"
    assert talk >> keyed(CONSUMER) << call("no_supply", consumer_number=CONSUMER)
    assert talk >> unknown << line << "recorded_menu"
    assert (talk.context.goal, talk.context.value("consumer_number")) == (None, None)


def test_a_number_that_is_never_right_leads_to_a_callback():
    """On a number that is keyed, where none is known; and where that is not right either, back to the menu."""
    talk = recorded().opens()
    assert talk << "recorded_apology" << BOOK
    assert talk >> NO_NUMBER << "recorded_menu"
    assert talk >> keyed("1") << "key_consumer_number"
    assert talk >> keyed("123") << "key_consumer_number"
    assert talk >> keyed("20000012341") << "key_phone"
    assert talk >> keyed("98") << "key_phone"
    assert talk >> keyed("") << "recorded_menu"
    assert (talk.context.goal, talk.context.failed) == (None, 0)


def test_a_phone_number_that_we_cannot_call():
    """It is asked for once more."""
    talk = at_the_menu()
    assert talk >> keyed("2") << "key_phone"
    assert talk >> keyed("0120622666") << BOOK
    assert talk >> NO_NUMBER << "key_phone"
    assert talk.context.confirmed("phone") is None
    assert talk >> keyed("0120622666") << BOOK
    assert talk >> NO_NUMBER << "recorded_menu"


def test_a_number_that_was_confirmed_before_and_cannot_be_called():
    """Then the one that the call comes from is tried."""
    talk = recorded(Context(question="help", last=(Line("ask_help"),), slots=known("phone", "0120622666"))).opens()
    assert talk << "recorded_apology" << BOOK
    assert talk >> NO_NUMBER << BOOK
    assert talk.context.confirmed("phone") is None
    assert talk >> BOOKED << SOON << "recorded_menu"


def test_other_keys_say_the_menu_again_and_then_where_people_are():
    """Three times; a key of the menu begins anew."""
    talk = at_the_menu()
    assert talk >> keyed("0") << "recorded_menu"
    assert talk >> keyed("17") << "recorded_menu"
    assert talk >> keyed("5") << "recorded_goodbye" << call("bye")
    assert talk >> returned("bye")
    talk = at_the_menu()
    assert talk >> keyed("0") << "recorded_menu"
    assert talk >> keyed("2") << "key_phone"
    assert talk.context.failed == 0


def test_a_client_without_tools():
    """Nothing can be booked or registered; what can be said is where to call."""
    talk = recorded(tools=frozenset(), own_words=True).opens()
    assert talk << "recorded_apology" << "no_callback" << "recorded_menu"
    assert talk >> keyed("1") << "key_consumer_number"
    assert talk >> keyed(CONSUMER) << "cannot" << "recorded_menu"
    assert talk >> keyed("2") << "recorded_menu"
    assert talk >> keyed("3") << "recorded_menu"
    assert talk >> keyed("3") << "recorded_menu"
    assert talk >> keyed("3") << "recorded_goodbye" << "farewell"


def test_our_own_words_at_the_end():
    """For clients that do not say them."""
    talk = at_the_menu(own_words=True)
    assert talk >> returned("bye") << "farewell"


@pytest.mark.parametrize("kind", sorted(HAZARD_KINDS))
def test_danger_is_spoken_of_first_and_called_back_about_as_danger(kind):
    """The safety words again, then the ticket, then the callback."""
    talk = recorded(Context(goal="hazard", slots={**known("hazard_kind", kind), **known("place", "Delta 1")})).opens()
    assert talk << f"safety_{kind}" << "recorded_apology" << call("hazard", kind=kind, place="Delta 1")
    placed = returned("hazard", complaint_number="000054324", place="Delta 1")
    talk >> placed << say("hazard_placed", complaint_number="000054324", place="Delta 1")
    assert talk << call("agent", reason="danger")
    assert talk >> BOOKED << SOON << "recorded_menu"
    assert talk.context.promises == ("complaint 000054324", "callback")


def test_danger_whose_ticket_is_raised():
    """It is not raised again; the place cannot be keyed, so a person asks for it."""
    context = Context(goal="hazard", question="where", slots=known("hazard_kind", "fire"), promises=("complaint 1",))
    talk = recorded(context).opens()
    assert talk << "safety_fire" << "recorded_apology" << call("agent", reason="danger")
    assert talk >> BOOKED << SOON << "recorded_menu"
    assert talk.context.goal is None


def test_danger_without_a_number_to_call():
    """It is asked for, and a person still calls about danger."""
    talk = recorded(Context(goal="hazard", slots=known("hazard_kind", "shock"))).opens()
    assert talk << "safety_shock" << "recorded_apology" << call("hazard", kind="shock")
    noted = returned("hazard", complaint_number="000054324", place=None)
    assert talk >> noted << say("hazard_noted", complaint_number="000054324") << call("agent", reason="danger")
    assert talk >> NO_NUMBER << "key_phone"
    assert talk >> keyed("9810123456") << call("agent", reason="danger")
    assert talk >> BOOKED << SOON << "recorded_menu"


def test_danger_that_cannot_be_raised():
    """The callback is booked all the same, and what is no danger of ours is no danger."""
    talk = recorded(Context(goal="hazard", slots=known("hazard_kind", "fire"))).opens()
    assert talk << "safety_fire" << "recorded_apology" << call("hazard", kind="fire")
    assert talk >> returned("hazard", ok=False, reason="unavailable") << "not_now" << call("agent", reason="danger")
    assert talk >> BOOKED << SOON << "recorded_menu"
    without = recorded(Context(goal="hazard", slots=known("hazard_kind", "fire")), tools=TOOLS - {"hazard"}).opens()
    assert without << "safety_fire" << "recorded_apology" << call("agent", reason="danger")
    strange = recorded(Context(goal="hazard", slots=known("hazard_kind", "boredom"))).opens()
    assert strange << "recorded_apology" << call("agent", reason="danger")


def test_records_that_cannot_be_reached():
    """It is said, and bounded like every other failure."""
    away = returned("agent", ok=False, reason="unavailable")
    talk = recorded().opens()
    assert talk << "recorded_apology" << BOOK
    assert talk >> away << "not_now" << "recorded_menu"
    assert talk >> keyed("1") << "key_consumer_number"
    assert talk >> keyed(CONSUMER) << call("no_supply", consumer_number=CONSUMER)
    assert talk >> returned("no_supply", ok=False) << "not_now" << "recorded_menu"
    assert talk.context.failed == 1
    nonsense = returned("no_supply", complaint_number="many")
    assert talk >> nonsense << "not_now" << "recorded_menu"
    assert talk >> keyed("1") << call("no_supply", consumer_number=CONSUMER)


# In the middle of a matter.


def test_a_matter_in_progress_goes_on_by_keys():
    """After the apology and the callback the question is put for the keypad, also where a read-back was open."""
    for question, slots in (
        ("consumer_number", {}),
        ("confirm_consumer_number", known("consumer_number", CONSUMER, verified=False)),
    ):
        context = msgspec.structs.replace(ASKED, question=question, slots=slots)
        talk = recorded(context).opens()
        assert talk << "recorded_apology" << BOOK
        assert talk >> BOOKED << SOON << "key_consumer_number"
        assert talk >> keyed(CONSUMER) << call("no_supply", consumer_number=CONSUMER)
        assert talk >> REGISTERED << NUMBER << "recorded_menu"


def test_the_status_of_a_complaint_by_keys():
    """Its number once more if it is unknown."""
    context = Context(goal="complaint_status", question="complaint_number", matter=Matter.COMPLAINT)
    talk = recorded(context).opens()
    assert talk << "recorded_apology" << BOOK
    assert talk >> BOOKED << SOON << "key_complaint_number"
    assert talk >> keyed("000054329") << call("complaint_status", complaint_number="000054329")
    unknown = returned("complaint_status", ok=False, reason="unknown_number")
    assert talk >> unknown << say("unknown_number", complaint_number="000054329") << "key_complaint_number"
    assert talk >> keyed("000054321") << call("complaint_status", complaint_number="000054321")
    told = returned("complaint_status", complaint_number="000054321", status="resolved")
    assert talk >> told << say("status_resolved", complaint_number="000054321") << "recorded_menu"


def test_what_was_confirmed_is_not_asked_for_again():
    """A number, or a place; a place that was not confirmed is left to the person who calls."""
    place = {**known("area", "Delta 1"), **known("house", "12"), **known("no_consumer_number", "yes")}
    for slots, then in (
        (known("consumer_number", CONSUMER), [call("no_supply", consumer_number=CONSUMER)]),
        (place, [call("no_supply", area="Delta 1", premises="12")]),
        ({**place, **known("house", "12", verified=False)}, [say("recorded_menu")]),
        (known("no_consumer_number", "yes"), [say("recorded_menu")]),
    ):
        talk = recorded(msgspec.structs.replace(ASKED, slots=slots)).opens()
        assert talk << "recorded_apology" << BOOK
        talk >> BOOKED << SOON
        for one in then:
            talk << one
        assert talk


def test_a_callback_that_was_promised_is_not_booked_again():
    """Neither at the beginning, nor when the caller had just asked for a person."""
    promised = msgspec.structs.replace(ASKED, promises=("callback",))
    assert recorded(promised).opens() << "recorded_apology" << "key_consumer_number"
    asked = Context(goal="agent", question="phone", slots=known("phone", "9810123456"))
    talk = recorded(asked).opens()
    assert talk << "recorded_apology" << BOOK
    assert talk >> BOOKED << SOON << "recorded_menu"
    again = recorded(Context(goal="agent", question="phone", promises=("callback",))).opens()
    assert again << "recorded_apology" << "key_phone"


def test_what_another_engine_left_unanswered():
    """Words are understood as ever, keys count, a tool's answer is told, and nothing made out is nothing."""
    talk = recorded(ASKED) >> keyed(CONSUMER)
    assert talk << "recorded_apology" << BOOK
    assert talk >> BOOKED << SOON << call("no_supply", consumer_number=CONSUMER)
    talk = recorded(ASKED) >> REGISTERED
    assert talk << "recorded_apology" << NUMBER << BOOK
    assert talk.context.promises == ("complaint 000054324",)
    talk = recorded() >> "my power is out"
    assert talk << "recorded_apology" << BOOK
    assert talk >> BOOKED << SOON << "key_consumer_number"
    talk = recorded() >> typed("the status of complaint 000054321")
    assert talk << "recorded_apology" << BOOK
    assert talk >> BOOKED << SOON << call("complaint_status", complaint_number="000054321")
    talk = recorded(ASKED) >> BOOKED
    assert talk << "recorded_apology" << SOON << "recorded_menu"
    talk = recorded(ASKED) >> Unheard()
    assert talk << "recorded_apology" << BOOK
    assert talk.context.failed == 0


def test_a_danger_that_another_engine_left_unanswered():
    """Also behind other words: it is raised before anything else."""
    safety = "safety_wire_down"
    talk = recorded() >> "a wire has fallen in delta one"
    assert talk << safety << "recorded_apology" << call("hazard", kind="wire_down", place="Delta 1")
    talk = at_the_menu() >> "a wire has fallen"
    assert talk << safety << "recorded_apology" << call("hazard", kind="wire_down")
    noted = returned("hazard", complaint_number="000054324", place=None)
    assert talk >> noted << say("hazard_noted", complaint_number="000054324") << "recorded_menu"


def test_who_was_about_to_leave_may_leave():
    """Nobody is held with apologies."""
    assert recorded(Context(question="anything_else")) >> "no thank you" << call("bye")


def test_what_is_no_key_changes_nothing():
    """Sound without words, words from before; what is typed counts as keys."""
    talk = at_the_menu()
    assert talk >> Unheard() << "recorded_menu"
    assert talk >> "hello" << "recorded_menu"
    assert talk.context.failed == 0
    assert talk >> typed(" 1 ") << "key_consumer_number"
    assert talk >> Unheard() << "key_consumer_number"
    assert talk >> typed(CONSUMER) << call("no_supply", consumer_number=CONSUMER)


def test_the_apology_comes_again_when_another_engine_has_spoken_meanwhile():
    """And only then, also from the facts block."""
    talk = at_the_menu()
    other = Exchange(talk.policy)
    other.note(write_facts(talk.context))
    assert [line.phrase for line in other.answer().lines] == ["recorded_menu"]
    spoken = msgspec.structs.replace(talk.context, last=(Line("ask_help"),))
    assert recorded(spoken).opens() << "recorded_apology" << "recorded_menu"


def test_an_engine_that_hears_goes_on_where_the_recorded_voice_was():
    """At its question, or at the beginning of a matter."""
    talk = at_the_menu()
    assert Talk(talk.context).opens() << "ask_help"
    assert talk >> keyed("1") << "key_consumer_number"
    assert Talk(talk.context).opens() << "ask_consumer_number"


@pytest.mark.parametrize("question", NUMBERS)
def test_every_number_can_be_keyed(question):
    """Each has its words for the keypad."""
    assert recorded(Context(question=question)).policy._key_in(Context(), question, ()).lines


HEARD = st.one_of(
    st.sampled_from(["0", "1", "2", "9", "", CONSUMER, "000054321", "9810123456", "0120622666"]).map(keyed),
    st.sampled_from(["my power is out", "a wire has fallen", "bye", "talk to a person", "purple elephants"]).map(
        Spoken
    ),
    st.sampled_from(["1", "fire", "bye"]).map(Typed),
    st.just(Unheard()),
)


def _answered(name, data):
    """A tool's answer: good, or one of the bad ones."""
    good = {
        "agent": {"window": "soon"},
        "no_supply": {"complaint_number": "000054324"},
        "complaint_status": {"complaint_number": "000054321", "status": "resolved"},
        "hazard": {"complaint_number": "000054325", "place": None},
        "bye": {},
    }
    reasons = ["no_number", "unknown_consumer", "unknown_number", "need_place", "unavailable"]
    if data.draw(st.booleans()):
        return Returned(name, {"ok": True, **good[name]})
    return Returned(name, {"ok": False, "reason": data.draw(st.sampled_from(reasons))})


@given(st.data())
def test_any_talk_ends_in_words_that_can_be_said_and_a_context_that_crosses(data):
    """Whatever comes: each move asks for keys or runs a tool, and no callback is promised that no tool gave."""
    phrases, exchange = load_phrases("en"), Exchange(RecordedPolicy(understander().understand, TOOLS))
    exchange.context = data.draw(
        st.sampled_from([Context(), ASKED, Context(goal="hazard", slots=known("hazard_kind", "fire"))])
    )
    given_out = set()
    for _ in range(8):
        move = exchange.answer()
        for line in move.lines:
            assert phrases.render(line)
            assert line.phrase != "callback_booked" or "agent" in given_out
        assert move.lines or move.call
        assert read_facts(write_facts(exchange.context)) == exchange.context
        if move.call is None:
            last = move.lines[-1].phrase
            assert last in {"recorded_menu", "key_phone", "key_consumer_number", "key_complaint_number"}
            assert exchange.context.value(MARK) == last
            exchange.hear(data.draw(HEARD))
        elif move.call.name == "bye":
            break
        else:
            answer = _answered(move.call.name, data)
            if answer.result["ok"]:
                given_out.add(answer.name)
            exchange.hear(answer)
