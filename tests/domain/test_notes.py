"""Operators' own words, as they may be kept."""

import pytest

from npcl_voice.domain.notes import MAX_NOTE, clean_note
from npcl_voice.errors import RuleError


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  a fuse\n was  replaced ", "a fuse was replaced"),
        ("see 000054321 and 000054322", "see 000054321 and 000054322"),
        ("since 2026-11-22 18:30", "since 2026-11-22 18:30"),
        ("x" * MAX_NOTE, "x" * MAX_NOTE),
    ],
)
def test_what_may_be_kept(text, kept):
    """One line; complaints' numbers, dates and times may stand in it."""
    assert clean_note("note", text) == kept


@pytest.mark.parametrize(
    ("text", "reason", "said"),
    [
        (" \n", "empty", "the note is empty; write a few words"),
        ("x" * (MAX_NOTE + 1), "too_long", "the note has 201 characters; write at most 200"),
        ("call 9810012345", "personal", "the note holds a telephone or consumer number"),
        ("call 98100 12345", "personal", "leave it out"),
        ("call 981-001-2345", "personal", "it is on record with the complaint"),
    ],
)
def test_what_may_not(text, reason, said):
    """It says what to do; the text itself is not repeated."""
    with pytest.raises(RuleError) as refused:
        clean_note("note", text)
    assert refused.value.reason == reason
    assert said in str(refused.value)
    assert "98" not in str(refused.value)
