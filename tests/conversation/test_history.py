"""What was said and done so far, as the next engine is told of it."""

from npcl_voice.conversation.commands import SendToModel
from npcl_voice.conversation.dialogue import Keyed, Returned, Spoken, Typed, Unheard
from npcl_voice.conversation.history import Called, History, put_again
from npcl_voice.realtime.client import ClientSession
from tests.playbook import gist


def _told(events):
    return gist(*(SendToModel(event) for event in events))


def _call(history, call_id, name="repeat", output='{"ok":true}'):
    history.called(call_id, name, "{}")
    return history.answered(call_id, output)


def _full():
    history = History()
    history.noted("[said greeting] Namaste.")
    history.heard(Spoken("no power"))
    history.said("What is your number?")
    history.heard(Keyed("2000001234"))
    history.heard(Unheard())
    _call(history, "c1", "no_supply", '{"ok":true,"complaint_number":"000054324"}')
    history.said("It is 000054324.")
    history.heard(Typed("thank you"))
    return history


def test_everything_in_its_order():
    """Who said what, and each tool call with what it answered; nothing stands for what nobody understood."""
    assert _told(_full().replay(ClientSession(), [])) == [
        "system: [said greeting] Namaste.",
        "user: no power",
        "assistant: What is your number?",
        "user: [keypad] 2000001234",
        "call: no_supply {}",
        'result: {"ok":true,"complaint_number":"000054324"}',
        "assistant: It is 000054324.",
        "user: thank you",
    ]


def test_without_what_is_put_in_again():
    """Each only once, the latest of its like."""
    history = _full()
    history.heard(Typed("thank you"))
    waiting = [
        Typed("thank you"),
        Keyed("2000001234"),
        Returned("no_supply", {"ok": True, "complaint_number": "000054324"}),
    ]
    assert _told(history.replay(ClientSession(), waiting)) == [
        "system: [said greeting] Namaste.",
        "user: no power",
        "assistant: What is your number?",
        "assistant: It is 000054324.",
        "user: thank you",
    ]


def test_two_calls_that_answered_the_same():
    """One of them waits to be told, and the other has been."""
    history = History()
    _call(history, "c1")
    _call(history, "c2")
    assert _told(history.replay(ClientSession(), [Returned("repeat", {"ok": True})])) == [
        "call: repeat {}",
        'result: {"ok":true}',
    ]


def test_a_call_that_still_runs_is_not_told():
    """There is nothing that it answered; what nobody called has no answer either."""
    history = History()
    history.called("c1", "repeat", "{}")
    assert history.replay(ClientSession(), []) == []
    assert history.answered("c9", "{}") is None
    assert history.answered("c1", '{"ok":true}') == Called("c1", "repeat", "{}", '{"ok":true}')
    assert history.answered("c1", '{"ok":true}') is None


def test_a_long_past_is_left_to_the_facts():
    """The latest sixty entries, and of those what fits."""
    history = History()
    for number in range(100):
        history.said(f"{number}")
    assert len(history.replay(ClientSession(), [])) == 60
    history.heard(Typed("x" * 3000))
    history.heard(Keyed("1" * 32))
    history.noted("y" * 2000)
    told = _told(history.replay(ClientSession(), []))
    assert told[0] == "assistant: 43"
    history.said("z" * 1000)
    assert _told(history.replay(ClientSession(), []))[0].startswith("user: [keypad] 1")


def test_what_is_put_in_again():
    """A model reads the caller's words; the embedded engine is told that they were spoken."""
    history = _full()
    answer = Returned("no_supply", {"ok": True, "complaint_number": "000054324"})
    for embedded, spoken in ((False, "user: no power"), (True, "user: [spoken] no power")):
        client = ClientSession()
        assert _told(put_again(Spoken("no power"), history, client, embedded=embedded)) == [spoken]
        assert _told(put_again(Typed("no power"), history, client, embedded=embedded)) == ["user: no power"]
        assert _told(put_again(Keyed("1"), history, client, embedded=embedded)) == ["user: [keypad] 1"]
        assert put_again(Unheard(), history, client, embedded=embedded) == []
        assert _told(put_again(answer, history, client, embedded=embedded)) == [
            "call: no_supply {}",
            'result: {"ok":true,"complaint_number":"000054324"}',
        ]
        assert put_again(Returned("no_supply", {"ok": False}), history, client, embedded=embedded) == []
