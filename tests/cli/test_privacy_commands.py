"""Erasing, letting go, codes and handovers at the front door."""

import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from npcl_voice.conversation.commands import Transcript
from npcl_voice.domain.complaints import CallbackDraft
from npcl_voice.domain.handover import Fact, Packet
from npcl_voice.store import Store
from tests.cli.pseudo import PTY_IS_THERE, WHY_NO_PTY, PseudoTerminal
from tests.cli.test_operator_commands import home, in_store, refusal, run, words

__all__ = ["home", "refusal", "run"]

NUMBER = "9812345601"


@pytest.fixture
def caller(home) -> None:
    """Somebody who called long ago and is owed a call."""

    async def call(store: Store) -> None:
        await store.calls.begin("c1", channel="file", engine="local", language="en")
        await store.calls.write("c1", [(0.5, Transcript("caller", "Hi"))])
        await store.calls.end("c1", "callback_booked")
        await store.desk.book_callback(CallbackDraft("k", NUMBER, "today", "asked", "c1"))
        await store.desk.hand_over(
            Packet(
                idempotency_key="h",
                call_id="c1",
                reason="asked",
                summary="no supply",
                facts=(Fact("area", "Alpha 2", "caller, confirmed"),),
                last_words=("a person please",),
                caller_number=NUMBER,
            )
        )

    in_store(home, call)


def test_a_caller_is_erased_with_a_receipt(caller, run, refusal):
    """Nobody can be asked in a pipe, so it must be said; the receipt is read by people and by programs."""
    assert "--yes erases without asking" in refusal("erase", "--caller", NUMBER)[1]
    assert "digits only" in refusal("erase", "--caller", "nobody", "--yes")[1]
    shown = run("erase", "--caller", f"+91 {NUMBER}", "--yes")
    assert words(shown)[0][0] == "receipt"
    assert ["transcripts", "1"] in words(shown)
    assert NUMBER not in shown
    receipt = json.loads(run("erase", "--caller", NUMBER, "--yes", "--json"))
    assert set(receipt["erased"].values()) == {0}
    assert (receipt["settled"], len(receipt["caller_digest"])) == (True, 64)
    consumer = run("erase", "--caller", "6999052814", "--yes")
    assert "consumers' records with that number are the company's own and stay: 1" in consumer


@pytest.mark.skipif(not PTY_IS_THERE, reason=WHY_NO_PTY)
@pytest.mark.slow
def test_a_person_is_asked(caller, home):
    """What would go is shown first; no is no."""
    for answer, code in (("n", 1), ("y", 0)):
        with PseudoTerminal("-m", "npcl_voice", "erase", "--caller", NUMBER) as terminal:
            terminal.until(r"would be erased:[\s\S]*callbacks +1[\s\S]*Erase this\?")
            terminal.types(f"{answer}\n")
            assert terminal.leaves() == code


@pytest.mark.skipif(not PTY_IS_THERE, reason=WHY_NO_PTY)
@pytest.mark.slow
def test_a_code_is_shown_on_a_terminal_and_closes(home, run, refusal):
    """The audit says that it was read; a wrong one is refused."""
    assert "on a terminal only" in refusal("complaints", "code", "000054321")[1]
    with PseudoTerminal("-m", "npcl_voice", "complaints", "code", "000054321") as terminal:
        assert terminal.leaves() == 0
        code = terminal.shown.split()[-1]
    assert "complaint.code_read" in run("complaints", "show", "000054321")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert "is not the code of complaint 000054321" in refusal("complaints", "close", "000054321", "--code", wrong)[1]
    assert run("complaints", "close", "000054321", "--code", code, "--note", "a fuse") == "000054321: resolved\n"
    shown = run("complaints", "show", "000054321")
    assert "the customer's code" in shown
    assert "a fuse" in shown


def test_what_has_no_code(home, run, refusal, monkeypatch):
    """A closed complaint, danger, and a number that is none."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    run("complaints", "add", "--area", "Alpha 2", "--house", "1", "--kind", "fire")
    for number, why in (
        ("000054323", "is closed"),
        ("000054324", "nobody gets a code"),
        ("000000001", "there is no complaint"),
        ("12", "nine digits"),
    ):
        assert why in refusal("complaints", "code", number)[1]


def test_handovers_are_listed(caller, run):
    """For people in a row, for programs with facts and last words."""
    head, row = words(run("handovers", "list"))
    assert head == "id made danger reason outcome to number language call".split()
    assert row[-3:] == [NUMBER, "en", "c1"]
    (one,) = json.loads(run("handovers", "list", "--json"))
    assert one["facts"] == [{"name": "area", "value": "Alpha 2", "source": "caller, confirmed"}]
    assert (one["last_words"], one["number"], one["hazard"]) == (["a person please"], NUMBER, None)
    assert (one["outcome"], one["target"], one["open"]) == ("callback", None, False)


def test_what_has_been_kept_long_enough_goes(caller, run):
    """Counted first, for people and for programs; what was said then is years ago by now or not at all."""
    long_ago = datetime.now(UTC) - datetime(2026, 11, 22, tzinfo=UTC) > timedelta(days=90)
    would = json.loads(run("retention", "--dry-run", "--json"))
    assert would["dry_run"] is True
    assert would["gone"]["transcripts"] == long_ago
    assert ["transcripts", str(int(long_ago))] in words(run("retention", "--dry-run"))
    assert run("retention").startswith("gone:\n")
    assert json.loads(run("retention", "--json"))["gone"]["transcripts"] == 0
