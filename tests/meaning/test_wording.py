"""The files of words: read, put together, and refused with a reason when they are damaged."""

from importlib import resources

import msgspec
import pytest

from npcl_voice.errors import SettingsError
from npcl_voice.meaning.wishes import Signs
from npcl_voice.meaning.wording import LANGUAGES, patterns_of, read_wording, wording

WORDS = resources.files("npcl_voice.meaning").joinpath("words")
ENGLISH = WORDS.joinpath("en.toml").read_text("utf-8")
WISHES = WORDS.joinpath("wishes-en.toml").read_text("utf-8")


def test_each_language_has_its_files_and_is_read_once() -> None:
    """English and Hindi are there; a second question gives the same."""
    assert LANGUAGES == ("en", "hi")
    for language in LANGUAGES:
        words = wording(language)
        assert wording(language) is words
        assert words.name == language
        assert set(words.answers) == {"wait", "wrong", "unknown", "leave", "yes", "no", "agreed"}
        assert list(words.needs) == ["ventilator", "oxygen", "dialysis", "infant", "elderly"]
        assert set(words.windows) == {"morning", "afternoon", "evening", "now"}
    assert {"yes", "haan"} <= wording("en").yes
    assert "no" in wording("en").no
    assert "sir" in wording("en").leads
    assert "achha" in wording("en").backchannels
    assert {"the"} <= wording("en").stop & wording("en").own


def test_every_sign_is_shown_in_every_language() -> None:
    """A sign without patterns would be missed unseen."""
    signs = {field.name for field in msgspec.structs.fields(Signs)}
    assert set(wording("en").signs) == signs
    assert set(wording("hi").signs) == signs


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


def test_hindi_is_made_plain_in_one_spelling() -> None:
    """Both scripts, short forms and borrowed words come to the same words."""
    words = wording("hi")
    assert words.folded
    same = {words.plain(text) for text in ("Light nahin aa rahi hai.", "lite nhi aa rhi h", "लाइट नहीं आ रही है")}
    assert len(same) == 1
    assert words.plain("सड़क") == words.plain("sadak") == words.plain("सड\u093cक")
    assert words.plain(" ,। ") == ""


def test_patterns_stand_between_word_boundaries_and_are_made_of_parts() -> None:
    """`cut` is no `cutlery`; a part may be made of parts."""
    words = read_wording(
        ENGLISH.replace("[parts]", "[parts]\nthing = ['light', 'fan']\nbroken_thing = ['broken <thing>']", 1),
        WISHES.replace("restored = [", "restored = [ 'one <broken_thing>', ", 1),
        "en",
    )
    restored = words.signs["restored"]
    assert restored.search("one broken fan")
    assert not restored.search("one broken fans")
    assert not restored.search("none broken fan")


def test_further_patterns_are_written_as_those_of_the_file() -> None:
    """With its parts, and in its spelling."""
    assert patterns_of("hi", {"x": ("<neg> aayi",)})["x"].search(wording("hi").plain("नहीं आई"))
    assert patterns_of("en", {"x": ("<person> came",)})["x"].search("somebody came")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[parts]", "[parts", "en.toml: cannot be used: Expected ']'"),
        ("[parts]", "[other]\n[parts]", "Object contains unknown field `other`"),
        ("book = [", "box = [", "'book'"),
        ("'(?:beg your )?pardon'", "'(pardon'", "missing ), unterminated subpattern"),
        ("theft = [", "thefts = [", "Object contains unknown field `thefts`"),
    ],
)
def test_a_damaged_file_is_refused_with_its_reason(old: str, new: str, message: str) -> None:
    """The error names the language's file, whichever of the two it is."""
    assert old in ENGLISH + WISHES
    with pytest.raises(SettingsError) as refused:
        read_wording(ENGLISH.replace(old, new, 1), WISHES.replace(old, new, 1), "en")
    assert refused.value.setting == "en.toml"
    assert message in str(refused.value)
