"""`key`: the remote engine's key is kept encrypted, found again, and never shown."""

import io
import json
import os
import stat
import sys
import traceback
from pathlib import Path

import pytest

from npcl_voice.cli import main
from npcl_voice.cli.checks import forgiving_settings
from npcl_voice.cli.keystore import LONGEST, checked_key, forget, keep, kept_key
from npcl_voice.cli.settings import load_settings, read_settings
from npcl_voice.config import Secret, Settings
from npcl_voice.errors import SettingsError
from tests.cli.pseudo import PTY_IS_THERE, WHY_NO_PTY, PseudoTerminal

CANARY = "sk-planted-canary-0123456789"
SECRET = Secret("a secret key of the house")
OTHER = Secret("another one that is as long")
AGAIN = "run `npcl-voice key set` again, or `npcl-voice key remove`"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty folder to stand in, with a data folder of its own and no other setting."""
    for name in [name for name in os.environ if name.startswith(("NPCL_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NPCL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def leave(capsys, monkeypatch):
    """Run `npcl-voice` with something piped in: exit code, standard output, standard error; none shows a key."""

    def leave(*arguments: str, piped: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped)))
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, err = capsys.readouterr()
        assert CANARY not in out + err
        return left.value.code, out, err

    return leave


def refused(action) -> str:
    """The message of the SettingsError that something ends with; neither it nor its traceback shows the key."""
    with pytest.raises(SettingsError) as caught:
        action()
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert caught.value.setting == "OPENAI_API_KEY"
    return str(caught.value).removeprefix("OPENAI_API_KEY: ")


# The commands.


def test_a_key_is_kept_used_and_forgotten(leave, home) -> None:
    """From standard input into an encrypted file, from there into the settings, and out again."""
    assert leave("key", "show-status") == (0, "OPENAI_API_KEY: not set\n", "")
    file = home / "data" / "openai.key"
    code, out, err = leave("key", "set", piped=f" {CANARY}\r\n".encode())
    assert (code, out, err) == (0, f"kept, encrypted, in {file}; `npcl-voice doctor` tries it\n", "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert CANARY.encode() not in file.read_bytes()
    assert sorted(path.name for path in file.parent.iterdir()) == ["openai.key", "secret.key"]
    assert load_settings().engine.openai_api_key.reveal() == CANARY
    assert leave("key", "show-status") == (0, "OPENAI_API_KEY: set [kept key]\n", "")
    lines = {line["name"]: line for line in json.loads(leave("config", "--json")[1])}
    assert (lines["OPENAI_API_KEY"]["value"], lines["OPENAI_API_KEY"]["source"]) == ("set", "kept key")
    assert leave("key", "remove") == (0, "the kept key is deleted\n", "")
    assert leave("key", "remove") == (0, "no key was kept\n", "")
    assert not load_settings().engine.openai_api_key


def test_what_is_given_wins_over_what_is_kept(leave, home, monkeypatch) -> None:
    """The environment first, then a file that it names, then the kept key; each is told by its source."""
    leave("key", "set", piped=CANARY.encode())
    (home / "key").write_text("sk-from-a-file")
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(home / "key"))
    settings, _ = read_settings()
    assert settings.engine.openai_api_key.reveal() == "sk-from-a-file"
    assert leave("key", "show-status")[1] == "OPENAI_API_KEY: set [file named in environment]\n"
    monkeypatch.delenv("OPENAI_API_KEY_FILE")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-outside")
    settings, _ = read_settings()
    assert settings.engine.openai_api_key.reveal() == "sk-from-outside"
    assert leave("key", "show-status")[1] == "OPENAI_API_KEY: set [environment]\n"
    assert leave("key", "set", piped=CANARY.encode())[2] == (
        "OPENAI_API_KEY is given besides, and wins over the kept key\n"
    )
    assert leave("key", "remove")[2] == "OPENAI_API_KEY is given besides, and goes on being used\n"


def test_a_key_that_is_none_changes_nothing(leave) -> None:
    """What was kept before stays; the message is one line."""
    leave("key", "set", piped=CANARY.encode())
    for piped, words in ((b"", "nothing was entered"), (b"\xff\xfe", "it is no text"), (b"two words", "spaces")):
        code, out, err = leave("key", "set", piped=piped)
        assert (code, out) == (1, "")
        assert words in err
    assert load_settings().engine.openai_api_key.reveal() == CANARY


def test_a_key_is_never_an_argument(leave) -> None:
    """Arguments are seen by everybody on the machine, and stay in the shell's history."""
    code, out, err = leave("key", "set", "sk-as-an-argument")
    assert (code, out) == (2, "")
    assert "unexpected extra argument" in err


@pytest.mark.skipif(not PTY_IS_THERE, reason=WHY_NO_PTY)
def test_a_key_that_is_typed_is_not_shown(home) -> None:
    """At a keyboard the key is asked for, and the terminal shows nothing of it."""
    with PseudoTerminal("-m", "npcl_voice", "key", "set") as terminal:
        terminal.until("it is not shown")
        terminal.types(f"{CANARY}\n")
        assert terminal.leaves() == 0
        assert CANARY not in terminal.shown
    assert load_settings().engine.openai_api_key.reveal() == CANARY
    with PseudoTerminal("-m", "npcl_voice", "key", "set") as terminal:
        terminal.until("it is not shown")
        terminal.types("\x04")
        assert terminal.leaves() == 1
        assert "nothing was entered; nothing was changed" in " ".join(terminal.shown.split())
    assert load_settings().engine.openai_api_key.reveal() == CANARY


def test_a_kept_key_that_cannot_be_read_stops_all_but_its_own_commands(leave, home, monkeypatch) -> None:
    """The program says what to do; the doctor tells it beside everything else; setting it again helps."""
    leave("key", "set", piped=CANARY.encode())
    monkeypatch.setenv("NPCL_SECRET_KEY", OTHER.reveal())
    code, out, err = leave("complaints", "list")
    assert (code, out) == (1, "")
    assert "cannot be decrypted" in err
    assert AGAIN in err
    settings, wrong = forgiving_settings()
    assert [error.setting for error in wrong] == ["OPENAI_API_KEY"]
    assert not settings.engine.openai_api_key
    assert settings.masking.secret_key == OTHER
    assert leave("key", "set", piped=CANARY.encode())[0] == 0
    assert load_settings().engine.openai_api_key.reveal() == CANARY
    monkeypatch.delenv("NPCL_SECRET_KEY")
    assert "cannot be decrypted" in refused(load_settings)
    assert leave("key", "remove")[0] == 0
    assert not load_settings().engine.openai_api_key


# The file.


def test_the_same_key_never_looks_the_same(tmp_path) -> None:
    """Each time another salt: two files tell nobody that they hold one key."""
    keep(tmp_path, Secret(CANARY), SECRET)
    first = json.loads((tmp_path / "openai.key").read_bytes())
    keep(tmp_path, Secret(CANARY), SECRET)
    second = json.loads((tmp_path / "openai.key").read_bytes())
    assert first["salt"] != second["salt"]
    assert first["token"] != second["token"]
    assert kept_key(tmp_path, SECRET).reveal() == CANARY
    assert [path.name for path in tmp_path.iterdir()] == ["openai.key"]


@pytest.mark.parametrize("end", range(0, 160, 7))
def test_a_file_that_was_cut_is_refused(tmp_path, end: int) -> None:
    """Wherever it was cut, nothing of it counts."""
    keep(tmp_path, Secret(CANARY), SECRET)
    file = tmp_path / "openai.key"
    file.write_bytes(file.read_bytes()[:end])
    assert refused(lambda: kept_key(tmp_path, SECRET)) == f"the kept key {file} is damaged: {AGAIN}"


@pytest.mark.parametrize("change", ["salt", "token", "version"])
def test_a_file_that_was_changed_is_refused(tmp_path, change: str) -> None:
    """Whoever changes a byte of it has made it useless, not another key."""
    keep(tmp_path, Secret(CANARY), SECRET)
    file = tmp_path / "openai.key"
    written = json.loads(file.read_bytes())
    changes = {"salt": "A" * 22 + "==", "token": written["token"][:-6] + "AAAAAA", "version": 2}
    file.write_text(json.dumps({**written, change: changes[change]}))
    assert AGAIN in refused(lambda: kept_key(tmp_path, SECRET))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{}", b"[" * 4_000, b"x" * 100_000])
def test_a_file_that_is_something_else_is_refused(tmp_path, content: bytes) -> None:
    """Whatever stands in its place is read within bounds and refused."""
    file = tmp_path / "openai.key"
    file.write_bytes(content)
    file.chmod(0o600)
    assert refused(lambda: kept_key(tmp_path, SECRET)) == f"the kept key {file} is damaged: {AGAIN}"


def test_a_token_that_holds_no_key_is_refused(tmp_path) -> None:
    """What comes out of the file is looked at like what somebody enters."""
    keep(tmp_path, Secret("two\nlines are no key"), SECRET)
    assert refused(lambda: kept_key(tmp_path, SECRET)).startswith("is no key")


def test_a_kept_key_needs_the_secret_key_that_it_was_kept_with(tmp_path) -> None:
    """Another secret key, and none at all."""
    keep(tmp_path, Secret(CANARY), SECRET)
    file = tmp_path / "openai.key"
    another = "NPCL_SECRET_KEY is another one than when the key was kept, or the file is damaged"
    assert refused(lambda: kept_key(tmp_path, OTHER)) == (
        f"the kept key {file} cannot be decrypted: {another}: {AGAIN}"
    )
    assert refused(lambda: kept_key(tmp_path, Secret())) == (
        f"the secret key that decrypts {file} is gone: give NPCL_SECRET_KEY as it was when the key was kept, or {AGAIN}"
    )


def test_a_kept_key_is_its_owner_s_alone(tmp_path) -> None:
    """A file that others may read is refused until that is mended."""
    keep(tmp_path, Secret(CANARY), SECRET)
    file = tmp_path / "openai.key"
    file.chmod(0o640)
    assert refused(lambda: kept_key(tmp_path, SECRET)) == (
        f"others may read the kept key {file} (mode 0640): chmod 600 {file}"
    )
    file.chmod(0o600)
    assert kept_key(tmp_path, SECRET).reveal() == CANARY


def test_a_file_that_cannot_be_opened_written_or_deleted_is_named(tmp_path) -> None:
    """The system's own reason stands beside the path."""
    folder = tmp_path / "openai.key"
    folder.mkdir()
    assert refused(lambda: kept_key(tmp_path, SECRET)) == (
        f"cannot read the kept key {folder}: Is a directory; {AGAIN}"
    )
    assert refused(lambda: keep(tmp_path, Secret(CANARY), SECRET)) == f"cannot write {folder}: Is a directory"
    assert [path.name for path in tmp_path.iterdir()] == ["openai.key"]
    assert refused(lambda: forget(tmp_path)).startswith(f"cannot delete {folder}: ")
    nowhere = tmp_path / "nowhere"
    message = f"cannot write {nowhere / 'openai.key'}: No such file or directory"
    assert refused(lambda: keep(nowhere, Secret(CANARY), SECRET)) == message
    assert kept_key(nowhere, SECRET) == Secret()
    assert forget(nowhere) is False


@pytest.mark.parametrize("text", ["", " \n", "short", "two words are none", "two\nlines-of-it", "schlüssel-schlüssel"])
def test_what_can_be_no_key_is_refused_without_showing_it(text: str) -> None:
    """Its shape is looked at loosely: servers differ in what their keys look like."""
    message = refused(lambda: checked_key(text))
    assert not text.strip() or text.strip() not in message


def test_a_key_has_a_length() -> None:
    """The longest there may be, and one more."""
    assert checked_key("k" * LONGEST).reveal() == "k" * LONGEST
    assert "characters" in refused(lambda: checked_key("k" * (LONGEST + 1)))


def test_settings_alone_know_no_kept_key(tmp_path) -> None:
    """A mapping is a mapping: only the front door looks into the data folder."""
    keep(tmp_path, Secret(CANARY), SECRET)
    mapping = {"NPCL_DATA_DIR": str(tmp_path), "NPCL_SECRET_KEY": SECRET.reveal()}
    assert not Settings.from_mapping(mapping).engine.openai_api_key
    settings, sources = read_settings(mapping, Path(tmp_path))
    assert settings.engine.openai_api_key.reveal() == CANARY
    assert sources["OPENAI_API_KEY"] == "kept key"
    assert CANARY not in f"{settings!r}"
