"""`npcl-voice twin` as a person starts it."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from npcl_voice.cli import main

FAULTS = """
[[fault]]
does = "cut"
on = "response.done"
session = 2
"""


@asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """The command in a process of its own, and where it listens; afterwards Ctrl-C has ended it well."""
    command = [sys.executable, "-m", "npcl_voice", "twin", "--port", "0", *arguments]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    assert process.stderr is not None
    try:
        while line := (await process.stderr.readline()).decode():
            if "listens on" in line:
                break
        yield line.split()[-1], process
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ask(url: str, text: str) -> str:
    """The twin's answer to typed words."""
    async with connect(f"{url}?model=any", proxy=None) as connection:
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
        session = {"type": "realtime", "output_modalities": ["text"]}
        for event in (
            {"type": "session.update", "session": session},
            {"type": "conversation.item.create", "item": item},
            {"type": "response.create"},
        ):
            await connection.send(json.dumps(event))
        words = ""
        async for message in connection:
            event = json.loads(message)
            words += event.get("text", "")
            if event["type"] == "response.done":
                break
    return words


async def test_a_script_with_faults_is_played_recorded_and_played_again(tmp_path: Path) -> None:
    """Each session and each fault in a line; the recording holds what went over the wire."""
    (tmp_path / "faults.toml").write_text(FAULTS, "utf-8")
    record = tmp_path / "record.jsonl"
    options = ("--script", "outage", "--faults", str(tmp_path / "faults.toml"), "--record", str(record))
    async with started(*options) as (url, process):
        assert "consumer number" in await ask(url, "my power is out")
        with pytest.raises(ConnectionClosedError):
            await ask(url, "my power is out")
        assert process.stdout is not None
        lines = [(await process.stdout.readline()).decode().strip() for _ in range(5)]
    assert lines == [
        "session 1 begins",
        "session 1 is over",
        "session 2 begins",
        "session 2: cut on=response.done session=2",
        "session 2 is over",
    ]
    sent = [json.loads(line) for line in record.read_text("utf-8").splitlines()[1:]]
    assert {line["session"] for line in sent} == {1, 2}
    async with started("--replay", str(record)) as (url, _):
        assert "consumer number" in await ask(url, "nothing at all")


@pytest.mark.slow
async def test_the_embedded_engine_plays_the_remote_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For callers who speak as they like: it is what answers unless told otherwise."""
    monkeypatch.setenv("NPCL_DATA_DIR", str(tmp_path))
    async with started("--hear") as (url, _):
        assert await ask(url, "my power is out")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "70000"], "--port: 70000 is no port"),
        (["--script", "weather"], "outage, status"),
        (["--recordings", "{folder}"], "--recordings goes with --script"),
        (["--script", "outage", "--recordings", "{folder}"], "--recordings: there is no WAV file"),
        (["--script", "outage", "--hear"], "one of --script, --replay and --hear"),
        (["--script", "outage", "--faults", "{folder}/none.toml"], "--faults: cannot read"),
        (["--script", "outage", "--record", "{folder}/none/x"], "--record: cannot write"),
        (["--replay", "{folder}/none.jsonl"], "--replay: cannot read"),
    ],
)
def test_what_cannot_be_played_is_refused(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line that names the option."""
    with pytest.raises(SystemExit) as left:
        main(["twin", *(one.replace("{folder}", str(tmp_path)) for one in arguments)])
    assert left.value.code in (1, 2)
    assert words in capsys.readouterr().err
