"""`say`, `hear`, `understand` and `serve`: what they print, write and refuse."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import wave
from pathlib import Path

import httpx
import pytest

from npcl_voice.cli import main


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
    """Run a command to its end: exit code, standard output, standard error."""

    def leave(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        return left.value.code, *capsys.readouterr()

    return leave


def refused(left: tuple[int, str, str]) -> str:
    """The one line of a command that refused."""
    code, out, err = left
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("npcl-voice: ")
    return err.removeprefix("npcl-voice: ").strip()


def said(leave, path: Path, text: str, *more: object) -> Path:
    """The assistant's voice in a file."""
    code, out, err = leave("say", text, "--save", path, *more)
    assert (code, out) == (0, ""), err
    return path


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000])
def test_say_writes_a_wav_file_of_the_rate_that_was_asked_for(leave, rate) -> None:
    """One channel of 16 bits, and its length is told."""
    code, out, err = leave("say", "Your complaint number is 000054321. Thank you.", "--save", "a.wav", "--rate", rate)
    with wave.open("a.wav", "rb") as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, rate)
        seconds = sound.getnframes() / rate
    assert (code, out, err) == (0, "", f"a.wav: {seconds:.1f} s\n")
    assert 3 < seconds < 10


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["  ", "--save", "a.wav"], "TEXT: there is nothing to say"),
        (["...", "--save", "a.wav"], "TEXT: there is nothing in it that can be spoken"),
        (["x" * 10_001, "--save", "a.wav"], "TEXT: at most 10000 characters are said at once"),
        (["hello", "--save", "a.wav", "--rate", "11025"], "--rate: 11025 is not one of 8000, 16000, 24000"),
        (["hello", "--save", "nowhere/a.wav"], "--save: there is no directory nowhere"),
        (["hello", "--save", "."], "--save: . is a directory"),
    ],
)
def test_what_cannot_be_said_is_one_line(leave, home, arguments, message) -> None:
    """And no file is left of it."""
    assert refused(leave("say", *arguments)) == message
    assert not (home / "a.wav").exists()


@pytest.mark.parametrize("command", [["say", "hello", "--save", "a.wav"], ["hear", "a.wav"]])
def test_a_language_without_phrases_names_those_there_are(leave, command) -> None:
    """Every command that takes a language."""
    message = refused(leave(*command, "--language", "ta"))
    assert "ta" in message
    assert "en" in message.split(":", 1)[1]


@pytest.mark.slow
def test_what_is_said_is_heard(leave, home) -> None:
    """A line of JSON for each file, in order; digits only where a number was asked for."""
    first = said(leave, home / "first.wav", "There is no power in my house.", "--rate", 8_000)
    second = said(leave, home / "second.wav", "0 0 0 0 5 4 3 2 1")
    code, out, err = leave("hear", first, second)
    assert (code, err) == (0, "")
    heard = [json.loads(line) for line in out.splitlines()]
    assert [list(line) for line in heard] == [["file", "text", "digits", "confidence", "speech_ms", "cpu_ms"]] * 2
    assert [line["file"] for line in heard] == [str(first), str(second)]
    assert "power" in heard[0]["text"]
    assert (heard[0]["digits"], heard[1]["digits"]) == (None, None)
    assert 500 < heard[0]["speech_ms"] < 3_000
    code, out, _ = leave("hear", second, "--expect", "number:9")
    assert (code, json.loads(out)["digits"]) == (0, "000054321")


@pytest.mark.slow
def test_a_recording_without_speech_has_no_words(leave, home) -> None:
    """Neither words nor milliseconds of speech, even when it is shorter than a window of the detector."""
    for samples in (1, 8_000):
        with wave.open("quiet.wav", "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(8_000)
            out.writeframes(bytes(2 * samples))
        code, shown, _ = leave("hear", "quiet.wav", "--language", "auto")
        heard = json.loads(shown)
        assert (code, heard["text"], heard["speech_ms"]) == (0, "", 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.wav"], "FILE: none.wav does not exist"),
        (["."], "FILE: . is a directory, not a WAV file"),
        (["none.wav", "--expect", "name"], "--expect: 'name' is not any, yes_no, number or number:LENGTHS"),
        (["none.wav", "--expect", "number:x"], "--expect: 'x' are no lengths; write number:10 or number:9,10"),
        (["none.wav", "--expect", "number:0"], "--expect: '0' are no lengths; write number:10 or number:9,10"),
        (["none.wav", "--expect", "number:9,21"], "--expect: '9,21' are no lengths; write number:10 or number:9,10"),
    ],
)
def test_what_cannot_be_heard_is_one_line(leave, arguments, message) -> None:
    """The expectation is looked at before the files are."""
    assert refused(leave("hear", *arguments)) == message


def test_understand_tells_what_was_meant(leave) -> None:
    """Words of the command are one sentence."""
    code, out, err = leave("understand", "there", "is", "a", "wire", "down", "in", "the", "street")
    meant = json.loads(out)
    assert (code, err) == (0, "")
    assert list(meant) == ["text", "language", "intent", "hazard", "doubt", "slots", "confidence", "sentiment"]
    assert (meant["text"], meant["language"]) == ("there is a wire down in the street", "en")
    assert (meant["hazard"], meant["sentiment"]) == ("P0", "neutral")


def test_understand_tells_what_was_meant_in_hindi(leave) -> None:
    """In either script, with what the caller feels."""
    _, out, _ = leave("understand", "आपकी सर्विस बहुत घटिया है, complaint ka kya hua")
    meant = json.loads(out)
    assert (meant["language"], meant["intent"], meant["sentiment"]) == ("hi", "complaint_status", "negative")


@pytest.mark.slow
def test_an_operator_s_areas_are_understood(leave, home, monkeypatch) -> None:
    """From the folder that `NPCL_DOMAIN_DIR` names; a damaged file there is one line."""
    (home / "areas.toml").write_text('[[area]]\nname = "Iota 1"\nsource = "x"\nas_of = 2026-11-22\n', "utf-8")
    monkeypatch.setenv("NPCL_DOMAIN_DIR", str(home))
    _, out, _ = leave("understand", "no power in iota one")
    assert json.loads(out)["slots"] == {"area": "Iota 1"}
    (home / "areas.toml").write_text('[[area]]\nname = "Iota 1"\n', "utf-8")
    message = refused(leave("understand", "no power"))
    assert message.startswith("areas.toml: [[area]] 1 (Iota 1): Object missing required field `source`")
    assert refused(leave("complaints", "list")) == message


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_understand_reads_lines(leave, monkeypatch, arguments) -> None:
    """A line of JSON for each that is not blank, whatever is in it."""
    lines = "my power is out\n\n  what is the status of my complaint 000054321 \n\u200b😀\n" + "x" * 20_000 + "\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    code, out, _ = leave("understand", *arguments)
    meant = [json.loads(line) for line in out.splitlines()]
    assert (code, len(meant)) == (0, 4)
    assert [one["intent"] for one in meant[:2]] == ["no_supply", "complaint_status"]
    assert meant[1]["text"] == "what is the status of my complaint 000054321"
    assert "000054321" in str(meant[1]["slots"])


def test_a_port_in_use_is_told_before_anything_is_loaded(leave) -> None:
    """By the address that was asked for."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        message = refused(leave("serve", "--port", port))
    assert message == f"NPCL_PORT: cannot listen on 127.0.0.1:{port}: Address already in use"


def test_an_address_that_is_none_is_told(leave) -> None:
    """A name that nobody has, one of another machine, and ports that are none."""
    assert refused(leave("serve", "--host", "no such host", "--port", 0)).startswith(
        "NPCL_HOST: 'no such host' is no address of this machine: "
    )
    assert refused(leave("serve", "--host", "192.0.2.1", "--port", 0)).startswith(
        "NPCL_PORT: cannot listen on 192.0.2.1:0: "
    )
    for port in (-1, 65_536):
        assert refused(leave("serve", "--port", port)) == f"--port: {port} is no port; allowed: 0 to 65535"


@pytest.mark.slow
def test_serve_tells_where_it_listens_and_leaves_at_ctrl_c() -> None:
    """The address is the first line; its health is asked there; one Ctrl-C ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "npcl_voice", "serve", "--port", "0"], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        told = process.stderr.readline().split()
        assert told[:2] == ["Listening", "on"]
        assert told[4].startswith("ws://127.0.0.1:")
        assert httpx.get(f"{told[2]}/healthz", timeout=60).json() == {"status": "ok"}
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in err
    assert process.returncode in (0, 130, -signal.SIGINT)
