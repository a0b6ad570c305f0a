"""The words by which claims are known."""

from importlib import resources

import pytest

from npcl_voice.conversation.claims.acts import ACTS, STATUSES
from npcl_voice.conversation.claims.lexicon import LANGUAGES, lexicon, read_lexicon
from npcl_voice.errors import SettingsError

TEXTS = {
    language: resources.files("npcl_voice.conversation.claims").joinpath("words", f"{language}.toml").read_text("utf-8")
    for language in LANGUAGES
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_and_status_has_its_rule_and_its_words(language):
    """What stands in a file and not in the program would back nothing, and the other way round."""
    words = lexicon(language)
    assert words.acts.keys() == ACTS.keys()
    assert words.statuses.keys() - {"nothing_due", "before_long"} == STATUSES.keys()


def test_languages_have_the_same_names():
    """Moods, causes and facts are asked for by their names in any language."""
    english, hindi = map(lexicon, LANGUAGES)
    assert english.mood.keys() ^ hindi.mood.keys() == {"mid_question", "question"}
    assert english.causes.keys() == hindi.causes.keys()
    assert english.facts.keys() == hindi.facts.keys()
    assert english.topics.keys() == hindi.topics.keys()
    assert english.labels.keys() == hindi.labels.keys()


@pytest.mark.parametrize(
    ("row", "text", "found"),
    [
        ("is <adverb>? closed", " it is now closed ", True),
        ("is <adverb>? closed", " it is not closed ", False),
        ("sent .. message", " i sent you a short message ", True),
        ("sent .. message", " i sent you a very short message ", False),
        ("sent ... message", " i sent you and all the others a message ", True),
        ("^ done $", " done ", True),
        ("^ done $", " it is done ", False),
        ("un*", " undone ", True),
        ("*ed", " closed ", True),
        ("**ed", " ed ", False),
        ("take_care|help", " we take care ", True),
    ],
)
def test_how_patterns_are_written(row, text, found):
    """As the head of the English file has it."""
    lines = TEXTS["en"].replace("spared = [", f'spared = ["{row}", ', 1)
    words = read_lexicon(lines, "en.toml", loose=False)
    assert (words.statuses["spared"].search(text) is not None) is found


@pytest.mark.parametrize(
    ("wrong", "to", "reason"),
    [
        ("[classes]", "[classes", "Expected ']'"),
        ("[classes]", "[other]\n[classes]", "unknown field `other`"),
        ("spared = [", 'spared = ["<nobody>", ', "'nobody'"),
        ("spared = [", "spared = [1, ", "Expected `str`"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_damaged_file_is_refused_with_its_reason(language, wrong, to, reason):
    """It is told by its name."""
    assert wrong in TEXTS[language]
    with pytest.raises(SettingsError, match=r"xx\.toml: cannot be used") as told:
        read_lexicon(TEXTS[language].replace(wrong, to, 1), "xx.toml", loose=language != "en")
    assert reason in str(told.value)


def test_an_act_is_looked_for_where_one_of_its_words_stands():
    """A row of nothing but parts of words may be anywhere."""
    acts = lexicon("en").acts
    assert acts["queue"].may_be_in(frozenset({"queued"}))
    assert not acts["queue"].may_be_in(frozenset({"it", "is", "fixed"}))
    lines = TEXTS["en"].replace('past = "queued"', 'past = "*eued"', 1)
    assert read_lexicon(lines, "en.toml", loose=False).acts["queue"].may_be_in(frozenset())
