"""What is said and heard in each language."""

import ast
import tomllib
from pathlib import Path

import pytest

from npcl_voice import conversation
from npcl_voice.conversation.context import Line
from npcl_voice.conversation.phrases import PhraseBook, Phrases, languages, load_book, load_phrases, parse_phrases
from npcl_voice.domain.company import packaged_company, packaged_text, read_company
from npcl_voice.domain.complaints import HAZARD_KINDS
from npcl_voice.errors import SettingsError

RAW = {
    "language": "xx",
    "name": "Example",
    "style": "Be kind.",
    "voice": {"mouth": "one"},
    "say": {"ask": "Press {key} for {thing}, or call {helpline}.", "plain": "Hello."},
    "values": {"helpline": "1234"},
    "hear": {"yes": ["yes"]},
}


def test_the_languages_that_there_are():
    """One file each."""
    assert languages() == ("en", "hi")


@pytest.mark.parametrize("language", languages())
def test_a_language_is_read_once(language):
    """Its file is named after its code; the next reader gets the same."""
    phrases = load_phrases(language)
    assert phrases.language == language
    assert phrases.name
    assert load_phrases(language) is phrases


def test_a_language_that_has_no_phrases():
    """The setting is named, and so are the languages there are."""
    with pytest.raises(
        SettingsError, match=r"^language: there are no phrases for 'xx'; there are for: en, hi$"
    ) as caught:
        load_phrases("xx")
    assert caught.value.setting == "language"


def test_gaps_are_filled_from_the_line_and_from_what_never_changes():
    """What the line brings counts more; a gap that nothing fills is a bug of ours."""
    phrases = parse_phrases(RAW)
    assert phrases.render(Line("plain")) == "Hello."
    assert phrases.render(Line("ask", {"key": "1", "thing": "help"})) == "Press 1 for help, or call 1234."
    other = {"key": "1", "thing": "help", "helpline": "999"}
    assert phrases.render(Line("ask", other)) == "Press 1 for help, or call 999."
    with pytest.raises(KeyError, match="thing"):
        phrases.render(Line("ask", {"key": "1"}))
    with pytest.raises(KeyError, match="nothing"):
        phrases.render(Line("nothing"))


def test_what_tools_tell_in_english_is_said_in_the_language():
    """Terms, with any figures in them; names, numbers and other words stay."""
    phrases = parse_phrases({**RAW, "terms": {"soon": "bald", "within {n} to {n} hours": "in {n} bis {n} Stunden"}})

    def said(thing: str) -> str:
        return phrases.render(Line("ask", {"key": "1", "thing": thing, "helpline": "9"}))

    assert said("soon") == "Press 1 for bald, or call 9."
    assert said("within 2 to 30 hours") == "Press 1 for in 2 bis 30 Stunden, or call 9."
    assert said("Soon") == "Press 1 for bald, or call 9."
    assert said("Alpha 1") == "Press 1 for Alpha 1, or call 9."


@pytest.mark.parametrize(
    ("language", "cause", "said"),
    [
        ("en", "cable fault", "The cause is a cable fault."),
        ("en", "overload", "The cause is overload."),
        ("hi", "cable fault", "इसकी वजह केबल की ख़राबी है।"),
        ("hi", "jumper burnt", "इसकी वजह jumper burnt है।"),
    ],
)
def test_the_cause_of_an_outage(language, cause, said):
    """In the language, where it has words for it; else as it is noted."""
    assert load_phrases(language).render(Line("outage_cause", {"cause": cause})) == said


def test_every_cause_that_has_words_has_them_in_each_language():
    """None is told in English in the middle of a Hindi sentence."""
    assert load_phrases("en").terms.keys() <= load_phrases("hi").terms.keys()


def test_a_book_of_languages():
    """Calls begin in the first; a language that has no phrases is spoken as that one."""
    book = load_book("hi")
    assert (book.begins, book.first.language) == ("hi", "hi")
    assert book.all.keys() == set(languages())
    assert book.phrases("en") == load_phrases("en")
    assert book.phrases("xx") is book.first
    assert book.render(Line("bridge"), "en") == "One moment, please."
    assert book.render(Line("bridge"), "hi") == load_phrases("hi").say["bridge"]
    assert PhraseBook.of(load_phrases("en")).all.keys() == {"en"}
    with pytest.raises(SettingsError, match="there are no phrases for 'xx'"):
        load_book("xx")


def test_the_gaps_of_a_phrase():
    """By their names, whatever fills them."""
    phrases = parse_phrases(RAW)
    assert phrases.gaps("ask") == {"key", "thing", "helpline"}
    assert phrases.gaps("plain") == frozenset()


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({**RAW, "say": {"ask": 3}}, "phrases: Expected `str`, got `int` - at `$.say[...]`"),
        ({**RAW, "sya": {}}, "phrases: Object contains unknown field `sya`"),
        ({key: RAW[key] for key in RAW if key != "name"}, "phrases: Object missing required field `name`"),
    ],
)
def test_a_file_that_is_wrong(raw, message):
    """What is wrong with it is said."""
    with pytest.raises(SettingsError) as caught:
        parse_phrases(raw)
    assert str(caught.value) == message
    assert caught.value.__cause__ is None


def test_a_file_that_is_right():
    """Everything in it is there."""
    assert parse_phrases(RAW) == Phrases(**RAW)


def _said_by_our_own_voice():
    """What stands in `say(...)` and `_close(...)`, and the timers that are named after what they have said."""
    room = Path(conversation.__file__).parent
    for path in room.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="say" | "_close"), args=[ast.Constant(value=str(phrase)), *_]):
                    yield phrase
                case ast.MatchOr(patterns=patterns) if path.name == "machine.py":
                    for pattern in patterns:
                        if isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant):
                            yield pattern.value.value


@pytest.mark.parametrize("language", languages())
def test_our_own_voice_has_its_phrases(language):
    """They need nothing filled in but what never changes."""
    phrases = load_phrases(language)
    said = set(_said_by_our_own_voice())
    assert said == {
        "claim_given_up",
        "device_back",
        "farewell",
        "greeting",
        "idle",
        "idle_goodbye",
        "limit_goodbye",
        "limit_warning",
        "stumbled_over",
        "trouble",
    }
    for phrase in said:
        assert phrases.gaps(phrase) <= phrases.values.keys()


@pytest.mark.parametrize("language", languages())
def test_no_value_is_without_a_phrase(language):
    """What fills gaps that nothing has would be read by translators for nothing."""
    phrases = load_phrases(language)
    assert set(phrases.values) <= {name for phrase in phrases.say for name in phrases.gaps(phrase)}


@pytest.mark.parametrize("language", languages())
def test_every_danger_has_its_safety_words(language):
    """They need nothing filled in: they can be said at once."""
    phrases = load_phrases(language)
    spoken = {key.removeprefix("safety_") for key in phrases.say if key.startswith("safety_")}
    assert spoken == HAZARD_KINDS
    for kind in HAZARD_KINDS:
        assert phrases.gaps(f"safety_{kind}") <= phrases.values.keys()


@pytest.mark.parametrize("language", languages())
def test_what_is_the_company_s_is_not_written_twice(language):
    """Safety words and helplines stand in `domain/data` alone, and reach the phrases from there."""
    text = (Path(conversation.__file__).parent / "phrases" / f"{language}.toml").read_text("utf-8")
    assert not [key for key in tomllib.loads(text)["say"] if key.startswith("safety_")]
    for number in ("6226666", "1912"):
        assert number not in text
    phrases, company = load_phrases(language), packaged_company()
    assert phrases.values == company.helpline_values()
    for kind, words in company.safety_words(language).items():
        assert phrases.say[f"safety_{kind}"] == words


def test_an_operator_s_words_and_numbers_are_said():
    """Those that are reviewed and confirmed; all else stays."""
    fire = 'kind = "fire"\nlanguage = "en"\ntext = "Run."\nreviewed = true\nsource = "x"\nas_of = 2026-11-22'
    company = read_company(
        {
            "safety.toml": f"[[safety]]\n{fire}",
            "helplines.toml": packaged_text("helplines.toml").replace("1912", "1919"),
        }
    )
    phrases, packaged = load_phrases("en", company), load_phrases("en")
    assert phrases.render(Line("safety_fire")) == "Run."
    assert phrases.render(Line("outside_area", {"place": "Noida"})).endswith("Their helpline is 1919.")
    assert packaged.render(Line("outside_area", {"place": "Noida"})).endswith("Their helpline is 1912.")
    changed = {key for key in packaged.say if phrases.say[key] != packaged.say[key]}
    assert changed == {"safety_fire"}
