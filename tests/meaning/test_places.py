"""Places: as they are said, as they are misheard, and on which side of the border."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.domain.areas import Area, packaged_areas
from npcl_voice.meaning.places import Place, Places, side_of, spoken_forms

PLACES = Places(packaged_areas())
READ = {"source": "a page", "as_of": date(2026, 11, 22)}

FOUND = [
    # As they are said and written.
    ("alpha one", Place("Alpha 1", 0.95)),
    ("there is no light in Alpha 1 since morning", Place("Alpha 1", 0.95)),
    ("i live in beta two near the park", Place("Beta 2", 0.95)),
    ("alpha number two", Place("Alpha 2", 0.95)),
    ("Sector 16b", Place("Sector 16B", 0.95)),
    ("sector sixteen b", Place("Sector 16B", 0.95)),
    ("sector one six b", Place("Sector 16B", 0.95)),
    ("sector number sixteen c", Place("Sector 16C", 0.95)),
    ("omicron one a", Place("Omicron 1A", 0.95)),
    ("omicron 1", Place("Omicron 1", 0.95)),
    ("knowledge park five", Place("Knowledge Park 5", 0.95)),
    ("KP 3", Place("Knowledge Park 3", 0.95)),
    ("tech zone four", Place("Techzone 4", 0.95)),
    ("techzone", Place("Techzone", 0.95)),
    ("site five", Place("Kasna Site 5", 0.95)),
    ("kasna site five", Place("Kasna Site 5", 0.95)),
    ("kasna", Place("Kasna", 0.95)),
    ("gaur city two", Place("Gaur City 2", 0.95)),
    ("gaur city", Place("Gaur City", 0.95)),
    ("eco village 2", Place("Supertech Ecovillage 2", 0.95)),
    ("panch sheel greens", Place("Panchsheel Greens", 0.95)),
    # Roman figures at the end.
    ("knowledge park V", Place("Knowledge Park 5", 0.95)),
    ("ecotech iii", Place("Ecotech 3", 0.95)),
    # Misheard.
    ("alfa one", Place("Alpha 1", 0.75)),
    ("alpha to", Place("Alpha 2", 0.76)),
    ("alfa to", Place("Alpha 2", 0.6)),
    ("techzone for", Place("Techzone 4", 0.76)),
    ("sector sixteen be", Place("Sector 16B", 0.76)),
    ("sector sixteen see", Place("Sector 16C", 0.76)),
    ("knowledge part 3", Place("Knowledge Park 3", 0.75)),
    ("gore city", Place("Gaur City", 0.75)),
    ("nirala state", Place("Nirala Estate", 0.75)),
    ("pie two", Place("Pi 2", 0.75)),
    ("zoo two", Place("Xu 2", 0.75)),
    ("eat a one", Place("Eta 1", 0.75)),
    ("better one", Place("Beta 1", 0.75)),
    ("panchsheel high nish", Place("Panchsheel Hynish", 0.662)),
    # A name without its number.
    ("beta", Place("Beta", 0.57, ambiguous=True, choices=("Beta 1", "Beta 2"))),
    ("alpha seven", Place("Alpha", 0.57, ambiguous=True, choices=("Alpha 1", "Alpha 2"))),
    ("techzone seven", Place("Techzone", 0.57, ambiguous=True, choices=("Techzone 4", "Techzone"))),
    # Not a number but the next thing that is said.
    ("techzone for two hours", Place("Techzone", 0.95)),
    ("gaur city i have no light", Place("Gaur City", 0.95)),
    # Both sides of the border.
    ("sector sixteen", Place("Sector 16", 0.95, ambiguous=True)),
    ("sector one", Place("Sector 1", 0.95, ambiguous=True)),
    ("sector sixteen noida extension", Place("Sector 16", 0.95)),
    ("greater noida west sector 16", Place("Sector 16", 0.95)),
    ("sector 36 greater noida", Place("Sector 36", 0.95)),
    ("noida sector sixteen", Place("Sector 16, Noida", 0.95, outside=True)),
    ("sector 15", Place("Sector 15", 0.57, ambiguous=True)),
    ("sector nineteen", Place("Sector 19", 0.57, ambiguous=True)),
    ("sector 20", Place("Sector 20, Noida", 0.95, outside=True)),
    ("sector 15 noida", Place("Sector 15, Noida", 0.95, outside=True)),
    ("sector 15 greater noida west", Place("Sector 15", 0.57)),
    ("sector sixty two", Place("Sector 62, Noida", 0.95, outside=True)),
    ("sector 168", Place("Sector 168, Noida", 0.95, outside=True)),
    ("secter 62", Place("Sector 62, Noida", 0.75, outside=True)),
    ("sector to", Place("Sector 2", 0.76, ambiguous=True)),
    ("sector one hundred thirty seven", Place("Sector 137, Noida", 0.95, outside=True)),
    ("i am in noida", Place("Noida", 0.6, outside=True)),
    ("noida or delhi", Place("Delhi", 0.95, outside=True)),
    ("calling from Delhi", Place("Delhi", 0.95, outside=True)),
    ("ghaziabad indirapuram", Place("Ghaziabad", 0.95, outside=True)),
    # The surest name wins, then the longest.
    ("alfa one or gamma one", Place("Gamma 1", 0.95, beside=("Alpha 1",))),
    ("kasna or knowledge park one", Place("Knowledge Park 1", 0.95, beside=("Kasna",))),
    # One puts the other right.
    ("not beta one, beta two", Place("Beta 2", 0.95, beside=("Beta 1",))),
    ("beta two, not beta one", Place("Beta 2", 0.95, beside=("Beta 1",))),
    ("zeta 1 nahi zeta 2", Place("Zeta 2", 0.95, beside=("Zeta 1",))),
    ("instead of kasna, surajpur", Place("Surajpur", 0.95, beside=("Kasna",))),
    ("i said zeta one, it should be zeta two", Place("Zeta 2", 0.95, beside=("Zeta 1",))),
    ("zeta one, zeta two", Place("Zeta 1", 0.95, beside=("Zeta 2",))),
    ("not beta one", Place("Beta 1", 0.95)),
    ("chi 4. no, what am i saying, chi 3", Place("Chi 3", 0.95, beside=("Chi 4",))),
    ("beta one, no, beta two", Place("Beta 2", 0.95, beside=("Beta 1",))),
    ("my office is in kasna but it is my house in sigma two", Place("Sigma 2", 0.95, beside=("Kasna",))),
    # One that stands by.
    ("no power in delta one but beta two has light", Place("Delta 1", 0.95, beside=("Beta 2",))),
    ("delta one, house no 5, near beta two market", Place("Delta 1", 0.95, beside=("Beta 2",))),
    ("alpha one, no light since morning, gamma one market", Place("Alpha 1", 0.95, beside=("Gamma 1",))),
    ("main surajpur ka hoon par yeh omicron 2 mein hai", Place("Omicron 2", 0.95, beside=("Surajpur",))),
    # No place.
    ("sector 169", None),
    ("sector 0", None),
    ("sector", None),
    ("which sector is it", None),
    ("i am better now", None),
    ("pi", None),
    ("the row is long", None),
    ("power cut since two hours at home", None),
    ("greater noida", None),
    ("there is no electricity in my house", None),
    ("my complaint number is 000054321", None),
    ("the park near my house", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "place"), FOUND)
def test_a_place_is_found_as_surely_as_it_was_said(text: str, place: Place | None) -> None:
    """Names by letters and sound, numbers exactly, sides of the border as named."""
    assert PLACES.find(text) == place


def test_every_spoken_form_leads_back_to_its_area() -> None:
    """What the ears are taught is understood."""
    for area in packaged_areas():
        for form in spoken_forms(area):
            place = PLACES.find(f"my house is in {form}")
            assert place is not None
            assert (place.name, place.ambiguous, place.confidence) == (area.name, area.ambiguous, 0.95)


def test_spoken_forms_are_words_and_the_usual_one_comes_first() -> None:
    """Numbers become words, letters stay, doubles go."""
    assert spoken_forms(Area("Sector 16B", ("Sector 16 B", "B-16"), **READ)) == ("sector sixteen b", "b sixteen")
    assert spoken_forms(Area("Gaur City", **READ)) == ("gaur city",)


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("in Greater Noida West", "Greater Noida West"),
        ("noida extension", "Greater Noida West"),
        ("noida  west", "Greater Noida West"),
        ("great noida", "Greater Noida"),
        ("greater noida", "Greater Noida"),
        ("Noida", "Noida"),
        ("noidapower", None),
        ("", None),
    ],
)
def test_the_side_of_the_border_is_heard(text: str, side: str | None) -> None:
    """The longest name counts."""
    assert side_of(text) == side


def test_a_family_of_one_needs_no_number() -> None:
    """With one area of that name there is nothing to ask, but less surety."""
    places = Places([Area("Tower 4", **READ)])
    assert places.find("the tower") == Place("Tower 4", 0.57)
    assert places.find("tower 4") == Place("Tower 4", 0.95)
    assert places.find("tower 5") == Place("Tower 4", 0.57)
    assert places.find("sector 62") == Place("Sector 62, Noida", 0.95, outside=True)


def test_a_name_that_cannot_be_said_is_refused() -> None:
    """A name is words, then a number and a letter."""
    with pytest.raises(
        ValueError, match="area '16 Sector': a name is words, then a number and a letter if there are any"
    ):
        Places([Area("16 Sector", **READ)])


def test_a_long_text_is_searched_only_so_far() -> None:
    """Nobody names a place after four hundred words."""
    assert PLACES.find("and " * 399 + "kasna") == Place("Kasna", 0.95)
    assert PLACES.find("and " * 400 + "kasna") is None


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz 0123456789,", max_size=60))
def test_any_text_gives_a_place_or_none(text: str) -> None:
    """Confidence stays between 0 and 1."""
    place = PLACES.find(text)
    assert place is None or (place.name and 0 < place.confidence <= 1)
