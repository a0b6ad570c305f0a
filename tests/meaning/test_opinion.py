"""The second opinion on danger: what is counted, which way it leans, and what is made of it beside the rules."""

import pytest

from npcl_voice.meaning.hazards import Finding, Hazard, denies_danger, find_danger, find_hazard
from npcl_voice.meaning.heard import hear
from npcl_voice.meaning.leaning import counted
from npcl_voice.meaning.opinion import ORDINARY, Opinion, danger_name, features, second_opinion
from tests.meaning.test_hazards import TABLE as ENGLISH
from tests.meaning.test_hazards_denied import NONE as HARMLESS
from tests.meaning.test_hazards_hindi import TABLE as HINDI

TABLE = [*ENGLISH, *HINDI, *((text, None) for text in HARMLESS)]
LEARNT = Opinion(
    counted(
        [
            (ORDINARY, ("bill", "light"), 20),
            (danger_name("P0", "fire"), ("glow", "light", "wall"), 5),
            (danger_name("P0", "shock"), ("numb", "hand"), 5),
            (danger_name("P1", "shock"), ("numb", "little"), 5),
            (danger_name("P1", "sparking"), ("crackle",), 5),
            (danger_name("P0", "wire_down"), ("rope",), 5),
            (danger_name("P0", "pole_damaged"), ("post",), 5),
        ]
    )
)


def shown(text):
    """What is counted of it."""
    return features(text, hear(text))


def test_words_pairs_and_classes_are_counted() -> None:
    """As they sound, and what is denied apart from what is meant; a class with the words of others is not."""
    counts = shown("no taar gira hai, light is out")
    assert {"tar", "tar gira", "-wire"} <= counts
    assert not {"+wire", "-plant", "-things"} & counts
    assert {"+wire", "+fallen"} <= shown("तार गिरा है")
    assert not any(">" in one for one in shown("taar toot ke gira hai"))


def test_what_is_still_awaited_or_only_said_counts_too() -> None:
    """Nobody has come; a lamp that burns."""
    assert "+" in shown("no fire brigade has come yet")
    assert "+" not in shown("the fire brigade has come")
    assert any(one.startswith("?") for one in shown("agar taar gir jaye to kya karein"))


def test_words_lean_to_where_they_stand() -> None:
    """To danger or none, to life or equipment, and to a kind where it is clear."""
    assert LEARNT.danger(frozenset({"bill", "light"})) < 0 < LEARNT.danger(frozenset({"glow", "light"}))
    assert LEARNT.danger(frozenset({"never heard"})) == 0
    assert LEARNT.life(frozenset({"numb", "hand"})) > 0 > LEARNT.life(frozenset({"numb", "little"}))
    assert LEARNT.kind(frozenset({"glow"})) == "fire"
    assert LEARNT.kind(frozenset({"numb"})) == "shock"
    assert LEARNT.kind(frozenset({"hand", "glow"})) == "sparking"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Every time I open the bathroom tap my fingers go numb, as if ants were running up my arm", "shock"),
        ("Papa seedhi pe chadhe the, taar se lag gaye, neeche nahi aa rahe, bas latke hue hain", "shock"),
        ("Something burst like a bomb behind the temple and hot oil is raining down on the parked scooters", "fire"),
        ("केबल वाले गड्ढे में से धूँ-धूँ हो रही है, बारिश का पानी उसमें उबल रहा है", "fire"),
    ],
)
def test_danger_is_found_that_no_rule_knows(text, kind) -> None:
    """When all of it was said; a part may yet become anything, and is left to the rules."""
    assert find_hazard(text) == Hazard("P0", kind)
    assert find_hazard(text, whole=False) is None
    assert not denies_danger(text)


def test_what_rules_take_for_equipment_may_be_danger_to_life() -> None:
    """The kind stays what the rules say."""
    text = "The kids found the door of the roadside pillar box open and one of them has his arm inside it right now"
    assert find_hazard(text, whole=False) == Hazard("P1", "sparking")
    assert find_hazard(text) == Hazard("P0", "sparking")


def test_what_may_be_danger_is_asked_about() -> None:
    """Too little to be warned of; from part of a sentence nothing is asked."""
    text = "kya geele haath se switch chhoone se kuch hota hai"
    assert find_danger(text) == Finding(doubt=Hazard("P0", "sparking"))
    assert find_danger(text, whole=False) == Finding()


def test_a_weak_rule_gives_way_where_all_else_is_ordinary() -> None:
    """To a doubt; danger to life that a rule finds never does, whatever else is spoken of."""
    text = "spark you know the car spark yes i want car charging at home which tariff"
    assert find_hazard(text, whole=False) == Hazard("P1", "sparking")
    assert find_danger(text) == Finding(doubt=Hazard("P1", "sparking"))
    bill = "bill ki baat karni hai mujhe, pichhle mahine ka bill galat hai"
    assert find_hazard(f"{bill}, aur haan meter mein aag lagi hai") == Hazard("P0", "fire")


def test_what_is_denied_or_known_to_be_another_thing_takes_more() -> None:
    """Rules know what makes danger harmless, counted words do not."""
    assert find_danger("telephone ka taar latak raha hai, bijli ka nahi").hazard is None
    assert find_danger("the pole is not leaning").hazard is None
    text = "khamba teda ho gaya andhad mein, gira nahi hai par teda hai kaafi"
    assert find_hazard(text) is not None
    assert not denies_danger(text)


def test_more_talk_makes_it_no_less() -> None:
    """A long story is weighed part by part."""
    danger = "my buffalo touched the stay wire and dropped, and now my brother is going over to pull her off"
    talk = "I called about my bill last month and your colleague told me to wait for the new one, which has not come, "
    assert find_hazard(danger) == find_hazard(talk * 4 + danger) == find_hazard(f"{danger}, {talk * 4}")
    assert find_hazard(talk * 4) is None


@pytest.mark.parametrize("text", ["", "hello", "haan ji", "हाँ", "two one four", "alpha two", "near the school"])
def test_what_says_little_is_nothing(text) -> None:
    """Neither danger nor doubt."""
    assert find_danger(text) == Finding()


def test_the_two_opinions_agree_on_the_tables() -> None:
    """No danger is lost or of another kind, none is less grave, and of the harmless sentences few are taken for one."""
    alarms = []
    for text, hazard in TABLE:
        found = find_danger(text)
        if hazard is None:
            alarms += [text] if found.hazard else []
        else:
            assert found.hazard in {hazard, Hazard("P0", hazard.kind)}, text
    assert len(alarms) <= 2, alarms


def test_the_packaged_counts_are_read_once() -> None:
    """And are many."""
    assert second_opinion() is second_opinion()
