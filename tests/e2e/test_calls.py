"""Whole calls: a synthetic caller listens and answers, the complaint is on disk, the log replays."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from npcl_voice.app import conversation_from, replay_policy
from npcl_voice.config import Settings
from npcl_voice.conversation.phrases import load_book, load_phrases
from npcl_voice.intents import INTENTS
from npcl_voice.rehearsal.script import load_scenario
from npcl_voice.store.eventlog import plain_commands, read_log
from tests.e2e.rehearse import Rehearsed, rehearse

EXPECTED = {
    "outage": "complaint_registered",
    "registered": "complaint_registered",
    "status": "resolved",
    "hazard": "emergency",
    "bill": "resolved",
}
KEPT_OPENLY = {"bills", "tries", "consumers", "premises", "contacts", "complaints", "reports"}
"""Tables that hold personal data by their purpose; nothing of it may stand anywhere else."""
COMPLAINT_RECORDS = {"audit", "outbox"}
"""Tables about complaints, which are known by their numbers there and by nothing else."""


@pytest.fixture(scope="module", params=sorted(EXPECTED))
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Rehearsed]:
    """Each scenario, held once."""
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, folder, rehearse(folder, request.param)


def test_the_call_comes_to_its_end(held: tuple[str, Path, Rehearsed]) -> None:
    """Each story ends as it should, and the assistant hangs up after its farewell."""
    scenario, _, call = held
    assert call.end.outcome == EXPECTED[scenario]
    assert call.words("assistant")[-1] == load_phrases("en").say["farewell"]


def test_the_number_that_was_heard_is_on_disk(held: tuple[str, Path, Rehearsed]) -> None:
    """What the caller made out of the assistant's sound is the number of a row."""
    scenario, _, call = held
    if scenario == "status":
        assert call.end.complaint_numbers == ()
        assert any(tool.name == "complaint_status" and tool.result["ok"] for tool in call.tools())
    else:
        assert set(call.caller.heard_numbers) == set(call.end.complaint_numbers)
        assert set(call.end.complaint_numbers) <= {one.complaint_number for one in call.complaints if not one.demo}


def test_what_is_due_is_told_once_the_name_was_heard(held: tuple[str, Path, Rehearsed]) -> None:
    """The name is read back as it was heard, agreed to, and fits the records."""
    scenario, _, call = held
    if scenario == "bill":
        asked = [tool.arguments for tool in call.tools() if tool.name == "bill_due"]
        assert asked[-1] == {"consumer_number": "2990963514", "name": "Anjali Yadav"}
        assert "I heard the name Anjali Yadav. Is that right?" in call.words("assistant")
        assert any("Rs 1,432.75" in said for said in call.words("assistant"))


def test_danger_is_answered_with_the_safety_words_first(held: tuple[str, Path, Rehearsed]) -> None:
    """After the caller's words of danger, the reviewed ones come before any other."""
    scenario, _, call = held
    if scenario == "hazard":
        said = call.words("assistant")
        assert said[1] == load_phrases("en").say["safety_wire_down"]


def test_the_log_replays_to_the_same_commands(held: tuple[str, Path, Rehearsed]) -> None:
    """The masked log, without sound, gives the same masked commands."""
    _, folder, call = held
    setup, steps = read_log(call.log)
    settings = Settings.from_mapping({"NPCL_DATA_DIR": str(folder)})
    book = load_book(setup["language"])
    policy = replay_policy(book, frozenset(INTENTS))
    conversation = conversation_from(settings.call, settings.turns, book, policy)
    assert len(steps) > 1_000
    for step in steps:
        assert plain_commands(conversation.handle(step.event, step.t)) == step.commands


def test_the_same_call_gives_the_same_log(held: tuple[str, Path, Rehearsed], tmp_path: Path) -> None:
    """On the rehearsal clock a call comes out the same to the byte."""
    scenario, _, call = held
    assert rehearse(tmp_path, scenario).log.read_bytes() == call.log.read_bytes()


def test_nothing_personal_and_no_sound_is_left_behind(held: tuple[str, Path, Rehearsed]) -> None:
    """The data folder holds no sound, and the caller's numbers only where they belong."""
    scenario, folder, _ = held
    facts = load_scenario(scenario).facts
    canaries = [value for key, value in facts.items() if key in {"consumer_number", "phone", "complaint_number"}]
    spoken = [" ".join(DIGITS[digit] for digit in value) for value in canaries]
    canaries.append(load_scenario(scenario).caller_number or "no number")
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert {file.suffix for file in files} <= {".db", ".jsonl", ".key", ""}
    for file in files:
        if file.suffix == ".jsonl":
            text = file.read_text()
            assert not [canary for canary in [*canaries, *spoken] if canary in text], file.name
            assert '"bytes"' in text or '"audio"' in text
    with closing(sqlite3.connect(next(folder.glob("*.db")))) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        for table in set(tables) - KEPT_OPENLY:
            rows = str(database.execute(f"select * from {table}").fetchall())
            known = {facts.get("complaint_number")} if table in COMPLAINT_RECORDS else set()
            assert not [canary for canary in [*canaries, *spoken] if canary in rows and canary not in known], table


DIGITS = dict(zip("0123456789", "zero one two three four five six seven eight nine".split(), strict=True))
