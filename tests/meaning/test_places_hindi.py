"""Places in Devanagari, and words of Hindi that are none."""

import pytest

from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.places import Place, Places, side_of

PLACES = Places(packaged_areas())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("अल्फा 1", "Alpha 1"),
        ("अल्फ़ा एक", "Alpha 1"),
        ("बीटा वन में", "Beta 1"),
        ("गामा २", "Gamma 2"),
        ("सेक्टर सोलह बी", "Sector 16B"),
        ("नॉलेज पार्क तीन", "Knowledge Park 3"),
        ("टेकज़ोन 4", "Techzone 4"),
        ("गौर सिटी 2", "Gaur City 2"),
        ("निराला एस्टेट", "Nirala Estate"),
        ("सूरजपुर में लाइट नहीं है", "Surajpur"),
        ("कासना गाँव", "Kasna"),
        ("ओमिक्रॉन 1", "Omicron 1"),
        ("sector solah b", "Sector 16B"),
        ("alpha ek mein", "Alpha 1"),
        ("beta do", "Beta 2"),
        ("alpha ek ghante se", "Alpha"),
        ("गाज़ियाबाद", "Ghaziabad"),
        ("मेरा बेटा बीमार है", None),
        ("mera beta bimar hai", None),
        ("बिजली नहीं है", None),
    ],
)
def test_a_place_is_found_in_either_script(text: str, name: str | None) -> None:
    """A son is no Beta."""
    place = PLACES.find(text)
    assert (None if place is None else place.name) == name


def test_what_a_name_is_heard_as_counts_only_where_there_is_such_a_name() -> None:
    """`kai` is Chi, for a company that supplies it."""
    assert PLACES.find("kai one") == Place("Chi 1", 0.75)
    assert Places(packaged_areas()[:2]).find("kai one") is None


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("ग्रेटर नोएडा वेस्ट", "Greater Noida West"),
        ("नोएडा एक्सटेंशन", "Greater Noida West"),
        ("ग्रेटर नोएडा", "Greater Noida"),
        ("नोएडा", "Noida"),
        ("दिल्ली", None),
    ],
)
def test_the_side_of_the_border_is_heard_in_hindi(text: str, side: str | None) -> None:
    """As in English."""
    assert side_of(text) == side
