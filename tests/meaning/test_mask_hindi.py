"""The mask in Hindi, in either script: covered in its own form, and everyday Hindi left alone."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from npcl_voice.meaning import private
from npcl_voice.meaning.mask import Mask
from npcl_voice.meaning.names import DEVANAGARI_OF, PLACEHOLDERS, in_latin
from npcl_voice.meaning.numbers import DIGIT_WORDS, digits_in
from npcl_voice.meaning.numbers.words import number_words
from npcl_voice.meaning.script import has_devanagari

MASK = Mask(b"a call")
TO = {digit: MASK.digits(digit) for digit in "0123456789"}
keys = st.binary(min_size=1, max_size=8)


def over(text: str) -> str:
    """`text` with each ASCII digit covered."""
    return "".join(TO.get(letter, letter) for letter in text)


def words(digits: str) -> str:
    """The English words of covered digits."""
    return " ".join(DIGIT_WORDS[int(TO[digit])] for digit in digits)


def hindi(digits: str) -> str:
    """The Hindi words of covered digits."""
    return " ".join("शून्य एक दो तीन चार पाँच छह सात आठ नौ".split()[int(TO[digit])] for digit in digits)


def hinglish(digits: str) -> str:
    """The same in Latin letters."""
    return " ".join("shunya ek do teen chaar paanch chhah saat aath nau".split()[int(TO[digit])] for digit in digits)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("मेरा नंबर नौ आठ सात है", f"मेरा नंबर {hindi('987')} है"),
        ("mera number nau aath saat hai", f"mera number {hinglish('987')} hai"),
        ("nau eight सात 6 ५", f"{hinglish('9')} {words('8')} {hindi('7')} {over('6')} {chr(ord('०') + int(TO['5']))}"),
        ("बासठ चौवालीस लिखो", f"{hindi('62')} {hindi('44')} लिखो"),
        ("डबल नौ आठ लिखो", f"डबल {hindi('9')} {hindi('8')} लिखो"),
        ("teen baar zero likho", f"{words('000')} likho"),
        ("zero char baar paanch likho", f"{words('0000')} {hinglish('5')} likho"),
        ("मकान नंबर 12 में", f"मकान नंबर {over('12')} में"),
        ("makaan number do sau paanch mein", f"makaan number {hinglish('205')} mein"),
        ("9८7 likho", f"{over('9')}{chr(ord('०') + int(TO['8']))}{over('7')} likho"),
        ("nau aath saat, haan ek", f"{hinglish('987')}, haan {hinglish('1')}"),
        ("nau aath saat, haan ek complaint hai", f"{hinglish('987')}, haan ek complaint hai"),
        ("nau aath saat, oh sorry", f"{hinglish('987')}, oh sorry"),
        ("from 10 to 12 no light", "from 10 to 12 no light"),
        ("4 dekhta 8 achanak 2 hai", "4 dekhta 8 achanak 2 hai"),
        (
            "4 dekhta 8 achanak 2 phir kahin 1",
            f"{over('4')} dekhta {over('8')} achanak {over('2')} phir kahin {over('1')}",
        ),
        ("alpha 1 dekhta 8 achanak 2 kahin 3", "alpha 1 dekhta 8 achanak 2 kahin 3"),
    ],
)
def test_numbers_are_covered_in_their_own_language_and_script(text: str, masked: str) -> None:
    """What was said in Hindi stays Hindi; a number with strange words in it is one number."""
    assert MASK.text(text) == masked


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("मेरा नाम ज़ोरावर है", "ज़ोरावर"),
        ("मैं ज़ोरावर बोल रहा हूँ", "ज़ोरावर"),
        ("मैं ज़ोरावर हूँ", "ज़ोरावर"),
        ("बिल ज़ोरावर के नाम पर है", "ज़ोरावर"),
        ("राहुल को भेजिए", "राहुल"),
        ("मेरा नाम पुरी है", "पुरी"),
        ("मेरा पता है ज़ोरावर गली", "ज़ोरावर"),
        ("main zorawar bol raha hoon", "zorawar"),
        ("Zorawar baat kar raha hai", "Zorawar"),
    ],
)
def test_hindi_names_become_made_up_names_of_their_script(text: str, name: str) -> None:
    """By their introduction, or because they are known."""
    assert MASK.text(text) == text.replace(name, MASK.name(name))


@pytest.mark.parametrize(
    "text",
    [
        "मैं बहुत परेशान हूँ",
        "मैं घर से बोल रहा हूँ",
        "मुझे पता नहीं है",
        "मेरा पता है डेल्टा पार्क के पास",
        "आपका नाम क्या है",
        "main ghar se bol raha hoon",
        "main bimar hoon",
        "mujhe pata nahi hai kya hua",
        "मेरे घर में दो दिन से बिजली नहीं है, सेक्टर सोलह",
        "सिंगल फेज़ नहीं आ रहा",
        "पूरी कॉलोनी में अंधेरा है",
    ],
)
def test_hindi_that_identifies_nobody_is_left_alone(text: str) -> None:
    """Complaints, places and moods."""
    assert MASK.text(text) == text


def test_a_name_has_one_placeholder_in_both_scripts() -> None:
    """So that a log in both still tells who is who."""
    for name in ("rahul", "anjali", "narendra", "arora"):
        made_up = MASK.name(DEVANAGARI_OF[name])
        assert has_devanagari(made_up)
        assert made_up == PLACEHOLDERS[MASK.name(name)]
        assert in_latin(made_up) == MASK.name(name)


@pytest.mark.parametrize("name", ["अरोड़ा", "चोपड़ा", "गौड़", "नरेन्द्र", "फ़ातिमा"])
def test_names_with_dots_are_covered(name: str) -> None:
    """Whatever sign tells how they sound."""
    assert name not in MASK.text(f"बिल {name} का है")
    assert len({private.placeholder("र", place) for place in range(len(PLACEHOLDERS))}) == len(PLACEHOLDERS)


HINDI_PARTS = st.lists(
    st.sampled_from([
        *number_words().spoken["hi", "devanagari"],
        *number_words().spoken["en", "devanagari"],
        *"डबल नहीं और हाँ ०५ सौ हज़ार".split(),
    ]),
    min_size=3,
    max_size=12,
)  # fmt: skip
HINGLISH_PARTS = st.lists(
    st.sampled_from([
        *number_words().spoken["hi", "latin"],
        *"dabal tripal nahi aur haan 05 sau hazaar four seven".split(),
    ]),
    min_size=3,
    max_size=12,
)  # fmt: skip


@given(keys, st.one_of(HINDI_PARTS, HINGLISH_PARTS))
@example(b"\x00", ["बाईस", "नहीं", "शून्य"])  # covered word by word it would begin with "दो दो", which may be no number
def test_hearing_what_is_covered_in_hindi_is_covering_what_is_heard(key: bytes, parts: list[str]) -> None:
    """The mask and the reading of numbers commute in all scripts."""
    mask = Mask(key)
    text = " ".join(parts)
    assert digits_in(mask.text(text)) == mask.digits(digits_in(text))
