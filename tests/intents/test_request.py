"""What every intent is made of: how it is declared to a model, and how a model's arguments are read."""

from typing import Annotated

import pytest
from msgspec import Meta, Struct

from npcl_voice.intents import INTENTS, Intent
from npcl_voice.intents.request import MAX_TEXT
from npcl_voice.realtime.session import FunctionTool


class Wish(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wishes."""

    what: Annotated[str, Meta(max_length=MAX_TEXT)]
    times: int | None = None


async def _serve(request, desk, situation):
    return {"ok": True}


WISH = Intent("wish", Wish, _serve)


def test_a_tool_is_drawn_from_its_request():
    """Fields are parameters, the docstring is the description; what may be left out is not required."""
    assert WISH.tool() == FunctionTool(
        "wish",
        "What somebody wishes.",
        {
            "type": "object",
            "properties": {"what": {"type": "string", "maxLength": 200}, "times": {"type": "integer"}},
            "additionalProperties": False,
            "required": ["what"],
        },
    )


def test_a_request_without_a_docstring_or_fields():
    """Nothing is required."""

    class Bare(Struct):
        pass

    Bare.__doc__ = None
    tool = Intent("bare", Bare, _serve).tool()
    assert tool.description == ""
    assert tool.parameters == {"type": "object", "properties": {}, "additionalProperties": False}


def test_the_tools_that_there_are():
    """Their names and parameters as they are promised to other engines and scripts."""
    text = {"type": "string", "maxLength": 200}
    kinds = {"enum": ["fire", "pole_damaged", "shock", "sparking", "wire_down"]}
    shapes = {name: intent.tool().parameters for name, intent in INTENTS.items()}
    assert {name: list(shape["properties"].items()) for name, shape in shapes.items()} == {
        "no_supply": [
            ("area", text),
            ("consumer_number", text),
            ("premises", text),
            ("trouble", {"enum": ["fluctuation", "no_supply"]}),
        ],
        "complaint_status": [("complaint_number", text)],
        "hazard": [("kind", kinds), ("place", text)],
        "vulnerable": [("need", text)],
        "outage_info": [("area", text)],
        "reopen": [("complaint_number", text), ("reason", text)],
        "close_complaint": [("complaint_number", text), ("code", text)],
        "report_theft": [("area", {"type": "string", "minLength": 1, "maxLength": 200}), ("details", text)],
        "bill_due": [("consumer_number", text), ("name", text)],
        "account_info": [("consumer_number", text), ("name", text)],
        "compensation": [("event", text)],
        "escalation": [("complaint_number", text)],
        "callback": [("window", {"enum": ["afternoon", "evening", "morning", "now"]})],
        "agent": [("reason", text)],
        "language": [("language", text)],
        "out_of_scope": [("topic", text)],
        "repeat": [],
        "bye": [],
    }
    assert {name: shape["required"] for name, shape in shapes.items() if "required" in shape} == {
        "complaint_status": ["complaint_number"],
        "hazard": ["kind"],
        "vulnerable": ["need"],
        "reopen": ["complaint_number"],
        "close_complaint": ["complaint_number", "code"],
        "report_theft": ["area"],
        "language": ["language"],
    }
    for name, intent in INTENTS.items():
        assert intent.name == intent.tool().name == name
        assert len(intent.tool().description or "") > 40


def test_arguments_are_read():
    """What a model leaves out is not there."""
    assert WISH.read('{"what": "light"}') == Wish("light")
    assert WISH.read('{"what": "light", "times": 2}') == Wish("light", 2)
    assert INTENTS["bye"].read("") == INTENTS["bye"].read("{}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "Object missing required field `what`"),
        ("{", "Input data was truncated"),
        ("[]", "Expected `object`, got `array`"),
        ('{"what": 3}', r"Expected `str`, got `int` - at `\$.what`"),
        ('{"what": "x", "when": 1}', "Object contains unknown field `when`"),
        ('{"what": "%s"}' % ("x" * 201), r"Expected `str` of length <= 200 - at `\$.what`"),
    ],
)
def test_arguments_that_do_not_fit(arguments, message):
    """Refused in words that let the model mend them."""
    with pytest.raises(ValueError, match=f"^{message}$") as caught:
        WISH.read(arguments)
    assert caught.value.__cause__ is None


def test_arguments_that_are_nested_without_end():
    """Refused like any other, where a request takes more than it names."""

    class Open(Struct):
        pass

    with pytest.raises(ValueError, match=r"recursion") as caught:
        Intent("open", Open, _serve).read('{"when": ' + "[" * 100_000)
    assert caught.value.__cause__ is None
