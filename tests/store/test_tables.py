"""Moments on their way to the database and back."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.dialects import sqlite

from npcl_voice.domain.times import INDIA
from npcl_voice.store.tables import UtcTime

DIALECT = sqlite.dialect()
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_any_zone_goes_in_and_utc_is_kept():
    """India's evening is written as UTC's noon."""
    kept = UtcTime().process_bind_param(NOON.astimezone(INDIA), DIALECT)
    assert (kept, kept.tzinfo) == (NOON, UTC)
    assert UtcTime().process_bind_param(None, DIALECT) is None


def test_a_time_without_a_zone_is_refused():
    """Nobody knows when it was."""
    with pytest.raises(ValueError, match="has no time zone"):
        UtcTime().process_bind_param(NOON.replace(tzinfo=None), DIALECT)


def test_what_comes_back_has_a_zone():
    """SQLite forgets it, PostgreSQL gives its own; both come back as UTC."""
    for given in (NOON.replace(tzinfo=None), NOON.astimezone(INDIA)):
        back = UtcTime().process_result_value(given, DIALECT)
        assert (back, back.tzinfo) == (NOON, UTC)
    assert UtcTime().process_result_value(None, DIALECT) is None
