"""The files of the words of danger: read, put together, and refused with a reason when they are damaged."""

from importlib import resources

import pytest

from npcl_voice.errors import SettingsError
from npcl_voice.meaning.danger_words import LANGUAGES, RULES, danger, read_danger

FOLDER = resources.files("npcl_voice.meaning").joinpath("words")
TEXTS = {name: FOLDER.joinpath(f"danger-{name}.toml").read_text("utf-8") for name in (*LANGUAGES, RULES)}


def test_the_packaged_words_are_read_once() -> None:
    """A second question gives the same."""
    assert danger() is danger()
    assert read_danger(TEXTS) == danger()


def test_english_is_compared_as_it_stands_and_hindi_folded() -> None:
    """But for Hindi words that are marked, since others fold to the same."""
    assert danger().token("fire") == "fire"
    assert danger().token("aag") == danger().token("aagh") == "~ag"
    assert danger().token("dheela") == "dheela"
    assert "fire" in danger().classes["fire"]
    assert "fire" in danger().classes["~ag"]
    assert "loose" in danger().classes["dheela"]
    assert "~dila" not in danger().classes


def test_a_class_may_contain_another() -> None:
    """A pole is a thing that current comes from."""
    assert {"pole", "surface", "things", "plant", "equipment"} <= danger().classes["pole"]


def test_every_rule_and_chain_is_of_classes_that_have_words() -> None:
    """And every kind of danger has rules of its level."""
    words = frozenset().union(*danger().classes.values())
    chains = {chain.name: chain for chain in danger().chains}
    assert all({*chain.classes, chain.but} - {""} <= words for chain in chains.values())
    for rule in danger().rules:
        assert all(name in words or name in chains for name in (*rule.together, *rule.unless))
    assert {rule.hazard.kind for rule in danger().rules if rule.hazard.level == "P0"} == {
        *("shock", "fire", "wire_down", "pole_damaged"),
    }
    assert {rule.hazard.kind for rule in danger().rules if rule.hazard.level == "P1"} == {
        *("shock", "sparking", "wire_down", "pole_damaged"),
    }
    assert danger().events <= words


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("en", "[grammar]", "[grammar", "danger-en.toml: cannot be used: Expected ']'"),
        (
            "hi",
            "[grammar]",
            "[other]\n[grammar]",
            "danger-hi.toml: cannot be used: Object contains unknown",
        ),
        (RULES, 'level = "P0"', 'level = "P9"', "danger-rules.toml: cannot be used: Invalid enum value 'P9'"),
        (
            RULES,
            '"electricshock"',
            '"electricshok"',
            "danger-rules.toml: cannot be used: no language has words for",
        ),
        (RULES, '"lamp>-jal"', '"lamp>-jall"', "no language has words for jall"),
    ],
)
def test_a_damaged_file_is_refused_with_its_reason(name: str, old: str, new: str, message: str) -> None:
    """The error names the file."""
    assert old in TEXTS[name]
    with pytest.raises(SettingsError) as refused:
        read_danger(TEXTS | {name: TEXTS[name].replace(old, new, 1)})
    assert refused.value.setting == f"danger-{name}.toml"
    assert message in str(refused.value)
