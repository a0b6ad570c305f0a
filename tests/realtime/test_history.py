"""A server's conversation."""

import pytest

from npcl_voice.errors import RemoteProtocolError
from npcl_voice.realtime.history import MAX_CHARACTERS, MAX_ITEMS, History, without_sound
from npcl_voice.realtime.items import (
    FunctionCall,
    FunctionCallOutput,
    InputAudio,
    InputText,
    Item,
    Message,
    OutputAudio,
    OutputText,
)


def said(item_id: str, text: str = "") -> Message:
    return Message("user", (InputText(text),), id=item_id)


def ids(history: History) -> list[str]:
    return [entry.item.id or "" for entry in history.entries()]


def test_items_are_put_last_first_or_after_another() -> None:
    """Each time the item before it is told."""
    history = History()
    assert history.last is None
    assert history.add(said("a")) is None
    assert history.add(said("b")) == "a"
    assert history.add(said("c"), "a") == "a"
    assert history.add(said("d"), "root") is None
    assert ids(history) == ["d", "a", "c", "b"]
    assert (history.last, len(history), "c" in history, "z" in history) == ("b", 4, True, False)
    assert [history.before(item_id) for item_id in "dacbz"] == [None, "d", "a", "c", None]


@pytest.mark.parametrize(
    ("item", "previous", "answer"),
    [
        (said("a"), None, ("item_create_duplicate_item_id", "item.id", "an item with id 'a' already exists")),
        (said("b"), "z", ("invalid_value", "previous_item_id", "the previous item does not exist")),
        (
            FunctionCallOutput("call_2", ""),
            None,
            ("invalid_tool_call_id", "item.call_id", "no tool call with id 'call_2' is in the conversation"),
        ),
    ],
)
def test_what_does_not_fit_is_refused(item: Item, previous: str | None, answer: tuple[str, str, str]) -> None:
    """An id twice, a place that is not there, an output of no call."""
    history = History()
    history.add(said("a"))
    history.add(FunctionCall("f", "", "call_1", id="f"))
    with pytest.raises(RemoteProtocolError) as fault:
        history.check(item, previous)
    assert (fault.value.code, fault.value.param, fault.value.message) == answer


def test_what_fits_is_not_refused() -> None:
    """A new id, a known place, an output of a call."""
    history = History()
    history.add(FunctionCall("f", "", "call_1", id="f"))
    history.check(FunctionCallOutput("call_1", "", id="o"), "f")
    history.check(said("a"), "root")
    assert history.has_call("call_1")
    assert history.remove("f")
    assert not history.remove("f")
    assert not history.has_call("call_1")


def test_an_item_that_was_cut_stays_cut() -> None:
    """Its words are gone, and do not come back when it is complete."""
    history = History()
    spoken = Message("assistant", (OutputAudio("one two"), OutputText("note")), id="a")
    history.add(spoken, audio_ms=1000)
    entry = history.get("a")
    assert entry is not None
    history.cut(entry, 400)
    quiet = Message("assistant", (OutputAudio(), OutputText("note")), id="a")
    assert (entry.item, entry.audio_ms, entry.truncated) == (quiet, 400, True)
    history.replace(spoken, 2000)
    assert (entry.item, entry.audio_ms) == (quiet, 400)
    call = FunctionCall("f", "{}", id="f")
    history.add(call)
    other = history.get("f")
    assert other is not None
    history.cut(other, 0)
    assert other.item == call


def test_an_item_grows() -> None:
    """Unless it was taken out meanwhile."""
    history = History()
    history.add(said("a"))
    history.replace(said("a", "more"), 700)
    entry = history.get("a")
    assert entry is not None
    assert (entry.item, entry.audio_ms) == (said("a", "more"), 700)
    history.remove("a")
    history.replace(said("a", "more"), 700)
    assert history.get("a") is None


def test_a_conversation_has_a_limit_of_items() -> None:
    """The oldest go, never the one that was just put in."""
    history = History()
    for number in range(MAX_ITEMS):
        history.add(said(str(number)))
    assert len(history) == MAX_ITEMS
    history.add(said("new"))
    assert (len(history), ids(history)[0], history.last) == (MAX_ITEMS, "1", "new")
    history.add(said("first"), "root")
    assert ids(history)[:2] == ["first", "2"]


def test_a_conversation_has_a_limit_of_text() -> None:
    """The oldest go until the rest fits; one alone may be of any size."""
    history = History()
    history.add(said("a", "x" * (MAX_CHARACTERS // 2)))
    history.replace(said("a", "x" * 100), 0)
    history.add(said("b", "x" * (MAX_CHARACTERS // 2)))
    assert ids(history) == ["a", "b"]
    history.add(said("c", "x" * (MAX_CHARACTERS // 2)))
    assert ids(history) == ["c"]
    history.add(said("d", "x" * (2 * MAX_CHARACTERS)))
    assert ids(history) == ["d"]
    history.remove("d")
    history.add(said("e"))
    history.add(said("f"))
    assert ids(history) == ["e", "f"]


def test_sound_is_not_reported() -> None:
    """Transcripts stay."""
    message = Message("user", (InputAudio("a", b"x"), InputText("b"), InputAudio("c")), id="a")
    assert without_sound(message) == Message("user", (InputAudio("a"), InputText("b"), InputAudio("c")), id="a")
    call = FunctionCall("f", "{}")
    assert without_sound(call) == call
