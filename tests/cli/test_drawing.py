"""A picture of a call as lines of a terminal: complete, never too wide, never by colour alone."""

import io
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from npcl_voice.cli.drawing import Hands, draw, transcript
from npcl_voice.cli.picture import Caption, Engine, Picture, Tool, Wait
from npcl_voice.conversation.commands import CallEnded
from npcl_voice.conversation.context import Context, Matter, Slot
from npcl_voice.conversation.playback import ItemId, OnAir

SIZES = [(80, 24), (140, 40)]
LEVELS = (-12.0, -48.0)
HANDS = Hands(help=(("0-9 * #", "keypad"), ("q", "hang up")))

PICTURE = Picture(
    now=75.0,
    answered_at=10.0,
    captions=(
        Caption("assistant", "How can I", "help you?"),
        Caption("caller", "my power is out"),
        Caption("records", "no_supply: ok, complaint number 000054324"),
    ),
    on_air=(OnAir(ItemId("a1", 0), "I have registered", "I have registered your complaint."),),
    floor="responding",
    context=Context(
        matter=Matter.COMPLAINT,
        goal="no_supply",
        slots={
            "consumer_number": Slot("2990741852", "keyed", verified=True),
            "area": Slot("Delta 1", "spoken"),
            "family": Slot("hidden", "spoken"),
        },
    ),
    tools=(Tool("no_supply", {"area": "Delta 1"}, {"ok": True, "complaint_number": "000054324", "outage": None}),),
    waits=(Wait(0, "greeting", 68, 300), Wait(1, "barge_in", 80, None), Wait(1, "first_sound", 1010, 900)),
    turn=1,
    engine=Engine("local", "no key"),
)


def plain(picture: Picture = PICTURE, width: int = 80, height: int = 24, hands: Hands = HANDS, **more) -> list[str]:
    return draw(picture, LEVELS, hands, width, height, **more).plain.split("\n")


def printed(text, width: int = 80, **more) -> str:
    """What would go to a terminal."""
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=width, **more)
    console.print(text)
    return console.file.getvalue()


def changed(**fields) -> Picture:
    return msgspec.structs.replace(PICTURE, **fields)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everything_asked_for_is_on_the_screen(width, height) -> None:
    """Captions, floor, matter, slots, tools, levels, waits against their budgets, engine, keys."""
    lines = plain(width=width, height=height)
    assert len(lines) == height
    shown = " ".join("\n".join(lines).split())
    for wanted in (
        "01:05", "How can I help you? (cut)", "Caller my power is out", "I have registered your complaint.",
        "● assistant, speaking", "complaint, no supply", "consumer number 2990741852 ✓ keyed", "area Delta 1 ? spoken",
        "no_supply", "000054324", "-12 dB", "-48 dB", "first sound 1010 of 900 ms ! over", "barge in 80 ms",
        "local, no key", "0-9 * # keypad", "q hang up",
    ):  # fmt: skip
        assert wanted in shown, wanted
    assert "hidden" not in shown


def test_two_columns_stand_beside_each_other() -> None:
    """From 110 columns on; a bar in one line through all of them."""
    bars = {line.find("│") for line in plain(width=140, height=40)[2:-2]}
    assert len(bars) == 1
    assert bars != {-1}
    assert not any("│" in line for line in plain(width=109, height=40))


def test_what_was_cut_is_struck_through_with_and_without_colour() -> None:
    """The attribute is no colour; the word stands beside it."""
    for no_color in (False, True):
        out = printed(draw(PICTURE, LEVELS, HANDS, 80, 24), no_color=no_color)
        assert re.search(r"\x1b\[[0-9;]*\b9m(help you\?)", out)
        assert bool(re.search(r"\x1b\[([0-9;]*;)?3[0-7]m", out)) is not no_color


def test_danger_has_a_sign_and_the_strongest_colour() -> None:
    """In the first line, and where it was heard."""
    picture = changed(danger="P0", captions=(Caption("danger", "P0"),))
    lines = plain(picture)
    assert "! DANGER P0" in lines[0]
    assert lines[2] == "! Danger   P0: the caller speaks of danger"
    assert "\x1b[1;31m! DANGER P0" in printed(draw(picture, LEVELS, HANDS, 80, 24))


@pytest.mark.parametrize(
    ("fields", "floor"),
    [
        ({"floor": "initial", "on_air": ()}, "nobody's yet, the line opens"),
        ({"floor": "greeting"}, "● assistant, greeting"),
        ({"floor": "listening", "on_air": ()}, "caller, may speak"),
        ({"floor": "listening", "on_air": (), "speaking": True}, "● caller, speaking"),
        ({"floor": "responding", "paused": True, "speaking": True}, "● caller, speaking, over the assistant"),
        ({"floor": "responding", "paused": True}, "assistant, paused"),
        ({"floor": "listening", "on_air": (), "listening": True}, "assistant, making out the words"),
        ({"floor": "processing", "on_air": ()}, "assistant, thinking"),
        ({"floor": "processing", "on_air": (), "tools": (Tool("bye", {}),)}, "assistant, asking the records, bye"),
        ({"floor": "ended", "on_air": (), "end": CallEnded("hung_up", ()), "speaking": True}, "nobody's, the call is"),
    ],
)
def test_the_floor_is_told_in_words(fields, floor) -> None:
    """Who has it, and what they do."""
    (row,) = [line for line in plain(changed(**fields)) if line.startswith("Floor")]
    assert row.split(maxsplit=1)[1].startswith(floor)


def test_the_caller_s_words_come_as_they_are_known() -> None:
    """An ellipsis before the first; keys as they are pressed."""
    for fields, shown in (
        ({"speaking": True}, "Caller     ..."),
        ({"speaking": True, "partial": "two nine"}, "Caller     two nine ..."),
        ({"listening": True, "partial": "two nine nine"}, "Caller     two nine nine ..."),
        ({"keyed": "299"}, "Caller     keys 299 ..."),
    ):
        assert shown in plain(changed(**fields))


def test_what_is_to_come_is_dim() -> None:
    """What was heard already is not."""
    assert "I have registered\x1b[2m your complaint.\x1b[0m" in printed(draw(PICTURE, LEVELS, HANDS, 80, 24))


def test_captions_scroll() -> None:
    """The newest are at the bottom, the oldest go."""
    picture = changed(captions=tuple(Caption("caller", f"line {number}") for number in range(50)))
    lines = plain(picture)
    assert "Caller     line 49" in lines
    assert "Caller     line 0" not in lines
    assert len(lines) == 24


def test_the_least_important_goes_first() -> None:
    """Captions and the floor stay to the last."""
    seen = {}
    for height in range(24, 2, -1):
        lines = plain(height=height)
        assert len(lines) == height
        seen[height] = {label for line in lines for label in ("Floor", "Engine", "Levels", "Known") if label in line}
        assert "Floor" in seen[height]
    assert seen[24] == {"Floor", "Engine", "Levels", "Known"}
    gone = [min(height for height in seen if label in seen[height]) for label in ("Engine", "Levels", "Known", "Floor")]
    assert gone == sorted(gone, reverse=True)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (10, 3), (20, 5), (39, 8), (80, 1)])
def test_no_terminal_is_too_small(width, height) -> None:
    """Whatever fits is shown."""
    lines = plain(width=width, height=height)
    assert len(lines) <= height
    assert all(len(line) <= width for line in lines)


@settings(deadline=None)
@given(st.text(max_size=300), st.integers(2, 200), st.integers(1, 60))
def test_nothing_said_can_break_the_screen(text, width, height) -> None:
    """No control code gets through, no line is too wide, no screen too high."""
    picture = changed(
        captions=(Caption("caller", text), Caption("assistant", text, text)),
        on_air=(OnAir(ItemId("a1", 0), "", text),),
        partial=text,
        tools=(Tool(text, {"text": text}, {"ok": False, text: text}),),
        engine=Engine(text, text),
    )
    drawn = draw(picture, LEVELS, Hands(note=text), width, height)
    for line in drawn.split("\n", allow_blank=True):
        assert line.cell_len <= width
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", drawn.plain)
    assert drawn.plain.count("\n") < height


def test_levels_have_a_figure() -> None:
    """Full scale is a full bar; silence, and no sound yet, are quiet."""
    shown = {
        db: next(line for line in draw(PICTURE, (db, None), HANDS, 80, 24).plain.split("\n") if "Levels" in line)
        for db in (0.0, -30.0, -60.0, -120.0, None)
    }
    assert shown[0.0].count("━") == 2 * shown[-30.0].count("━") > 0
    assert all("quiet" in shown[db].split("assistant")[0] for db in (-60.0, -120.0, None))


def test_times_that_ran_fast_are_not_shown() -> None:
    """It is said why there are none."""
    empty = changed(waits=())
    assert "not measured at this pace" in "\n".join(plain(empty, paced=False))
    assert "nothing measured yet" in "\n".join(plain(empty))


def test_an_engine_s_troubles_are_told() -> None:
    """None yet, lost, changed, and what it used."""
    assert "none yet" in "\n".join(plain(changed(engine=None)))
    lost = changed(engine=Engine("openai", "a key", lost=True), reconnects=2, tokens=340)
    assert "! openai is lost, changed 2×, 340 tokens" in "\n".join(plain(lost))


def test_what_the_person_did_is_seen() -> None:
    """A note in place of the keys, the microphone, the key to talk."""
    assert plain(hands=Hands(note="Hanging up."))[-1] == "Hanging up."
    assert "microphone off" in plain(hands=Hands(muted=True))[0]
    assert plain(hands=Hands(talking=True))[-1] == "you are heard"
    assert plain(hands=Hands(talking=False))[-1] == "press space to talk"
    assert plain(hands=Hands())[-1] == "Ctrl-C hangs up"


def test_a_refusal_and_a_running_tool_are_told_apart() -> None:
    """By words."""
    tools = (Tool("agent", {}, {"ok": False, "reason": "closed"}), Tool("bye", {}))
    shown = "\n".join(plain(changed(tools=tools), 140, 40))
    assert "agent ! refused" in shown
    assert "> reason closed" in shown
    assert "bye ... asked" in shown


def test_the_transcript_is_all_that_was_said() -> None:
    """For reading after the call."""
    assert transcript(PICTURE, 80).plain.split("\n") == [
        "Assistant  How can I help you? (cut)",
        "Caller     my power is out",
        "Records    no_supply: ok, complaint number 000054324",
        "Assistant  I have registered your complaint. (cut)",
    ]
    whole = changed(on_air=(OnAir(ItemId("a1", 0), "Goodbye.", "Goodbye."), OnAir(ItemId("a2", 0), "", "More.")))
    assert transcript(whole, 80).plain.split("\n")[3:] == ["Assistant  Goodbye."]
