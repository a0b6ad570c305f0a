"""Areas: the packaged list holds together, and a damaged list is refused by name."""

import pytest

from npcl_voice.domain.areas import Area, packaged_areas, read_areas
from npcl_voice.errors import SettingsError


def test_an_area_is_read_with_what_it_leaves_out() -> None:
    """Only the name is needed."""
    kasna = 'name = "Kasna"\naliases = ["Kasna Village"]\nkind = "village"\nsource = "x"'
    text = f'[[area]]\nname = "Alpha 1"\n[[area]]\n{kasna}'
    assert read_areas(text) == (
        Area("Alpha 1", (), False, "sector", ""),
        Area("Kasna", ("Kasna Village",), False, "village", "x"),
    )


def test_packaged_areas_each_say_where_they_were_read() -> None:
    """Every entry has a source, and the areas that Noida has too are marked."""
    areas = packaged_areas()
    assert all(area.source for area in areas)
    assert [area.name for area in areas if area.ambiguous] == [
        "Sector 1", "Sector 2", "Sector 3", "Sector 4", "Sector 10", "Sector 12", "Sector 16", "Sector 36", "Sector 37",
    ]  # fmt: skip
    assert {"Alpha 1", "Delta 3", "Knowledge Park 5", "Techzone 4", "Sector 16B", "Gaur City", "Luksar"} <= {
        area.name for area in areas
    }
    assert {area.kind for area in areas} == {"sector", "industrial", "society", "village"}
    assert packaged_areas() is areas


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[area", "areas.toml: Expected ']]'"),
        ('[[area]]\naliases = ["x"]', "areas.toml: Object missing required field `name`"),
        ('[[area]]\nname = "A"\ncity = "x"', "areas.toml: Object contains unknown field `city`"),
        ('[[area]]\nname = "A"\nkind = "town"', "areas.toml: Invalid enum value 'town'"),
        (
            '[[area]]\nname = "A 1"\n[[area]]\nname = "a  1"',
            "the name 'a  1' stands for more than one area, or for none",
        ),
        ('[[area]]\nname = "A"\naliases = ["a"]', "the name 'a' stands for more than one area"),
        ('[[area]]\nname = " "', "the name ' ' stands for more than one area, or for none"),
    ],
)
def test_a_damaged_list_is_refused_with_its_reason(text: str, message: str) -> None:
    """The error names the file and what is wrong in it."""
    with pytest.raises(SettingsError) as refused:
        read_areas(text)
    assert message in str(refused.value)
    assert refused.value.setting == "areas.toml"
