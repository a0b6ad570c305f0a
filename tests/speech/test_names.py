"""A person's name where one is asked for: its sounds, its grammar, and what the ears make of it."""

from functools import cache
from pathlib import Path

import pytest
from pocketsphinx import get_model_path

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.expectation import ANYTHING, Expectation
from npcl_voice.meaning.hazards import find_hazard
from npcl_voice.meaning.names import FAMILY_NAMES, GIVEN_NAMES, PERSONS_NAMES
from npcl_voice.speech.local.ears import EarsModel, Vocabulary
from npcl_voice.speech.local.grammars import ANSWERS, LINKS, name_arcs, sound_of
from npcl_voice.speech.local.lexicon import read_dictionary
from npcl_voice.speech.local.lexicon_names import names_dictionary
from tests.speech.hearing import turn

CMU = Path(get_model_path()) / "en-us" / "cmudict-en-us.dict"
NAME = Expectation(person=True)


@cache
def ears(language: str = "en") -> EarsModel:
    """The product's ears."""
    places = tuple(area.name for area in packaged_areas())
    return EarsModel(Vocabulary.of(load_phrases(language).hear, places, language))


def heard(text: str, expectation: Expectation, voice: str = "awb", line: str = "clean") -> str:
    """What they make of a sentence."""
    listener = ears().listener()
    listener.begin(expectation)
    listener.feed(turn(text, voice, line).tobytes())
    return listener.finish().text


def test_every_name_has_its_sounds():
    """From its Devanagari, from the dictionary of English, and from its letters; the end long and short."""
    ways = read_dictionary(names_dictionary(CMU).splitlines())
    assert ways.keys() == {sound_of(name) for name in PERSONS_NAMES}
    assert all(len(set(each)) == len(each) for each in ways.values())
    assert {"K AH V IH T AA", "K AH V IH T AH"} <= {*ways[sound_of("kavita")]}
    assert "R AA JH EY SH" in ways[sound_of("rajesh")]
    assert "SH AA R M AH" in ways[sound_of("sharma")]


@pytest.mark.parametrize("language", sorted(ANSWERS))
def test_what_the_grammar_of_names_takes(language):
    """A given name, a family's, both with one between them or without, what is said around it, and no name at all."""
    arcs, final = name_arcs(ANSWERS[language])
    steps: dict[int, list[tuple[int, str]]] = {}
    for start, end, chance, *word in arcs:
        assert chance > 0
        steps.setdefault(start, []).append((end, "".join(word)))

    def takes(*words: str) -> bool:
        states = {(0, 0)}
        while states:
            state, said = states.pop()
            if (state, said) == (final, len(words)):
                return True
            for end, word in steps.get(state, ()):
                if not word:
                    states.add((end, said))
                elif said < len(words) and word == words[said]:
                    states.add((end, said + 1))
        return False

    priya, singh, kumar = map(sound_of, ("priya", "singh", "kumar"))
    before, after = ANSWERS[language].before_name[0].split(), ANSWERS[language].after_name[0].split()
    assert takes(priya)
    assert takes(singh)
    assert takes(*before, priya, singh, *after)
    assert takes(priya, kumar, singh)
    assert takes(*ANSWERS[language].other[0].split())
    assert not takes(singh, priya)
    assert not takes(*before)
    assert {*LINKS} <= PERSONS_NAMES


@pytest.mark.parametrize("line", ["clean", "pcmu"])
@pytest.mark.parametrize("said", ["anjali yadav", "my name is vikram chauhan", "deepak sharma"])
def test_a_name_is_heard_where_one_is_asked_for(said: str, line: str) -> None:
    """Free words have no names; after the question they are listened for."""
    assert heard(said, NAME, line=line) == said
    assert PERSONS_NAMES.isdisjoint(heard(said, ANYTHING, line=line).split())


@pytest.mark.parametrize("line", ["clean", "pcmu"])
@pytest.mark.parametrize(
    "said", ["i do not want to say it", "there is a fire in my house", "what is the status of my complaint"]
)
def test_another_answer_than_a_name_is_heard_as_words(said: str, line: str) -> None:
    """Danger, refusals and other wishes are no names."""
    assert heard(said, NAME, "slt", line) == said


@pytest.mark.parametrize("line", ["clean", "pcmu"])
@pytest.mark.parametrize("voice", ["slt", "awb", "kal16"])
@pytest.mark.parametrize(
    "said", ["wait a pole outside in techzone four is throwing sparks", "the transformer is burning"]
)
def test_danger_is_never_taken_for_a_name(said: str, voice: str, line: str) -> None:
    """Nor is what is longer than any name."""
    assert find_hazard(heard(said, NAME, voice, line)) is not None


def test_a_number_instead_of_a_name_is_heard_as_one():
    """Who says the consumer number says it whole."""
    assert heard("two nine nine zero seven four one eight five two", NAME) == "2990741852"


def test_silence_is_no_name():
    """Nothing was said."""
    listener = ears().listener()
    listener.begin(NAME)
    listener.feed(bytes(32_000))
    assert PERSONS_NAMES.isdisjoint(listener.finish().text.split())


def test_names_are_listened_for_in_a_hindi_call():
    """The grammar of Hindi has its own words around a name, and all of them have a sound."""
    words = {arc[3] for arc in name_arcs(ANSWERS["hi"])[0] if len(arc) == 4}
    places = tuple(area.name for area in packaged_areas())
    vocabulary = Vocabulary.of(load_phrases("hi").hear, places, "hi")
    assert words <= read_dictionary((vocabulary.dictionary + vocabulary.names).splitlines()).keys()
    assert {sound_of(name) for name in (*GIVEN_NAMES, *FAMILY_NAMES)} <= words
    listener = ears("hi").listener()
    listener.begin(NAME)
    listener.feed(turn("anjali yadav", "awb", "clean").tobytes())
    assert listener.finish().text.split()[:2] == ["anjali", "yadav"]
