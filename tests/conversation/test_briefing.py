"""What a tool may know of the talk: for its rights, and for a person who goes on."""

import msgspec

from npcl_voice.conversation.briefing import MOST_TURNS, Briefing, briefing_of, summary_of
from npcl_voice.conversation.commands import EngineChanged, HandedOver, Report, SendToModel, ToolAnswered
from npcl_voice.conversation.context import Context, Matter, Slot
from npcl_voice.conversation.events import CallerText
from npcl_voice.conversation.facts import read_facts
from npcl_voice.realtime.events import ConversationItemCreate
from npcl_voice.realtime.items import text_of
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    JOINED,
    READY,
    REMOTE,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    commits,
    hears,
    report,
    speaks,
    stops,
    tool_answers,
    tool_call,
)


def spoken(book, text, item_id="u1"):
    """The caller says it, and the engine begins to answer."""
    return book.after(speaks(item_id, 0), stops(item_id, 500), commits(item_id), hears(item_id, text), answer_begins())


def lines(book, event):
    """What the observers are told of it."""
    commands = book.call.handle(event, book.now)
    return [command.line for command in commands if isinstance(command, Report)]


def test_a_summary_of_nothing():
    """No matter yet."""
    assert summary_of(Context()) == "matter: none"


def test_a_summary_of_a_matter():
    """What is wanted, what was asked last, what was promised, and whether somebody depends on power."""
    context = Context(
        matter=Matter.COMPLAINT,
        goal="outage_info",
        paused="no_supply",
        question="consumer_number",
        promises=("complaint 000054324", "callback"),
        slots={"need": Slot("noted", "tool")},
    )
    assert summary_of(context) == (
        "matter: complaint; wanted: no supply; asked last: consumer number; "
        "promised: complaint 000054324, callback; somebody there depends on power"
    )


def test_what_a_briefing_holds():
    """The sources of what was confirmed, the danger, and the caller's words, each bounded."""
    slots = {
        "area": Slot("Delta 1", "typed", verified=True),
        "house": Slot("12", "spoken"),
        "hazard_kind": Slot("fire", "spoken", verified=True),
    }
    talk = briefing_of(Context(language="hi", slots=slots), ("x" * 999, "y"), {"no_supply": ("1",)})
    assert talk == Briefing(
        language="hi",
        sources={"area": "typed", "hazard_kind": "spoken"},
        heard=("x" * 300, "y"),
        hazard="fire",
        summary="matter: none",
        made={"no_supply": ("1",)},
    )


def test_the_caller_s_own_words_are_remembered():
    """Spoken and typed ones, not keys, and not the assistant's; the last forty of them."""
    book = spoken(greeted(), "my name is priya")
    book.after(CallerText("priya singh"))
    assert book.call.briefing("c1").heard == ("my name is priya", "priya singh")
    for at in range(MOST_TURNS):
        book.after(CallerText(f"line {at}"))
    heard = book.call.briefing("c1").heard
    assert (len(heard), heard[0], heard[-1]) == (MOST_TURNS, "line 0", f"line {MOST_TURNS - 1}")


def test_new_cases_are_counted():
    """Those that were made, and those that are being made before this one."""
    book = spoken(greeted(), "my power is out")
    place = '{"area":"Delta 1","premises":"%d"}'
    book.after(tool_call("c1", "no_supply", place % 1), tool_call("c2", "repeat", "", "f2"))
    book.after(tool_call("c3", "no_supply", place % 3, "f3"))
    assert book.call.briefing("c1").made == {}
    assert book.call.briefing("c3").made == {"no_supply": ("running c1",)}
    book.after(tool_answers("c1", "no_supply", complaint_number="000054324", repeat=False))
    assert book.call.briefing("c3").made == {"no_supply": ("000054324",)}
    book.after(tool_answers("c3", "no_supply", complaint_number="000054324", repeat=True))
    assert book.call.briefing("c9").made == {"no_supply": ("000054324",)}


def test_a_report_of_theft_leads_nowhere():
    """What the caller said of it is forgotten once it is noted."""
    book = spoken(greeted(), "my neighbour steals power")
    book.after(tool_call("c1", "report_theft", '{"area":"Delta 1"}'))
    assert book.call.briefing("c1").heard == ("my neighbour steals power",)
    book.after(tool_answers("c1", "report_theft", complaint_number="000054331"))
    talk = book.call.briefing("c2")
    assert (talk.heard, talk.made) == ((), {"report_theft": ("000054331",)})
    assert "000054331" not in talk.summary


def test_a_report_of_theft_is_wanted_by_the_caller_s_own_words():
    """However a remote model was talked into it; another tool need not be asked for, and our own policy is trusted."""
    for words, wanted in (("my neighbour steals power", True), ("somebody complained that i steal power", False)):
        book = spoken(Playbook(conversation(remote=True)).after(REMOTE, answered(), READY), words)
        book.after(tool_call("c1", "report_theft", '{"area":"Delta 1"}'), tool_call("c2", "callback", "{}", "f2"))
        assert [book.call.briefing(call_id).wanted for call_id in ("c1", "c2")] == [wanted, True]
    book = spoken(greeted(), "hello").after(tool_call("c1", "report_theft", '{"area":"Delta 1"}'))
    assert book.call.briefing("c1").wanted


def test_a_matter_that_is_handed_over_is_reported():
    """What the person is told, for whoever follows the call."""
    book = spoken(greeted(), "talk to a person")
    book.after(tool_call("c1", "agent", '{"reason":"asked"}'), answer_ends())
    told = lines(book, tool_answers("c1", "agent", window="as soon as possible"))
    assert told[0] == ToolAnswered("agent", {"reason": "asked"}, {"ok": True, "window": "as soon as possible"})
    assert told[1] == HandedOver(
        reason="asked",
        summary="matter: none; wanted: agent",
        facts={},
        last_words=("talk to a person",),
        hazard=None,
        window="as soon as possible",
    )


def test_a_handover_tells_only_what_a_person_needs():
    """Numbers and places that were confirmed, with where each came from."""
    book = spoken(greeted(), "talk to a person")
    book.after(tool_call("c1", "agent", ""), answer_ends())
    slots = {
        "consumer_number": Slot("2990741852", "keyed", verified=True),
        "area": Slot("Delta 1", "spoken"),
        "looked": Slot("yes", "tool", verified=True),
    }
    exchange = book.call._state.exchange
    exchange.context = msgspec.structs.replace(exchange.context, slots=slots)
    (_, handed) = lines(book, tool_answers("c1", "agent"))[:2]
    assert (handed.reason, handed.window) == ("asked", "")
    assert handed.facts == {"consumer_number": ("2990741852", "keyed")}


def test_a_line_that_tells_its_number():
    """The engine is told that it is known, and not what it is."""
    book = Playbook(conversation())
    assert book >> JOINED << report(EngineChanged("local", "no key"))
    commands = book.call.handle(answered(caller_number="9810123456"), 0.0)
    sent = [command.event for command in commands if isinstance(command, SendToModel)]
    facts = [read_facts(text_of(event.item)) for event in sent if isinstance(event, ConversationItemCreate)]
    assert facts == [Context(slots={"line": Slot("known", "line")})]
    assert "9810123456" not in str(sent)
    for number in (None, "anonymous", "01206226666"):
        call = conversation()
        call.handle(JOINED, 0.0)
        call.handle(answered(caller_number=number), 0.0)
        assert call.context == Context()
