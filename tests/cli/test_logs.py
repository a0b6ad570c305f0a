"""What is logged while a person holds a call."""

import structlog

from npcl_voice.cli.logs import logs_told_to
from npcl_voice.errors import UnavailableError
from npcl_voice.realtime.failures import advice_of
from npcl_voice.speech.tally import log_failure


def test_a_log_line_is_a_note_in_words(capsys) -> None:
    """Which engine, why, and what to do; once, and neither to the captions nor to a log."""
    notes: list[str] = []
    log = structlog.get_logger()
    with logs_told_to(notes.append):
        error = UnavailableError("example.org: nobody accepts connections there", reason="refused")
        log_failure(log, "openai", error, advice_of, call_id="c1")
        log.error("tool failed", tool="bye", error="KeyError")
        log.info("ready")
    assert notes == [
        "engine failed: engine openai, reason refused: example.org: nobody accepts connections there",
        "tool failed: tool bye: KeyError",
        "ready",
    ]
    assert capsys.readouterr() == ("", "")


def test_afterwards_logs_go_where_they_went() -> None:
    """The rest of the process is not the call's."""
    before = structlog.get_config()
    with logs_told_to(print):
        assert structlog.get_config() != before
    assert structlog.get_config() == before
