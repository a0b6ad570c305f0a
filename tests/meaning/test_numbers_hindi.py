"""Spoken numbers as India says them: both languages, both scripts, and the everyday words that are none."""

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.errors import SettingsError
from npcl_voice.meaning.numbers import digits_in, hindi_cardinal, number_runs, read_back
from npcl_voice.meaning.numbers.words import number_words, read_number_words
from npcl_voice.meaning.script import romanised

SPOKEN = number_words().spoken
BESIDE = {"hi": {"latin": "nau", "devanagari": "नौ"}, "en": {"latin": "nine", "devanagari": "नाइन"}}


@pytest.mark.parametrize("script", ["latin", "devanagari"])
@pytest.mark.parametrize("tongue", ["en", "hi"])
def test_every_number_is_known_in_both_scripts(tongue, script) -> None:
    """English to nineteen, Hindi to ninety-nine; beside another, since `do` and `ek` alone are everyday words."""
    words = SPOKEN[tongue, script]
    assert len(words) == {"en": 20, "hi": 100}[tongue]
    for value, word in enumerate(words):
        assert digits_in(f"{BESIDE[tongue][script]} {word}") == f"9{value}", word


def test_hindi_that_was_romanised_reads_the_same() -> None:
    """The understanding writes Devanagari in Latin letters before it looks."""
    for value, word in enumerate(SPOKEN["hi", "devanagari"]):
        assert digits_in(f"nau {romanised(word)}") == f"9{value}", word


SAID = [
    # Digits.
    ("do nau nau shunya char ek saat teen chhah paanch", "2990417365"),
    ("मेरा नंबर दो नौ नौ शून्य चार एक सात तीन छह पाँच है", "2990417365"),
    ("टू नाइन नाइन ज़ीरो फोर वन सेवन थ्री सिक्स फाइव", "2990417365"),
    ("दो nine नौ zero ४ one saat", "2990417"),
    ("छः छे छ: नौ", "6669"),
    ("sifar jeero sunya जीरो ओ", "00000"),
    ("पाँ\u200cच नौ", "59"),
    # Seven, sixty, and "with".
    ("nau saat", "97"),
    ("nau saath", "960"),
    ("nau sath", "960"),
    ("नौ साठ", "960"),
    ("mere saath aao", ""),
    # Pairs, hundreds and more.
    ("untees nabbe iktalis tihattar painsath", "2990417365"),
    ("उनतीस नब्बे इकतालीस तिहत्तर पैंसठ", "2990417365"),
    ("ट्वेंटी नाइन नाइंटी", "2990"),
    ("sixty do", "602"),
    ("do hazaar nau sau nabbe", "2990"),
    ("दो हज़ार, चार सौ बारह", "2000412"),
    ("do sau paanch", "205"),
    ("teraasi lakh chaar sau satrah", "8300417"),
    ("one crore two lakh", "10200000"),
    ("sau", ""),
    # Many of one digit.
    ("dabal nau tripal zero", "99000"),
    ("डबल नाइन ट्रिपल शून्य", "99000"),
    ("quadruple zero five", "00005"),
    ("four zeros two nines", "000099"),
    ("char baar zero, paanch", "00005"),
    ("zero chaar baar phir paanch", "00005"),
    ("zero char baar paanch", "00005"),
    ("zero, teen baar paanch", "0555"),
    ("nau teen baar paanch", "9555"),
    ("three times zero", "000"),
    ("nine times zero", "0"),
    ("teen baar light gayi", ""),
    ("twelve times", ""),
    ("45 teen baar", "45"),
    # Misspelt beside a number.
    ("nau chauhttar", "974"),
    ("chauhttar nau", "749"),
    ("chauhttar", ""),
    ("नौ सेक्टर", "9"),
    # Fillers and waits.
    ("do nau, ek minute, nau, ruko, shunya, haan ji, chaar", "29904"),
    ("one moment nine eight", "98"),
    ("दो नौ, एक मिनट, शून्य", "290"),
    # Slips.
    ("chaar, nahi nahi, saat", "7"),
    ("चार, नहीं, सात आठ", "78"),
    ("nau aath galat saat", "97"),
    ("nau aath ki jagah saat", "97"),
    ("nau aath make that saat", "97"),
    ("nau aath saat, phir se, nau aath chhah", "986"),
    ("नौ आठ, शुरू से, नौ सात", "97"),
    ("nine eight, oh sorry, seven", "97"),
    ("nine eight, oh no, start again, nine seven", "97"),
]


@pytest.mark.parametrize(("text", "digits"), SAID)
def test_a_number_is_read_however_it_is_said_in_india(text: str, digits: str) -> None:
    """All digits of the text, in order, corrections applied."""
    assert digits_in(text) == digits


@pytest.mark.parametrize(
    "text",
    [
        "ek complaint karni hai",
        "number bata do",
        "likh do",
        "haan do",
        "please do",
        "how do i do that",
        "do not do it",
        "ek do din se",
        "ek hi phase",
        "light do ghante se nahi hai",
        "aaj saat baje se",
        "दो घंटे से बिजली नहीं है",
        "मुझे एक शिकायत करनी है",
        "kal se light nahi",
        "aur ek baat",
        "tera bill",
        "2nd floor, 5वीं मंज़िल",
        "mere do bachche hain aur ek meter",
    ],
)
def test_everyday_words_are_no_numbers(text: str) -> None:
    """`do` is "give", `ek` is "a", and what is counted is no dictation."""
    assert digits_in(text) == ""


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("ek", "1"),
        ("haan, ek", "1"),
        ("ek do ek", "121"),
        ("do ek do ek", "2121"),
        ("likh do nau nau", "99"),
        ("nau nau do", "992"),
        ("nau, phir do, phir teen", "923"),
        ("call 112. Do not wait", "112"),
        ("बोलो एक दो एक", "121"),
    ],
)
def test_everyday_words_count_beside_numbers(text: str, digits: str) -> None:
    """Beside one, between two, three in a row, or where nothing else is said."""
    assert digits_in(text) == digits


def test_a_unit_knows_its_language_and_script() -> None:
    """The mask answers in the same."""
    units = number_runs("nine nau नौ नाइन ९")[0].units
    assert [(unit.tongue, unit.script) for unit in units[:4]] == [
        ("en", "latin"),
        ("hi", "latin"),
        ("hi", "devanagari"),
        ("en", "devanagari"),
    ]
    assert units[4].form == "numeral"


@given(st.text(alphabet="0123456789", max_size=12))
def test_reading_back_in_hindi_and_hearing_is_the_same_number(digits: str) -> None:
    """In Hindi and in English digits."""
    assert digits_in(read_back(digits, "hi")) == digits.lstrip() or set(digits) <= set("12")
    assert digits_in(read_back(digits, "hi", english_digits=True)) == digits


def test_a_number_is_read_back_in_hindi() -> None:
    """With commas for pauses."""
    assert read_back("000054321", "hi") == "शून्य शून्य शून्य, शून्य पाँच चार, तीन दो एक"
    assert read_back("2990", "hi", english_digits=True) == "टू नाइन नाइन ज़ीरो"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "शून्य"),
        (99, "निन्यानवे"),
        (100, "एक सौ"),
        (205, "दो सौ पाँच"),
        (1500, "एक हज़ार पाँच सौ"),
        (123456, "एक लाख तेईस हज़ार चार सौ छप्पन"),
        (12_500_000, "एक करोड़ पच्चीस लाख"),
    ],
)
def test_whole_numbers_are_counted_in_hindi(number: int, words: str) -> None:
    """Hundred, thousand, lakh, crore."""
    assert hindi_cardinal(number) == words


@given(st.integers(1, 9_999_999))
def test_hindi_cardinals_are_heard_as_what_they_are(number: int) -> None:
    """Said and heard."""
    assert digits_in(f"नौ, {hindi_cardinal(number)}") == f"9{number}"


def test_a_negative_number_is_not_read_aloud() -> None:
    """Nobody says one here."""
    with pytest.raises(ValueError, match="not negative"):
        hindi_cardinal(-1)


def test_damaged_words_are_refused() -> None:
    """Naming the file and what is wrong."""
    with pytest.raises(SettingsError, match=r"x\.toml"):
        read_number_words("[hindi]", "x.toml")
    good = resources.files("npcl_voice.meaning").joinpath("words", "numbers.toml").read_text("utf-8")
    with pytest.raises(SettingsError, match="nau stands for 8 and for 9"):
        read_number_words(good.replace('"आठ aath', '"आठ nau aath'), "x.toml")
    with pytest.raises(SettingsError, match="rows"):
        read_number_words(good.replace('"टेन ten",', ""), "x.toml")
