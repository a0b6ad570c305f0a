"""The nearest sentence: by the words that weigh, as they are spelt or as they sound."""

import math

import pytest

from npcl_voice.meaning.nearest import Nearest

SENTENCES = {
    "outage": ["no light in the house", "the power is gone", "the power is gone"],
    "status": ["what about the complaint", "complaint status"],
    "empty": ["the is in"],
}
NEAREST = Nearest(SENTENCES, {"the", "is", "in"})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("power gone", "outage"),
        ("gone is the power", "outage"),
        ("complaint status", "status"),
        ("what about complaint", "status"),
    ],
)
def test_the_same_words_in_any_order_are_the_same_sentence(text: str, name: str) -> None:
    """Words that are ignored count nothing."""
    assert NEAREST.find(text) == (name, pytest.approx(1.0))


def test_the_score_is_the_weight_shared_against_the_weight_there_is() -> None:
    """Four sentences are kept: a word of one of them weighs log 5, a word of two log 3."""
    assert NEAREST.find("power") == ("outage", pytest.approx(2 / 3))
    assert NEAREST.find("power zebra") == ("outage", pytest.approx(1 / 2))
    once, twice = math.log(5), math.log(3)
    assert NEAREST.find("complaint") == ("status", pytest.approx(2 * twice / (2 * twice + once)))
    assert NEAREST.find("power power") == ("outage", pytest.approx(2 / 3))


def test_misheard_words_count_a_little_less() -> None:
    """By letters they count their likeness, by sound 0.85."""
    assert NEAREST.find("powar gone") == ("outage", pytest.approx((0.85 + 1) / 2))
    once, twice = math.log(5), math.log(3)
    close = (twice * 18 / 19 + once) / (twice + once)
    assert NEAREST.find("complaintx status") == ("status", pytest.approx(close))
    assert NEAREST.find("complant statuz")[0] == "status"
    assert NEAREST.find("aaa") == ("", 0.0)


def test_nothing_in_common_is_nothing() -> None:
    """Strange words, ignored words and no words have no nearest sentence."""
    assert NEAREST.find("zebra") == ("", 0.0)
    assert NEAREST.find("the is") == ("", 0.0)
    assert NEAREST.find("") == ("", 0.0)
    assert Nearest({}, ()).find("light") == ("", 0.0)


def test_of_equals_the_first_is_the_nearest() -> None:
    """So the same question has the same answer each time."""
    twins = Nearest({"first": ["light gone"], "second": ["light gone"]}, ())
    assert twins.find("gone light") == ("first", 1.0)


def test_only_so_many_words_are_compared() -> None:
    """Sixty; no caller says more in one breath."""
    strange = " ".join(f"q{number}" for number in range(59))
    assert NEAREST.find(f"{strange} power")[0] == "outage"
    assert NEAREST.find(f"{strange} zebra power") == ("", 0.0)


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("powar gone", "power gone"),
        ("complant stutus", "complaint status"),
        ("complaints", "complaint"),
        ("tower", "tower"),
        ("gane lite", "gane lite"),
        ("pxxer", "pxxer"),
        ("about", "about"),
        ("", ""),
    ],
)
def test_a_misspelt_word_is_put_right(text: str, repaired: str) -> None:
    """From five letters, when one is wrong and not the first."""
    assert NEAREST.repaired(text) == repaired


def test_repairing_stops_where_comparing_does() -> None:
    """Sixty words."""
    assert len(NEAREST.repaired("powar " * 100).split()) == 60
