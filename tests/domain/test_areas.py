"""Areas: the packaged list holds together, and a damaged list is refused by name."""

from datetime import date

import pytest

from npcl_voice.domain.areas import Area, packaged_areas, read_areas
from npcl_voice.errors import SettingsError

READ = 'source = "x"\nas_of = 2026-11-22\n'
SEEN = {"source": "x", "as_of": date(2026, 11, 22)}


def test_an_area_is_read_with_what_it_leaves_out() -> None:
    """Only the name, the source and its day are needed."""
    kasna = 'name = "Kasna"\naliases = ["Kasna Village"]\nkind = "village"\n'
    assert read_areas(f'[[area]]\nname = "Alpha 1"\n{READ}[[area]]\n{kasna}{READ}') == (
        Area("Alpha 1", (), False, "sector", **SEEN),
        Area("Kasna", ("Kasna Village",), False, "village", **SEEN),
    )


def test_packaged_areas_each_say_where_they_were_read() -> None:
    """Every entry has a source, and the areas that Noida has too are marked."""
    areas = packaged_areas()
    assert all(area.source and area.as_of == date(2026, 11, 22) for area in areas)
    assert len(areas) == 83
    assert [area.name for area in areas if area.ambiguous] == [
        "Sector 1", "Sector 2", "Sector 3", "Sector 4", "Sector 10", "Sector 12", "Sector 16", "Sector 36", "Sector 37",
    ]  # fmt: skip
    assert {"Alpha 1", "Delta 3", "Knowledge Park 5", "Techzone 4", "Sector 16B", "Gaur City", "Luksar"} <= {
        area.name for area in areas
    }
    assert {area.kind for area in areas} == {"sector", "industrial", "society", "village"}
    assert packaged_areas() is areas


KINDS = "sector, industrial, society, village"
NAME = "a name of at most 60 letters, its number in figures: Alpha 1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[area", "it is no TOML: Expected ']]' at the end of an array declaration (at end of document)"),
        ("[[sector]]", "there is no table 'sector' here; allowed: [[area]]"),
        ("[area]", "'area' is no list of tables; allowed: [[area]] above each entry"),
        ("", "[[area]]: there is none, so no place would be known; allowed: one or more"),
        (
            f'[[area]]\naliases = ["x"]\n{READ}',
            f"[[area]] 1: Object missing required field `name`; allowed: {NAME}",
        ),
        (
            f'[[area]]\nname = "A"\naliases = "B"\n{READ}',
            "[[area]] 1 (A): Expected `array`, got `str` - at `$.aliases`; allowed: a list of texts",
        ),
        (
            f'[[area]]\nname = "A"\nkind = "town"\n{READ}',
            f"[[area]] 1 (A): Invalid enum value 'town' - at `$.kind`; allowed: {KINDS}",
        ),
        (
            f'[[area]]\nname = "A"\n{READ}[[area]]\nname = "A"\n{READ}',
            "[[area]] 2: A stands here twice; allowed: once",
        ),
        (
            f'[[area]]\nname = "A 1"\n{READ}[[area]]\nname = "a  1"\n{READ}',
            "a  1: the name 'a  1' stands for more than one area, or for none",
        ),
        (
            f'[[area]]\nname = "A"\naliases = ["a"]\n{READ}',
            "A: the name 'a' stands for more than one area, or for none",
        ),
        (f'[[area]]\nname = " "\n{READ}', "the name ' ' stands for more than one area, or for none"),
        *(
            (
                f'[[area]]\nname = "A"\naliases = ["{name}"]\n{READ}',
                f"A: {name!r} is no name that callers say; allowed: words, then a number such as 16 or 16B",
            )
            for name in ("16 Sector", "Sector 16 B", "Sector 1600", "कासना", "Kāsna")
        ),
    ],
)
def test_a_damaged_list_is_refused_with_its_reason(text: str, message: str) -> None:
    """The error names the file and what is wrong in it."""
    with pytest.raises(SettingsError) as refused:
        read_areas(text)
    assert str(refused.value).endswith(message)
    assert refused.value.setting == "areas.toml"
