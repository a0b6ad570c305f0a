"""`npcl-voice call` and `replay`: what they show, write and refuse."""

import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import wave
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from npcl_voice.cli import main

TYPED = "my power is out\n/keys 2990741852#\nyes\nno thank you\n"
CONSUMER = "2990741852"


class Left(NamedTuple):
    """How a command left."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty folder to stand in, and a data folder of its own."""
    for name in [name for name in os.environ if name.startswith(("NPCL_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NPCL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def leave(capsys):
    """Run a command to its end."""

    def leave(*arguments: object) -> Left:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        return Left(left.value.code, *capsys.readouterr())

    return leave


def silence(path: Path, ms: int = 100) -> Path:
    """A recording of nothing."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(bytes(16 * ms))
    return path


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """One typed call that all who only look share: its folder, its output, its `--events`."""
    folder = tmp_path_factory.mktemp("typed")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("NPCL_", "OPENAI_"))]:
            patch.delenv(name)
        patch.setenv("NPCL_DATA_DIR", str(folder / "data"))
        patch.chdir(folder)
        patch.setattr(sys, "stdin", io.StringIO(TYPED))
        patch.setattr(sys, "stdout", shown := io.StringIO())
        with pytest.raises(SystemExit) as left:
            main(["call", "--text", "--pace", "max", "--events", "events.jsonl"])
    return folder, Left(left.value.code, shown.getvalue(), "")


@pytest.mark.slow
def test_a_typed_call_ends_with_a_complaint_and_its_summary(typed) -> None:
    """Who speaks is told in each line; the last lines are how it ended."""
    folder, left = typed
    assert left.code == 0
    lines = left.out.splitlines()
    assert lines[0].startswith("Assistant: Namaste, ")  # it waits for no engine
    assert lines[1].startswith("Engine:    local (")
    assert lines[2] == "Caller:    my power is out"
    assert "Records:   no_supply: ok" in lines
    assert lines[-6] == "Assistant: Thank you for calling Noida Power Company. Goodbye."
    assert lines[-5:-3] == ["outcome: complaint_registered", "complaint: 000054324"]
    assert re.fullmatch(r"duration: \d+\.\d s", lines[-3])
    assert re.fullmatch(r"replay: npcl-voice replay [0-9a-f]{16}", lines[-2])
    log = re.fullmatch(r"log: (.*/calls/[0-9a-f]{16}\.jsonl)", lines[-1])
    assert log
    assert Path(log[1]) == next((folder / "data" / "calls").iterdir())
    with closing(sqlite3.connect(next((folder / "data").glob("*.db")))) as database:
        found = database.execute("select complaint_number from complaints where demo = 0").fetchall()
    assert found == [("000054324",)]


def test_every_line_of_events_has_its_time_and_kind(typed) -> None:
    """Seconds since the answer, in order; one is the end with its numbers."""
    folder, _ = typed
    lines = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    assert all({"t", "kind"} <= line.keys() for line in lines)
    times = [line["t"] for line in lines]
    assert times == sorted(times)
    assert {"engine", "state", "transcript", "tool", "end"} <= {line["kind"] for line in lines}
    (end,) = (line for line in lines if line["kind"] == "end")
    assert (end["outcome"], end["complaint_numbers"]) == ("complaint_registered", ["000054324"])
    assert CONSUMER in (folder / "events.jsonl").read_text()


def test_a_call_replays_by_its_id_and_by_its_file(typed, leave, monkeypatch) -> None:
    """The masked log gives the same masked commands; no number of the caller's is in it."""
    folder, _ = typed
    log = next((folder / "data" / "calls").iterdir())
    assert CONSUMER not in log.read_text()
    monkeypatch.setenv("NPCL_DATA_DIR", str(folder / "data"))
    by_id, by_file = leave("replay", log.stem), leave("replay", log)
    assert re.fullmatch(r"\d+ steps replayed, 0 of them different\n", by_id.out)
    assert by_id == by_file == (0, by_id.out, "")


def test_a_replay_with_other_data_of_the_company_s_says_so(typed, leave, home, monkeypatch) -> None:
    """On standard error, beside whatever comes of it: here only an office has changed."""
    folder, _ = typed
    (home / "ours").mkdir()
    (home / "ours" / "offices.toml").write_text("")
    monkeypatch.setenv("NPCL_DOMAIN_DIR", str(home / "ours"))
    code, out, err = leave("replay", next((folder / "data" / "calls").iterdir()))
    assert (code, err.count("\n")) == (0, 1)
    assert "NPCL_DOMAIN_DIR" in err
    assert out.endswith("0 of them different\n")


def test_a_replay_shows_what_is_different(typed, leave, home) -> None:
    """The step, what was done then, and what would be done now."""
    folder, _ = typed
    lines = next((folder / "data" / "calls").iterdir()).read_text().splitlines()
    at, step = next((n, json.loads(line)) for n, line in enumerate(lines) if '"caller_text"' in line)
    lines[at] = json.dumps({**step, "commands": []})
    (home / "changed.jsonl").write_text("\n".join(lines))
    code, out, err = leave("replay", "changed.jsonl")
    shown = out.splitlines()
    assert (code, err) == (1, "")
    assert re.fullmatch(r"step \d+ at \d+\.\d{3} s, CallerText:", shown[0])
    assert shown[1] == "  then: []"
    assert shown[2].startswith("  now:  [{")
    assert shown[3].endswith(" steps replayed, 1 of them different")


def test_what_cannot_be_replayed_is_one_line(typed, leave, home) -> None:
    """An unknown id, no file, an `--events` file, a damaged line, a damaged first line."""
    folder, _ = typed
    code, out, err = leave("replay", "0123456789abcdef")
    assert (code, out) == (1, "")
    assert err.startswith("npcl-voice: 0123456789abcdef: there is no call with this id: ")
    assert (
        leave("replay", "nothing.jsonl").err == "npcl-voice: nothing.jsonl: cannot read it: No such file or directory\n"
    )
    assert "it is no event log of this version" in leave("replay", folder / "events.jsonl").err
    log = next((folder / "data" / "calls").iterdir()).read_text()
    (home / "damaged.jsonl").write_text(log[: len(log) * 2 // 3])
    code, out, err = leave("replay", "damaged.jsonl")
    assert (code, out) == (1, "")
    assert re.fullmatch(r"npcl-voice: damaged\.jsonl: line \d+ is damaged: DecodeError\n", err)
    for setup in ("{}", '{"language":"en","call":7,"turns":{},"tools":[]}', '{"language":7}', '{"language":"xx"}'):
        (home / "head.jsonl").write_text(f'{{"version":1,"setup":{setup}}}\n')
        code, _, err = leave("replay", "head.jsonl")
        assert (code, err.count("\n")) == (1, 1)
        assert err.startswith("npcl-voice: "), err
        assert "unexpected" not in err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--text", "--scenario", "outage"], 2, "Invalid value: choose one of --wav, --scenario, --mic and --text"),
        (["--wav", "a.wav", "--mic"], 2, "Invalid value: choose one of --wav, --scenario, --mic and --text"),
        (
            ["--mic", "--pace", "max"],
            2,
            "Invalid value: --pace max goes with a caller who is no person: --wav or --scenario",
        ),
        (
            ["--engine", "openai"],
            1,
            "NPCL_ENGINE: 'openai' is wanted, and there is no key for a remote engine (`npcl-voice key set`)",
        ),
        (["--engine", "x"], 1, "--engine: 'x' is none; allowed: auto, openai, local"),
        (["--text", "--save", "a.wav"], 2, "Invalid value: --save goes with a voice: a typed call has no sound"),
        (["--caller", "+91"], 1, "--caller: a telephone number is digits only, at most 15 (ITU-T E.164)"),
        (["--caller", "1" * 16], 1, "--caller: a telephone number is digits only, at most 15 (ITU-T E.164)"),
        (["--pace", "slow"], 2, "Invalid value for '--pace'"),
        (["--save", "."], 1, "--save: . is a directory"),
        (["--save", "nowhere/a.wav"], 1, "--save: there is no directory nowhere"),
        (["--events", "nowhere/a.jsonl"], 1, "--events: cannot write nowhere/a.jsonl: No such file or directory"),
    ],
)
def test_what_cannot_be_asked_for_is_one_line(leave, arguments, code, message) -> None:
    """Before anything is loaded; a wrong use of the command leaves with 2."""
    left = leave("call", *arguments)
    assert (left.code, left.out, left.err.count("\n")) == (code, "", 1)
    assert left.err.startswith(f"npcl-voice: {message}")


def test_a_language_without_phrases_names_those_there_are(leave) -> None:
    """Not only that it is missing."""
    left = leave("call", "--text", "--language", "xx")
    assert (left.code, left.out) == (1, "")
    assert "'xx'" in left.err
    assert re.search(r"\ben, hi\b", left.err)


def test_a_bad_setting_is_named(leave, monkeypatch) -> None:
    """The front door says which, and what is allowed."""
    monkeypatch.setenv("NPCL_IDLE_PROMPT_S", "soon")
    assert leave("call").err == (
        "npcl-voice: NPCL_IDLE_PROMPT_S: 'soon' is not allowed; allowed: a number from 2 to 60\n"
    )


def test_a_data_folder_that_cannot_be_made_is_named(leave, home, monkeypatch) -> None:
    """A file stands where the folder should."""
    (home / "file").touch()
    monkeypatch.setenv("NPCL_DATA_DIR", str(home / "file" / "data"))
    left = leave("call", "--text")
    assert (left.code, left.out) == (1, "")
    assert left.err.startswith("npcl-voice: NPCL_DATA_DIR: cannot make the data folder ")


def test_a_damaged_database_is_one_line(leave, home) -> None:
    """It is not overwritten, and no call begins."""
    (home / "data").mkdir()
    file = home / "data" / "npcl-voice.db"
    file.write_bytes(b"not a database" * 1_000)
    left = leave("call", "--scenario", "outage", "--pace", "max")
    assert (left.code, left.out, left.err.count("\n")) == (1, "", 1)
    assert "npcl-voice.db" in left.err
    assert "unexpected" not in left.err
    assert file.read_bytes() == b"not a database" * 1_000


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_a_full_disk_costs_the_events_and_not_the_call(leave, monkeypatch) -> None:
    """It is said once, and the call is held to its end."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("bye\n"))
    left = leave("call", "--text", "--pace", "max", "--events", "/dev/full")
    assert (left.code, left.err) == (0, "--events: cannot write any more: No space left on device\n")
    assert "outcome: " in left.out


@pytest.mark.slow
@pytest.mark.parametrize("name", ["missing.wav", "folder.wav", "text.wav"])
def test_a_recording_that_cannot_be_read_is_one_line(leave, home, name) -> None:
    """It is named, and what is wrong with it; no second recording helps."""
    (home / "folder.wav").mkdir()
    (home / "text.wav").write_text("this is no sound")
    left = leave("call", "--wav", silence(home / "good.wav"), "--wav", name, "--pace", "max")
    assert left.code == 1
    assert left.err.startswith(f"npcl-voice: --wav: {name} ")
    assert left.err.count("\n") == 1
    assert not list((home / "data").glob("calls/*"))


def test_an_unknown_scenario_names_those_there_are(leave) -> None:
    """The three that are packaged."""
    left = leave("call", "--scenario", "wedding", "--pace", "max")
    assert left.code == 1
    assert left.err.count("\n") == 1
    assert all(name in left.err for name in ("wedding", "outage", "status", "hazard"))


@pytest.mark.slow
def test_a_synthetic_call_saves_what_the_assistant_said(leave, home) -> None:
    """A WAV file as long as the call, with a voice in it; without a choice a caller is chosen, and it is said so."""
    left = leave("call", "--pace", "max", "--save", "said.wav", "--caller", "6999074185")
    assert left.code == 0
    assert left.err.startswith("No person can keep up with --pace max: a synthetic caller reports a power cut.")
    with wave.open(str(home / "said.wav"), "rb") as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 24_000)
        seconds = sound.getnframes() / 24_000
        loudest = max(memoryview(sound.readframes(sound.getnframes())).cast("h"))
    duration = float(re.search(r"^duration: (.*) s$", left.out, re.MULTILINE)[1])
    assert abs(seconds - duration) < 1
    assert loudest > 3_000
    assert not list((home / "data").rglob("*.wav"))


@pytest.mark.slow
def test_silence_from_recordings_ends_like_any_other_call(leave, home) -> None:
    """A caller of whom nothing is heard is asked, and then let go."""
    left = leave("call", "--wav", silence(home / "nothing.wav"), "--pace", "max")
    assert "outcome: " in left.out
    assert left.code == 0


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_the_call_properly_and_twice_at_once(home, times) -> None:
    """Once: a record with its outcome and the summary, exit 0. Twice: out of it, with the shell's code for it."""
    command = [sys.executable, "-m", "npcl_voice", "call", "--text"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        while not process.stdout.readline().startswith("Assistant:"):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said = process.stderr.readline()
        if times == 2:
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert said == "Hanging up. Once more ends at once.\n"
    assert err == ""
    if times == 1:
        assert process.returncode == 0
        assert out.splitlines()[0] == "outcome: hung_up"
        with closing(sqlite3.connect(home / "data" / "npcl-voice.db")) as database:
            assert database.execute("select outcome from calls").fetchall() == [("hung_up",)]
    else:
        assert process.returncode in (0, 130)
