"""The file of words: read, put together, and refused with a reason when it is damaged."""

from importlib import resources

import pytest

from npcl_voice.errors import SettingsError
from npcl_voice.meaning.wording import LANGUAGES, read_wording, wording

ENGLISH = resources.files("npcl_voice.meaning").joinpath("words", "en.toml").read_text("utf-8")


def test_each_language_has_its_file_and_is_read_once() -> None:
    """English is there; a second question gives the same."""
    assert LANGUAGES == ("en",)
    assert wording("en") is wording("en")
    assert set(wording("en").decisive) == {"repeat", "agent"}
    assert set(wording("en").intents) == {
        *("new_complaint", "status", "no_supply", "fault", "hazard", "agent", "bye", "repeat"),
    }
    assert set(wording("en").answers) == {"wait", "wrong", "unknown", "yes", "no", "agreed"}
    assert {"yes", "haan"} <= wording("en").yes
    assert "no" in wording("en").no
    assert "sir" in wording("en").leads
    assert "achha" in wording("en").backchannels
    assert "the" in wording("en").stop


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("There's NO   light!", "there is no light"),
        ("I can't, I cannot, I cant", "i can not i can not i can not"),
        ("I won’t", "i will not"),
        ("it isn't; they dont; didn't", "it is not they do not did not"),
        ("that's it, what's thats", "that is it what is that is"),
        ("I'm, im", "i am i am"),
        ("we've you'll he'd they're i'd", "we have you will he d they are i would"),
        ("no one came", "nobody came"),
        ("black out, shut down, break down", "blackout breakdown breakdown"),
        ("snake_case - 12", "snake case 12"),
        (" ,. ", ""),
    ],
)
def test_a_text_is_made_plain(text: str, plain: str) -> None:
    """Lower case, no contractions, one blank between words."""
    assert wording("en").plain(text) == plain


def test_patterns_stand_between_word_boundaries_and_are_made_of_parts() -> None:
    """`cut` is no `cutlery`; a part may be made of parts."""
    words = read_wording(
        ENGLISH.replace(
            "supply = [\n", "thing = ['light', 'fan']\nbroken_thing = ['broken <thing>']\nsupply = [\n", 1
        ).replace("restored = [", "restored = [ 'one <broken_thing>', ", 1),
        "en.toml",
    )
    assert words.restored.search("one broken fan")
    assert not words.restored.search("one broken fans")
    assert not words.restored.search("none broken fan")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[parts]", "[parts", "en.toml: cannot be used: Expected ']'"),
        ("[parts]", "[other]\n[parts]", "Object contains unknown field `other`"),
        ("book = [", "box = [", "'book'"),
        ("'(?:beg your )?pardon'", "'(pardon'", "missing ), unterminated subpattern"),
        ('level = "P0"', 'level = "P9"', "Invalid enum value 'P9'"),
    ],
)
def test_a_damaged_file_is_refused_with_its_reason(old: str, new: str, message: str) -> None:
    """The error names the file."""
    assert old in ENGLISH
    with pytest.raises(SettingsError) as refused:
        read_wording(ENGLISH.replace(old, new, 1), "en.toml")
    assert refused.value.setting == "en.toml"
    assert message in str(refused.value)
