"""How written Hindi is read: figures, money, times, and the Latin words in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.conversation.context import Line
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.company import packaged_company
from npcl_voice.meaning.script import folded
from npcl_voice.speech.local.devanagari import (
    _table,
    in_devanagari,
    letters_by_name,
    spelled_from_letters,
    spelled_from_phones,
)
from npcl_voice.speech.local.reading_hindi import HindiReading, in_english_words

READING = HindiReading()


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        # Numbers of somebody, in English digits, in groups.
        ("शिकायत 000054324", "शिकायत ज़ीरो ज़ीरो ज़ीरो, ज़ीरो फ़ाइव फ़ोर, थ्री टू फ़ोर"),
        ("6999074185", "सिक्स नाइन नाइन नाइन ज़ीरो, सेवन फ़ोर वन एट फ़ाइव"),
        ("+91 6999074185", "सिक्स नाइन नाइन नाइन ज़ीरो, सेवन फ़ोर वन एट फ़ाइव"),
        ("0120-6226666", "ज़ीरो वन टू ज़ीरो, सिक्स टू टू, सिक्स सिक्स सिक्स सिक्स"),
        ("1912 या 112 पर", "वन नाइन वन टू या वन वन टू पर"),
        ("घर 34", "घर थर्टी फ़ोर"),
        ("मकान 215", "मकान टू वन फ़ाइव"),
        ("मकान 05", "मकान ज़ीरो फ़ाइव"),
        ("B-204, Sector 16B", "बी टू ज़ीरो फ़ोर, सेक्टर सिक्सटीन बी"),
        ("1 दबाइए", "वन दबाइए"),
        ("५ दबाइए", "फ़ाइव दबाइए"),
        # What is counted, in Hindi: the figures stay, the voice reads them.
        ("30 मिनट", "30 मिनट"),
        ("१२ घंटे", "12 घंटे"),
        ("1,25,000 लोग", "125000 लोग"),
        ("1,25,000", "125000"),
        ("5 kW, 3.5 kVA, 5%", "5 किलोवाट, 3 दशमलव 5 के वी ए, 5 प्रतिशत"),
        ("99.5", "99 दशमलव 5"),
        ("40521 लोग", "फ़ोर ज़ीरो फ़ाइव, टू वन लोग"),
        # Money.
        ("₹2,450 बाकी", "2450 रुपये बाकी"),
        ("Rs. 125000", "125000 रुपये"),
        ("Rs 1,234.50", "1234 रुपये 50 पैसे"),
        ("2345.5 रुपये", "2345 रुपये 50 पैसे"),
        ("₹640.00", "640 रुपये"),
        # Times and dates.
        ("9:30 PM तक", "रात साढ़े नौ बजे तक"),
        ("9 PM बजे", "रात नौ बजे"),
        ("13:15 बजे", "दोपहर सवा एक बजे"),
        ("2026-12-10", "दस दिसंबर दो हज़ार छब्बीस"),
        ("24-11-2026", "चौबीस नवंबर दो हज़ार छब्बीस"),
        ("2026-11-30T21:30:00+05:30", "तीस नवंबर दो हज़ार छब्बीस, रात साढ़े नौ बजे"),
        ("9:30 PM, 1 December", "रात साढ़े नौ बजे, एक दिसंबर"),
        ("2026-13-40", "टू ज़ीरो टू सिक्स, थर्टीन, फ़ोर्टी"),
        ("40-40-2026", "फ़ोर्टी, फ़ोर्टी, टू ज़ीरो टू सिक्स"),
        # Latin words.
        ("NPCL में", "एन पी सी एल में"),
        ("Knowledge Park 3 में", "नॉलेज पार्क थ्री में"),
        ("cable fault", "केबल फ़ॉल्ट"),
        ("“Delta” & Beta…", "डेल्टा और बीटा।"),
        ("", ""),
    ],
)
def test_what_is_read(text: str, spoken: str) -> None:
    """Numbers of somebody in English digits, what is counted in Hindi, Latin words in Devanagari."""
    assert READING.spoken(text) == spoken


def test_numbers_below_a_hundred() -> None:
    """As they are said in English."""
    assert [in_english_words(number) for number in (0, 9, 10, 19, 20, 34, 99)] == [
        "ज़ीरो", "नाइन", "टेन", "नाइनटीन", "ट्वेंटी", "थर्टी फ़ोर", "नाइंटी नाइन",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("latin", "devanagari"),
    [
        ("bijli chali gayi hai, transformer jal gaya", "बिजली चली गई है, ट्रांसफ़ॉर्मर जल गया"),
        ("main ghar par hoon", "मैं घर पर हूँ"),
        ("main switch", "मेन स्विच"),
        ("sampark kijiye", "संपर्क कीजिए"),
        ("prateeksha", "प्रतीक्षा"),
        ("patthar, kachchi, umra nahi", "पत्थर, कच्ची, उम्रा नहीं"),
        ("planned maintenance", "प्लैंड मेंटेनेंस"),
        ("insulator", "इन्सलेटर"),
        ("don't", "डोंट"),
        ("Bq", "ब्क"),
        ("B", "बी"),
        ("a fault", "अ फ़ॉल्ट"),
        ("SMS OK", "एस एम एस ओके"),
    ],
)
def test_latin_words(latin: str, devanagari: str) -> None:
    """From the tables, by neighbours where a word is both, from the dictionary, else by rule."""
    assert in_devanagari(latin) == devanagari


def test_names_are_read_as_they_are_written() -> None:
    """By rule most vowels would be short."""
    said = READING.spoken("मैंने सुना, Narendra Yadav। क्या यह सही है?")
    assert said == "मैंने सुना, नरेंद्र यादव। क्या यह सही है?"


def test_words_by_their_phones_and_letters() -> None:
    """`T` and `D` the Indian way, final vowels long, nasals as dots before stops only."""
    assert spelled_from_phones("T AO K ER") == "टॉकर"
    assert spelled_from_phones("S IH NG") == "सिंग"
    assert spelled_from_phones("S IH NG G AH L") == "सिंगल"
    assert spelled_from_phones("K AA R") == "कार"
    assert spelled_from_phones("B AA K S") == "बॉक्स"
    assert spelled_from_phones("AW T") == "आउट"
    assert spelled_from_phones("P IY AH") == "पीआ"
    assert spelled_from_letters("andhera") == "अंधेरा"
    assert spelled_from_letters("gaya") == "गया"
    assert spelled_from_letters("hay") == "हे"
    assert spelled_from_letters("dost") == "दोस्त"
    assert spelled_from_letters("'") == ""
    assert letters_by_name("UP") == "यू पी"


def test_by_rule_most_hindi_words_come_out_as_the_table_has_them() -> None:
    """What people type in many ways is compared as `meaning` compares it."""
    words = _table().hindi
    alike = [latin for latin in words if folded(spelled_from_letters(latin)) == folded(words[latin])]
    assert len(alike) > 0.8 * len(words)


@pytest.mark.parametrize("place", [name for area in packaged_company().areas for name in (area.name, *area.aliases)])
def test_every_place_is_said(place: str) -> None:
    """Without a Latin letter or a figure, and each word from the table: none is left to a rule."""
    spoken = READING.spoken(place)
    assert re.fullmatch(r"[ऀ-ॿ ,]+", spoken), spoken
    known = _table().english.keys() | _table().letters.keys()
    assert {word.lower() for word in re.findall("[A-Za-z]+", place)} - known == set() or place.startswith("KP")


def test_every_phrase_is_said() -> None:
    """Whatever fills its gaps, nothing is left that the voice would read by English rules."""
    phrases = load_phrases("hi")
    values = {
        "place": "Sector 62, Noida", "area": "Supertech Ecovillage 1", "house": "B-204", "time": "9:30 PM, 1 December",
        "given": "6:05 AM", "date": "10 December", "amount": "Rs 1,234.50", "window": "within 30 minutes",
        "event": "cable fault", "load": "5", "minutes": "20", "hours": "8", "meter": "4821",
        "outside_helpline": "1912",
    }  # fmt: skip
    for key in phrases.say:
        filled = phrases.render(Line(key, {gap: values.get(gap, "000054324") for gap in phrases.gaps(key)}))
        spoken = READING.spoken(filled)
        assert re.fullmatch(r"[ऀ-ॿ0-9 ,.?!;:।-]+", spoken), f"{key}: {spoken}"


@given(st.text(max_size=80))
def test_anything_can_be_read(text: str) -> None:
    """No Latin letter is left of any text."""
    assert not re.search("[A-Za-z]", READING.spoken(text))
