"""The doctor at the remote engines that the settings name: each of them is tried, or it is said why none is."""

import socket

import pytest

from npcl_voice.cli.findings import Finding, ok
from npcl_voice.cli.remote import check_remote_engines
from npcl_voice.config import Settings
from npcl_voice.domain.company import packaged_company
from npcl_voice.errors import SettingsError
from npcl_voice.rehearsal.twin.engine import MODEL
from tests.cli.nearby import twin_nearby


def found_with(tmp_path, **given: str) -> list[Finding]:
    """What is found with these settings."""
    settings = Settings.from_mapping({"NPCL_DATA_DIR": str(tmp_path), **given})
    return list(check_remote_engines(settings, packaged_company()))


def test_where_there_is_none_it_is_said_why(tmp_path) -> None:
    """Nobody gave a key, or nobody wants one; a wish that cannot be met is an error."""
    [found] = found_with(tmp_path)
    assert (found.status, "no key" in found.found) == ("ok", True)
    there_is = ok("remote engine", "NPCL_ENGINE is local: the embedded one answers")
    assert found_with(tmp_path, NPCL_ENGINE="local", OPENAI_API_KEY="k") == [there_is]
    with pytest.raises(SettingsError, match="no key"):
        found_with(tmp_path, NPCL_ENGINE="openai")


def test_the_second_server_is_tried_beside_the_first(tmp_path) -> None:
    """Nobody listens at the first address; the other takes the settings of a call."""
    with socket.socket() as free, twin_nearby() as second:
        free.bind(("127.0.0.1", 0))
        first, other = found_with(
            tmp_path,
            OPENAI_API_KEY="k",
            NPCL_REALTIME_URL=f"ws://127.0.0.1:{free.getsockname()[1]}/v1/realtime",
            NPCL_REALTIME_FALLBACK_URL=second,
            NPCL_REALTIME_FALLBACK_MODEL=MODEL,
        )
    assert (first.status, first.found[-9:]) == ("failure", "[refused]")
    assert "start the server" in first.remedy
    assert (other.status, other.found[:16]) == ("ok", "fallback: model ")


def test_what_is_wrong_with_the_second_server_is_mended_in_its_own_settings(tmp_path) -> None:
    """The address of the first is right."""
    with socket.socket() as free, twin_nearby() as first:
        free.bind(("127.0.0.1", 0))
        _, second = found_with(
            tmp_path,
            OPENAI_API_KEY="k",
            NPCL_REALTIME_URL=first,
            NPCL_REALTIME_MODEL=MODEL,
            NPCL_REALTIME_FALLBACK_URL=f"ws://127.0.0.1:{free.getsockname()[1]}/v1/realtime",
        )
    assert second.status == "failure"
    assert second.remedy.startswith("correct NPCL_REALTIME_FALLBACK_URL, ")
