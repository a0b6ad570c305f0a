"""Safety words: reviewed, complete, and the packaged ones wherever an operator has none."""

import re
from datetime import date

import pytest

from npcl_voice.domain.company import packaged_company
from npcl_voice.domain.complaints import HAZARD_KINDS
from npcl_voice.domain.safety import LONGEST_CHARS, SafetyWords, in_force, read_safety
from npcl_voice.errors import SettingsError

PACKAGED = packaged_company().safety
LANGUAGES = ("en", "hi")


def words(kind: str, text: str = "Keep away.", **given) -> SafetyWords:
    usual = {"language": "en", "reviewed": True, "source": "a page", "as_of": date(2026, 11, 22)}
    return SafetyWords(kind=kind, text=text, **(usual | given))


def test_every_danger_has_reviewed_words() -> None:
    """In each language that there is; numbers in them are the emergency services'."""
    assert {(one.language, one.kind) for one in PACKAGED} == {
        (code, kind) for code in LANGUAGES for kind in HAZARD_KINDS
    }
    assert all(one.reviewed and one.source for one in PACKAGED)
    numbers = {number for one in PACKAGED for number in re.findall(r"\d+", one.text)}
    assert numbers == {"101", "108", "112"}
    assert numbers <= packaged_company().public_numbers()


def test_what_the_words_say() -> None:
    """The points of the reference, each in its words; nothing about moving a wire or fighting a fire."""
    said = packaged_company().safety_words("en")
    for point in ("live", "ten metres", "wet", "children", "animals", "vehicles", "water", "fence", "stay inside"):
        assert point in said["wire_down"]
    for point in ("away", "101", "112", "not use water", "only if it is away from the fire"):
        assert point in said["fire"]
    for point in ("not touch", "only if you can reach it safely", "112 or 108", "doctor"):
        assert point in said["shock"]
    for text in said.values():
        assert not re.search(r"stick|pull|pour|extinguish|reset", text)


def test_what_the_words_say_in_hindi() -> None:
    """The same points; polite forms, and again nothing about moving, pulling or fighting."""
    said = packaged_company().safety_words("hi")
    for point in ("करंट मानिए", "दस मीटर", "गीला", "बच्चों", "जानवरों", "गाड़ियों", "मत छुइए", "पानी", "बाड़", "अंदर ही रहिए"):
        assert point in said["wire_down"]
    for point in ("करंट मानिए", "दस मीटर", "गीला", "बच्चों", "जानवरों", "गाड़ियों", "मत छुइए"):
        assert point in said["pole_damaged"]
    for point in ("दूर", "101", "112", "पानी मत डालिए", "तभी बंद कीजिए, जब वह आग से दूर हो"):
        assert point in said["fire"]
    for point in ("मत छुइए", "जब वहाँ तक पहुँचना सुरक्षित हो", "112 या 108", "डॉक्टर"):
        assert point in said["shock"]
    for point in ("दूर", "मत छुइए", "101 या 112"):
        assert point in said["sparking"]
    for text in said.values():
        assert not re.search("डंडे|लकड़ी|खींच|हटाइए|बुझाइए|रीसेट", text)
        assert not re.search("तुम|कर दो|जाओ|रहो", text)


@pytest.mark.parametrize("kind", sorted(HAZARD_KINDS))
def test_each_language_has_the_same_sentences_and_sources(kind: str) -> None:
    """So that a review of one is a review of the other: as many sentences, the same numbers, the same day."""
    english, hindi = (next(one for one in PACKAGED if (one.language, one.kind) == (code, kind)) for code in LANGUAGES)
    assert len(re.findall(r"[.।]", english.text)) == len(re.findall(r"[.।]", hindi.text))
    assert re.findall(r"\d+", english.text) == re.findall(r"\d+", hindi.text)
    assert (english.source, english.as_of) == (hindi.source, hindi.as_of)


def test_words_are_read() -> None:
    """One wording for each danger and language."""
    row = 'kind = "fire"\nlanguage = "hi"\ntext = "दूर रहिए।"\nreviewed = true\nsource = "x"\nas_of = 2026-11-22\n'
    assert read_safety(f"[[safety]]\n{row}") == (words("fire", "दूर रहिए।", language="hi", source="x"),)
    with pytest.raises(SettingsError, match=r"safety.toml: \[\[safety\]\] 2: fire in hi stands here twice"):
        read_safety(f"[[safety]]\n{row}[[safety]]\n{row}")
    for text in ("", "   ", "Call {helpline}.", "x" * (LONGEST_CHARS + 1)):
        damaged = row.replace("दूर रहिए।", text)
        with pytest.raises(SettingsError, match=r"1 \(fire\).*allowed: words as they are said, without gaps"):
            read_safety(f"[[safety]]\n{damaged}")
    for wrong in (row.replace('"hi"', '"Hindi"'), row.replace('"fire"', '"flood"')):
        with pytest.raises(SettingsError, match=r"safety\.toml"):
            read_safety(f"[[safety]]\n{wrong}")


def test_an_operator_s_words_are_laid_over_the_packaged_ones() -> None:
    """Those that are reviewed; the packaged words stand in for every other."""
    own = (words("fire", "Run."), words("shock", "Let go.", reviewed=False))
    said = {one.kind: one.text for one in in_force(own, PACKAGED) if one.language == "en"}
    assert said["fire"] == "Run."
    assert said["shock"] == packaged_company().safety_words("en")["shock"]
    assert said.keys() == HAZARD_KINDS
    assert in_force((), PACKAGED) == PACKAGED


def test_a_language_without_words_for_some_danger_is_refused() -> None:
    """A danger without words would be a silent call."""
    own = [words(kind, language="fr") for kind in sorted(HAZARD_KINDS)]
    assert len(in_force(own, PACKAGED)) == len(PACKAGED) + len(own)
    unsure = [words("fire", language="fr", reviewed=False), *(one for one in own if one.kind != "fire")]
    for few in (own[1:], unsure):
        with pytest.raises(SettingsError, match=r"safety\.toml: fr: there are no reviewed words for fire; a language"):
            in_force(few, PACKAGED)
