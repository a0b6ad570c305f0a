"""Scripts: what may stand in one, and which rule answers."""

from pathlib import Path

import msgspec
import pytest

from npcl_voice.domain.complaints import HazardKind
from npcl_voice.errors import SettingsError
from npcl_voice.intents import INTENTS
from npcl_voice.realtime.items import FunctionCall, FunctionCallOutput, InputText, Item, Message, OutputText
from npcl_voice.rehearsal.twin.answering import Answer, answer
from npcl_voice.rehearsal.twin.script import Script, load_script, parse_script, script_names

SCRIPT = """
title = "A test"
opening = "Hello?"
otherwise = "Pardon?"
unheard = "Louder, please."
waiting = "One moment."
[[fact]]
name = "number"
digits = 4
[[reply]]
hears = ["power cut"]
lacks = ["number"]
say = "Which number?"
[[reply]]
tells = "number"
say = "So {number}?"
[[reply]]
hears = ["yes"]
say = "I look."
call = { name = "look", arguments = { number = "{number}", words = "{words}" } }
[[reply]]
hears = ["thanks"]
knows = ["status"]
say = "You are welcome: {status}."
[[reply]]
after = "look"
result = { ok = true, level = 2, note = "" }
say = "{number} is {status}."
[[reply]]
after = "look"
say = "Not found."
"""


@pytest.fixture(scope="module")
def script() -> Script:
    """A script with a rule of each kind."""
    return parse_script(SCRIPT, "test")


def user(text: str) -> Item:
    return Message("user", (InputText(text),), id="u")


def assistant(text: str) -> Item:
    return Message("assistant", (OutputText(text),), id="a")


def system(text: str) -> Item:
    return Message("system", (InputText(text),), id="s")


def call(call_id: str = "call_1", name: str = "look") -> Item:
    return FunctionCall(name, "{}", call_id, id="f")


def output(text: str, call_id: str = "call_1") -> Item:
    return FunctionCallOutput(call_id, text, id="o")


LOOK = Answer("I look.", "look", '{"number": "1234", "words": "Yes!"}')
FOUND = '{"ok":true,"level":2,"status":"assigned"}'


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ((), Answer("Hello?")),
        ((system("[facts] {}"), system("[said greeting] Hi.")), Answer("Hello?")),
        ((user("There is a POWER CUT, I think."),), Answer("Which number?")),
        ((user("power and then a cut"),), Answer("Pardon?")),
        ((user(""),), Answer("Louder, please.")),
        ((user("[keypad] 1234"),), Answer("So 1234?")),
        ((user("It is one two three four."),), Answer("So 1234?")),
        ((user("My number is 1234, there is a power cut"),), Answer("So 1234?")),
        ((user("12345"),), Answer("Pardon?")),
        ((user("yes"),), Answer("Pardon?")),
        ((user("1234"), assistant("So 1234?"), user("Yes!")), LOOK),
        ((user("1234"), user("power cut")), Answer("Pardon?")),
    ],
)
def test_the_last_words_are_answered(script: Script, items: tuple[Item, ...], found: Answer) -> None:
    """By the first rule that fits and whose gaps can be filled."""
    assert answer(script, items) == found


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ((call(), output(FOUND)), Answer("1234 is assigned.")),
        ((call(), output('{"ok":true,"level":2,"status":"assigned","note":"x"}')), Answer("Not found.")),
        ((call(), output('{"ok":true,"level":2}')), Answer("Not found.")),
        ((call(), output("no JSON")), Answer("Not found.")),
        ((call(name="other"), output(FOUND)), Answer("Pardon?")),
        ((call(), call("call_2"), output(FOUND)), Answer("One moment.")),
        ((call(),), Answer("One moment.")),
        ((call(), output(FOUND), assistant("1234 is"), user("thanks")), Answer("You are welcome: assigned.")),
        ((call(), user("thanks")), Answer("Pardon?")),
    ],
)
def test_what_a_tool_returned_is_told(script: Script, items: tuple[Item, ...], found: Answer) -> None:
    """With what it holds; while a tool is at work, the caller is asked to wait."""
    assert answer(script, [user("1234"), user("Yes!"), *items]) == found


def test_asked_again_the_twin_says_the_same(script: Script) -> None:
    """What was said already is said again; what was asked for already is not asked for again."""
    words = [user("1234"), assistant("So 1234?"), user("Yes!"), assistant("I look.")]
    assert answer(script, words) == LOOK
    told = [*words, call(), output(FOUND), assistant("1234 is")]
    assert answer(script, told) == Answer("1234 is assigned.")
    assert answer(script, [*told, call("call_9"), output(FOUND, "call_9")]) == Answer("1234 is assigned.")


def test_an_output_before_its_call_asks_for_nothing_twice(script: Script) -> None:
    """A call that follows the words it answers is not made once more, although its answer has come."""
    items = [user("1234"), output("{}", "call_1"), user("Yes!"), call()]
    assert answer(script, items) == Answer("I look.")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("title = ", "titel = "), "titel"),
        (("say = ", "says = "), "says"),
        (('say = "Which number?"', 'say = "Which {number"'), "expected '}'"),
        (("{status}", "{a.b}"), "no plain name"),
        (("digits = 4", "digits = 40"), "<= 32"),
        (('tells = "number"', 'tells = "size"'), "'size', which is no [[fact]]"),
        (('tells = "number"', 'tells = "number"\nhears = ["x"]'), "one of hears, tells and after"),
        (('hears = ["yes"]\n', ""), "one of hears, tells and after"),
        (('after = "look"\nresult', 'hears = ["x"]\nresult'), "a result and no after"),
        (("opening", "[opening"), "no script for the twin"),
    ],
)
def test_a_script_that_makes_no_sense_is_refused(change: tuple[str, str], words: str) -> None:
    """By its name, and saying what is wrong with it."""
    broken = SCRIPT.replace(*change, 1)
    assert broken != SCRIPT
    with pytest.raises(SettingsError) as refused:
        parse_script(broken, "test.toml")
    assert refused.value.setting == "test.toml"
    assert words in str(refused.value)


def test_a_script_without_replies_is_refused() -> None:
    """There would be nothing to say."""
    with pytest.raises(SettingsError, match="reply"):
        parse_script(SCRIPT.partition("[[fact]]")[0], "test")
    with pytest.raises(SettingsError, match=r"no \[\[reply\]\]"):
        parse_script("reply = []\n" + SCRIPT.partition("[[fact]]")[0], "test")


@pytest.mark.parametrize("name", script_names())
def test_packaged_scripts_call_tools_that_there_are(name: str) -> None:
    """With arguments that the tools take."""
    script = load_script(name)
    filled = {"consumer_number": "2000000001", "complaint_number": "000054321"}
    calls = [rule.call for rule in script.reply if rule.call is not None]
    assert calls
    for found in calls:
        values = {key: filled.get(value.strip("{}"), value) for key, value in found.arguments.items()}
        request = msgspec.convert(values, INTENTS[found.name].request)
        if found.name == "hazard":
            assert request.kind in HazardKind.__args__
    for rule in script.reply:
        assert not rule.after or rule.after in INTENTS


def test_scripts_come_by_name_or_as_a_file(tmp_path: Path) -> None:
    """Anything else is refused, naming those there are."""
    assert {"outage", "status", "hazard"} <= set(script_names())
    own = tmp_path / "own.toml"
    own.write_text(SCRIPT, "utf-8")
    assert load_script(str(own)).title == "A test"
    with pytest.raises(SettingsError, match="hazard, outage, status"):
        load_script("weather")
    with pytest.raises(SettingsError, match="cannot read"):
        load_script(str(tmp_path / "none.toml"))
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="is no text"):
        load_script(str(own))
    own.write_text("#" * 300_000, "utf-8")
    with pytest.raises(SettingsError, match="larger than"):
        load_script(str(own))
