"""The words of money, times and durations."""

import tomllib
from importlib import resources

import pytest

from npcl_voice.errors import SettingsError
from npcl_voice.meaning.quantity_words import quantity_words, read_quantity_words
from npcl_voice.meaning.tokens import tokens_of

TEXT = resources.files("npcl_voice.meaning").joinpath("words", "quantities.toml").read_text("utf-8")


def test_words_are_known_as_written_or_folded():
    """What stands before the slash is compared as written, what stands behind it folded."""
    words = quantity_words()
    said = {
        text: words.units.get(tokens_of(text)[0]) for text in ("hours", "ghante", "घंटों", "minute", "मिनट", "hourglass")
    }
    assert said == {"hours": 60, "ghante": 60, "घंटों": 60, "minute": 1, "मिनट": 1, "hourglass": None}
    assert tokens_of("rupees")[0] in words.money["rupees"]
    assert tokens_of("paise")[0] not in words.money["rupees"]
    assert None not in words.money["rupees"]


def test_parts_of_the_day_have_their_hours():
    """The night goes on beyond midnight; every hour belongs to some part."""
    hours = {name: (begins, ends) for name, begins, ends in quantity_words().hours}
    assert hours["morning"][0] < hours["morning"][1] <= hours["night"][0]
    covered = {hour % 24 for begins, ends in hours.values() for hour in range(begins, ends)}
    assert covered == set(range(24))


def test_phrases_that_tell_no_time_are_ordered_by_length():
    """The longest is tried first."""
    assert quantity_words().soon["as"][0] == ("as", "soon", "as", "possible")
    assert all(list(map(len, some)) == sorted(map(len, some), reverse=True) for some in quantity_words().soon.values())


@pytest.mark.parametrize(
    ("wrong", "to", "reason"),
    [
        ("[money]", "[money", "Expected ']'"),
        ("[money]", "[other]\n[money]", "unknown field `other`"),
        ('half_more = "', 'half_mor = "', "unknown field `half_mor`"),
        ("\n60 = ", "\nhour = ", "invalid literal for int"),
        ('tens = "twentieth thirtieth"', 'tens = "twentieth"', "zip()"),
    ],
)
def test_a_damaged_file_is_refused_with_its_reason(wrong, to, reason):
    """It is told by its name."""
    assert wrong in TEXT
    with pytest.raises(SettingsError, match=r"quantities\.toml: cannot be used") as told:
        read_quantity_words(TEXT.replace(wrong, to, 1), "quantities.toml")
    assert reason in str(told.value)


def test_the_packaged_file_is_read_as_it_stands():
    """Whole."""
    assert read_quantity_words(TEXT, "quantities.toml") == quantity_words()
    assert tomllib.loads(TEXT)
