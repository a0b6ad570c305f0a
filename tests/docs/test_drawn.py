"""Pages that are drawn from the code are what the code says now."""

import msgspec
import pytest

from npcl_voice.conversation import commands
from tests.docs.drawn import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_drawn_page_is_what_the_code_says(name) -> None:
    """`make docs` was run after the last change."""
    assert (DOCS / name).read_text("utf-8") == PAGES[name]()


def test_the_page_of_events_names_every_line_and_field() -> None:
    """Whatever `--events` can write is explained."""
    page = (DOCS / "reference" / "events.md").read_text("utf-8")
    rows = {row.split("|")[1].strip(): row for row in page.splitlines() if row.startswith("| `")}
    for kind in commands.ReportLine.__args__:
        row = rows[f"`{kind.__struct_config__.tag}`"]
        for field in msgspec.structs.fields(kind):
            assert f"`{field.name}`" in row
    for outcome in commands.Outcome.__args__:
        assert f"`{outcome}`" in page
