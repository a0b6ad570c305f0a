"""Items: their ids and their words."""

import pytest

from npcl_voice.realtime import items as i


@pytest.mark.parametrize(
    ("item", "item_id", "text"),
    [
        (i.Message("user", (), id="a"), "a", ""),
        (i.Message("user", (i.InputText("one"), i.InputAudio(), i.InputAudio("two"))), "", "one two"),
        (i.Message("assistant", (i.OutputText("one"), i.OutputAudio("two"), i.OutputAudio(None))), "", "one two"),
        (i.Message("user", (i.InputImage("data:"), i.OtherContent({"text": "x"}))), "", ""),
        (i.FunctionCall("f", "{}", id="f"), "f", ""),
        (i.FunctionCallOutput("c", "{}"), "", ""),
        (i.ItemReference("r"), "r", ""),
        (i.OtherItem({"id": "o", "type": "x"}), "o", ""),
        (i.OtherItem({"id": 3}), "", ""),
    ],
)
def test_an_item_has_an_id_and_words(item: i.Item, item_id: str, text: str) -> None:
    """Whatever its kind, both can be asked for."""
    assert i.item_id_of(item) == item_id
    assert i.text_of(item) == text


def test_a_content_without_words_has_empty_ones() -> None:
    """Pictures and kinds that we do not know."""
    assert i.words_of(i.InputImage("data:")) == ""
    assert i.words_of(i.OtherContent({"type": "x"})) == ""
    assert i.words_of(i.InputAudio()) == ""
