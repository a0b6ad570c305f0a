"""What was heard, put right: letters wrong, words parted or run together, and words that are others."""

import pytest

from npcl_voice.meaning.danger_words import danger
from npcl_voice.meaning.mishearing import BARRIER, tokens_of
from npcl_voice.meaning.script import fold


def classes(text: str) -> list[str]:
    """What the tokens stand for, each with its first class in order of the alphabet."""
    return [min(danger().classes.get(token, {"-"})) for token in tokens_of(text)]


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("transfomer", "transformer"),
        ("tranfromer", "transformer"),
        ("electrcuted", "electrocuted"),
        ("smoek", "smoke"),
        ("fier", "fire"),
        ("fiire", "fire"),
        ("exploson", "explosion"),
        ("hangging", "hanging"),
        ("ubrning", "burning"),
        ("chngari", "chingari"),
        ("krnt", "karant"),
        ("khmbe", "khambhe"),
        ("दमाका", "धमाका"),
    ],
)
def test_a_letter_wrong_or_missing_is_put_right(heard: str, meant: str) -> None:
    """In long words, in either language, with vowels left out, too."""
    assert tokens_of(heard) == tokens_of(meant) != [f"~{fold(heard)}"]


@pytest.mark.parametrize(
    "text",
    ["five", "fine", "wine", "small", "stock", "spare", "explored", "karan", "dhamki", "agra", "behas"],
)
def test_words_near_those_of_danger_stay_what_they_are(text: str) -> None:
    """`five` is no `fire`."""
    assert classes(text) == ["-"]


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("trans former", "transformer"),
        ("trans for mer", "transformer"),
        ("chin gari", "chingari"),
        ("fire stat ion", "fire station"),
        ("aaglagi", "aag lagi"),
        ("theconductor", "the conductor"),
        ("girahai", "gir hai"),
        ("जलरहा", "जल रहा"),
        ("isnot", "is not"),
        ("nahihai", "nahi hai"),
        ("fire fire", "fire"),
        ("complhint", "complaint"),
    ],
)
def test_words_are_parted_and_joined(heard: str, meant: str) -> None:
    """And one said twice is one."""
    assert tokens_of(heard) == tokens_of(meant)


@pytest.mark.parametrize("text", ["agarwal", "paraag", "noon", "backfire", "x" * 60, "transformer" + "x" * 60])
def test_words_that_only_look_like_two_are_one(text: str) -> None:
    """Parts that are too short, or known as others, are none."""
    assert len(tokens_of(text)) == 1
    assert classes(text) == ["-"]


def test_stops_part_and_phrases_stand_together() -> None:
    """A danda is a stop, too; what is harmless together leaves nothing."""
    assert tokens_of("fire. आग। fire") == ["fire", BARRIER, "~ag", BARRIER, "fire"]
    assert tokens_of("fire station") == []
    assert tokens_of("the live wire") == ["the", "livewire"]
    assert tokens_of("it isn’t") == ["it", "isn't"]
