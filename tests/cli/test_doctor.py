"""`doctor`: each part is checked, each failure says what to do, and nothing hides anything else."""

import asyncio
import io
import json
import os
import re
import socket
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from rich.console import Console

from npcl_voice.cli import machine, main, parts
from npcl_voice.cli.checks import _secrets, examine, forgiving_company, forgiving_settings
from npcl_voice.cli.doctor import draw
from npcl_voice.cli.findings import Finding, covered, failure, guarded, ok, warning
from npcl_voice.cli.settings import load_settings
from npcl_voice.config import Settings
from npcl_voice.domain.company import packaged_company, packaged_text
from npcl_voice.errors import RefusedError, SettingsError
from npcl_voice.rehearsal.twin.engine import MODEL
from npcl_voice.store import open_store
from npcl_voice.store.engine import REMEDY
from npcl_voice.store.schema import HEAD
from tests.cli.nearby import twin_nearby

CANARY = "sk-planted-canary-0123456789"
ROOT = Path(__file__).parent.parent.parent
SEEN = 'source = "x"\nas_of = 2026-11-22\n'


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty folder to stand in, a data folder of its own, and a port that the system chooses."""
    for name in [name for name in os.environ if name.startswith(("NPCL_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NPCL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NPCL_PORT", "0")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def leave(capsys):
    """Run the doctor to its end: exit code, standard output, standard error."""

    def leave(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["doctor", *arguments])
        return left.value.code, *capsys.readouterr()

    return leave


def named(name: str) -> list[Finding]:
    """What the quick checks find of one thing, with the settings as they are; the ears are left out."""
    found: list[Finding] = []
    for one in examine():
        if isinstance(one, str):
            if one.startswith("checking ears"):
                break
        elif one.name == name:
            found.append(one)
    return found


def only(name: str) -> Finding:
    """The one finding of a check."""
    [found] = named(name)
    return found


def settings_of(**given: str) -> Settings:
    return Settings.from_mapping({"NPCL_DATA_DIR": os.environ["NPCL_DATA_DIR"], **given})


# As a whole.


@pytest.mark.slow
def test_a_healthy_machine_has_no_failure_and_nothing_is_made(leave, home, monkeypatch) -> None:
    """Before the first run there is nothing, and the doctor makes nothing; plain lines, the quick checks first."""
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    with twin_nearby() as url:
        monkeypatch.setenv("NPCL_REALTIME_URL", url)
        monkeypatch.setenv("NPCL_REALTIME_MODEL", MODEL)
        code, out, err = leave()
    lines = out.splitlines()
    names = [re.fullmatch(r"(?:ok|warning|failure) +([a-z ]+): .+", line)[1] for line in lines]
    assert code == 0, out
    assert list(dict.fromkeys(names)) == [
        "python", "packages", "settings", "openai key", "data folder", "disk", "secret key", "clock", "port",
        "company data", "phrases", "audio devices", "remote engine", "database", "mouth", "ears", "capacity",
    ]  # fmt: skip
    assert "OPENAI_API_KEY is set" in out
    assert f"remote engine: openai: model {MODEL}, voice marin, format audio/pcm; opened in" in out
    assert CANARY not in out + err
    assert "heard 'there is no power in my house'" in out
    assert re.search(r"capacity: [0-9]+ cores; [1-9][0-9]* callers", out)
    assert err.strip().endswith(f"checks: {len(lines)}, failures: 0, warnings: {out.count('warning ')}")
    assert not (home / "data").exists()


def test_every_wrong_thing_is_told_and_the_exit_code_says_so(leave, home, monkeypatch) -> None:
    """Settings, data, database and voice at once; programs read it as JSON."""
    (home / "data").mkdir(mode=0o700)
    (home / "data" / "npcl-voice.db").write_bytes(b"not a database" * 1_000)
    (home / "data" / "secret.key").write_text("x" * 32)
    (home / "data" / "secret.key").chmod(0o644)
    (home / "areas.toml").write_text("[[area]]")
    for name, value in (
        ("NPCL_VOICE", "tenor"),
        ("NPCL_IDLE_PROMPTS", "many"),
        ("NPCL_DOMAIN_DIR", str(home)),
        ("NPCL_VOICE_MODEL", str(home / "nowhere")),
    ):
        monkeypatch.setenv(name, value)
    code, out, _ = leave("--json")
    found = json.loads(out)
    file = f"the database {home / 'data' / 'npcl-voice.db'}"
    failed = [(one["name"], one["found"].partition(":")[0]) for one in found if one["status"] == "failure"]
    assert code == 1
    assert all(list(one) == ["name", "status", "found", "remedy"] for one in found)
    assert failed == [
        ("settings", "NPCL_IDLE_PROMPTS"),
        ("settings", "NPCL_VOICE"),
        ("secret key", f"{home / 'data' / 'secret.key'} may be read by others (mode 0644)"),
        ("company data", "areas.toml"),
        ("database", f"{file} is damaged, or no database at all; {REMEDY}"),
        ("mouth", "NPCL_VOICE_MODEL"),
        ("ears", "NPCL_VOICE_MODEL"),
    ]  # fmt: skip
    assert all(one["remedy"] for one in found if one["status"] != "ok")
    assert not [one for one in found if one["status"] == "ok" and one["remedy"]]


def test_the_table_of_a_terminal(monkeypatch) -> None:
    """Colours unless `NO_COLOR` is set; what to do stands beneath what was found."""

    def drawn(width: int = 100) -> str:
        out = io.StringIO()
        console = Console(file=out, force_terminal=True, width=width, color_system="standard", highlight=False)
        draw([ok("python", "3.13 [fine]"), failure("disk", "full", "make room")], console)
        return out.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = drawn()
    assert "\x1b[32mok" in coloured
    assert "\x1b[1;31mfailure" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    plain = re.sub(r"\x1b\[[01]m", "", drawn())
    assert "\x1b[" not in plain
    assert "3.13 [fine]" in plain
    assert plain.index("full") < plain.index("make room")


def test_a_check_that_breaks_hides_no_other() -> None:
    """It is a failure of its own, with what it found before; our own errors are told as they are."""

    def breaks() -> Iterator[Finding]:
        yield ok("disk", "there")
        raise ZeroDivisionError("by\nnothing")

    def refuses() -> Iterator[Finding]:
        raise RefusedError("not with me")
        yield

    def misset() -> Iterator[Finding]:
        raise SettingsError("NPCL_PORT", "taken")
        yield

    assert list(guarded("disk", "look at it", breaks)) == [
        ok("disk", "there"),
        failure("disk", "unexpected ZeroDivisionError: by nothing", "look at it; NPCL_DEBUG=1 shows where"),
    ]
    assert list(guarded("x", "ask again", refuses)) == [failure("x", "not with me", "ask again")]
    [found] = guarded("x", "ask again", misset)
    assert (found.status, found.found) == ("failure", "NPCL_PORT: taken")
    assert found.remedy.startswith("correct NPCL_PORT")


def test_debugging_shows_where_a_check_broke(monkeypatch, capsys) -> None:
    """On standard error, beside the finding."""
    monkeypatch.setenv("NPCL_DEBUG", "1")
    list(guarded("x", "", lambda: iter([1 // 0])))
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_secrets_are_covered() -> None:
    """Whatever a driver repeats; a text too short to be one stays."""
    finding = warning("database", f"cannot use {CANARY}", f"not {CANARY}")
    assert covered(finding, [CANARY, "can", ""]) == warning("database", "cannot use ***", "not ***")


def test_every_secret_setting_is_covered() -> None:
    """Of an address only the password, in both of its forms; a damaged address has none."""
    url = "postgresql+psycopg://user:p%40ssword@host/name"
    settings = settings_of(
        OPENAI_API_KEY=CANARY, NPCL_API_KEYS="first-key,second-key", NPCL_SECRET_KEY="k" * 20, NPCL_DATABASE_URL=url
    )
    assert {CANARY, "first-key", "second-key", "k" * 20, "p%40ssword", "p@ssword"} <= set(_secrets(settings))
    assert url not in _secrets(settings)
    assert _secrets(settings)[0] == CANARY
    assert set(_secrets(settings_of(NPCL_DATABASE_URL="postgresql+psycopg://[host/name"))) == {""}


def test_a_database_s_password_is_never_shown(monkeypatch) -> None:
    """Neither as it is written in the address nor as it is meant."""
    monkeypatch.setenv("NPCL_DATABASE_URL", f"postgresql+psycopg://user:{CANARY}@127.0.0.1:1/none")
    [found] = named("database")
    assert found.status == "failure"
    assert CANARY not in str(found)


# Settings and company data.


def test_each_bad_setting_is_named_and_the_others_count(home, monkeypatch) -> None:
    """Also those that do not fit together, and those in `.env`."""
    (home / ".env").write_text("NPCL_SPEED=fast\nNPCL_LANGUAGE=en\n")
    monkeypatch.setenv("NPCL_CALL_LIMIT_S", "100")
    monkeypatch.setenv("NPCL_HOST", "127.0.0.2")
    settings, wrong = forgiving_settings()
    assert [error.setting for error in wrong] == ["NPCL_SPEED", "NPCL_CALL_WARNING_S"]
    assert settings.service.host == "127.0.0.2"
    assert settings.local.speed == 1
    assert settings.call.limit_s == 600
    assert str(settings.store.data_dir) == str(home / "data")
    assert [one.status for one in named("settings")] == ["failure"] * 2


def test_settings_that_cannot_even_be_gathered(home, monkeypatch) -> None:
    """A damaged `.env` and a data folder in nobody's home: both are told."""
    (home / ".env").write_text("what is this\n")
    monkeypatch.setenv("NPCL_DATA_DIR", "~nobody-of-that-name/data")
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "share"))
    settings, wrong = forgiving_settings()
    assert [error.setting for error in wrong] == [".env", "NPCL_DATA_DIR"]
    assert "nobody" not in str(settings.store.data_dir)


def test_good_settings_are_one_line(monkeypatch, home) -> None:
    """With the folder of the operator's data, if there is one."""
    assert only("settings").found == "all are allowed; language auto, engine auto"
    assert only("openai key").found.startswith("OPENAI_API_KEY is not set")
    (home / "ours").mkdir()
    monkeypatch.setenv("NPCL_DOMAIN_DIR", str(home / "ours"))
    assert only("settings").found.endswith(f"company data from {home / 'ours'}")


def test_each_file_of_the_company_s_data_is_checked(home, monkeypatch) -> None:
    """A damaged one, a strange one, and a sound one; the packaged stand in for what does not count."""
    (home / "areas.toml").write_text(f'[[area]]\nname = "Iota 1"\n{SEEN}')
    (home / "promises.toml").write_text("[[promise]]")
    (home / "area.toml").write_text("")
    settings = settings_of(NPCL_DOMAIN_DIR=str(home))
    company, texts, damaged = forgiving_company(settings)
    assert [area.name for area in company.areas] == ["Iota 1"]
    assert company.promises == packaged_company().promises
    assert sorted(error.setting for error in damaged) == ["area.toml", "promises.toml"]
    found = list(parts.check_company(company, texts, damaged))
    assert [one.status for one in found] == ["failure"] * 2 + ["ok"] * 9
    assert found[2].found == "areas.toml: 1 entry of the operator's"
    assert found[3].found == "promises.toml: 16 entries, 16 not confirmed and never spoken"
    assert found[-1].found == "calls may be handed to: nobody yet; a callback is booked"
    monkeypatch.setenv("NPCL_DOMAIN_DIR", str(home / "nowhere"))
    assert named("company data")[0].found.startswith("NPCL_DOMAIN_DIR: cannot read")


def test_words_that_nobody_reviewed_dates_to_come_and_confirmed_targets(home) -> None:
    """Warnings, since a call works; whom calls may be handed to is shown."""
    late = (datetime.now(UTC) + timedelta(days=400)).date()
    words = 'kind = "fire"\nlanguage = "en"\ntext = "Run."\nreviewed = false\n'
    (home / "safety.toml").write_text(f"[[safety]]\n{words}{SEEN}")
    agreed = packaged_text("transfers.toml").replace("confirmed = false", "confirmed = true")
    (home / "transfers.toml").write_text(agreed)
    (home / "offices.toml").write_text(packaged_text("offices.toml").replace("2026-11-22", str(late)))
    company, texts, damaged = forgiving_company(settings_of(NPCL_DOMAIN_DIR=str(home)))
    found = list(parts.check_company(company, texts, damaged))
    assert [one.found for one in found if one.status == "warning"] == [
        "offices.toml: 2 entries of the operator's; 2 are dated in the future",
        "safety.toml: words that nobody has reviewed are not said: fire in en",
    ]
    assert found[-1].found == "calls may be handed to: call_centre 0120-6226666 (24x7)"


# The machine.


def test_the_packages_are_those_that_are_required() -> None:
    """`requirements/base.in` names them; those of one system alone, and those of one Python, are left out."""
    lines = (ROOT / "requirements" / "base.in").read_text("utf-8").splitlines()
    names = {re.split(r"[\[=;# ]", line)[0] for line in lines if line and not line.startswith("#")}
    assert names - {"setuptools", "uvloop"} == set(machine.PACKAGES)
    assert only("packages").status == only("python").status == "ok"


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder into which nobody can write")  # noqa: PTH112
def test_a_data_folder_that_cannot_be_written(home, monkeypatch) -> None:
    """Whether it is there or could not be made."""
    if os.getuid() == 0:
        (home / "file").write_text("")
        folder = home / "file" / "data"
    else:
        folder = Path("/proc/self/data")
    [found] = machine.check_data_folder(folder)
    assert found.status == "failure"
    assert "may not be written to" in found.found
    assert "NPCL_DATA_DIR" in found.remedy


def test_the_data_folder_and_the_secret_key(home) -> None:
    """Made on first use; then for their owner alone."""
    assert only("data folder").found.endswith("will be made on first use")
    assert "will be made on first use" in only("secret key").found
    load_settings()
    assert only("data folder") == ok("data folder", f"{home / 'data'}, mode 0700")
    assert only("secret key") == ok("secret key", f"{home / 'data' / 'secret.key'}, mode 0600")
    (home / "data").chmod(0o755)
    assert only("data folder").status == "warning"
    key = home / "data" / "secret.key"
    key.chmod(0o640)
    assert only("secret key") == failure("secret key", f"{key} may be read by others (mode 0640)", f"chmod 600 {key}")
    assert stat.S_IMODE(key.stat().st_mode) == 0o640
    key.unlink()
    [given] = machine.check_secret_key(settings_of(NPCL_SECRET_KEY=CANARY))
    assert given == ok("secret key", "given in the settings")


def test_the_clock_and_the_disk() -> None:
    """On a machine on which tests run both are good enough to work."""
    assert only("clock").status == "ok"
    assert only("disk").status in {"ok", "warning"}


def test_a_clock_that_is_behind() -> None:
    """No true clock is behind the day on which the packaged data was read."""
    [found] = machine.check_clock(datetime(2020, 1, 1, tzinfo=UTC))
    assert (found.status, found.found) == (
        "failure",
        "it shows 2020-01-01 00:00 UTC, before this version was made (2026-11-22)",
    )
    [fine] = machine.check_clock(datetime(2026, 12, 24, 18, tzinfo=UTC))
    assert fine == ok("clock", "2026-12-24 23:30 in India")


@pytest.mark.parametrize(
    ("free", "status"), [(0, "failure"), (100 * 2**20, "warning"), (2**30 - 1, "warning"), (2**30, "ok")]
)
def test_a_disk_that_fills(free: int, status: str) -> None:
    """First somebody should look, then nothing can be kept."""
    assert machine.judged_room(free).status == status


def test_a_port_that_is_taken(monkeypatch) -> None:
    """By another program it is a failure, by our own service it is not."""

    class Ours(BaseHTTPRequestHandler):
        body = b'{"status": "ok"}'

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.body)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    class Theirs(Ours):
        body = b"hello"

    for handler, status in ((Ours, "ok"), (Theirs, "failure")):
        with HTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                [found] = machine.check_port("127.0.0.1", server.server_port)
            finally:
                server.shutdown()
                thread.join()
            assert found.status == status
            assert str(server.server_port) in found.found
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert list(machine.check_port("127.0.0.1", port)) == [ok("port", f"127.0.0.1:{port} is free")]
    assert list(machine.check_port("127.0.0.1", 0)) == [ok("port", "the system chooses a free one")]
    [elsewhere] = machine.check_port("192.0.2.1", 8080)
    [nowhere] = machine.check_port("no such host", 8080)
    assert (elsewhere.status, nowhere.status) == ("failure", "failure")
    assert nowhere.remedy == "set NPCL_HOST"


# The database.


async def _opened(home: Path) -> Path:
    """A database as a first run leaves it."""
    (home / "data").mkdir()
    file = home / "data" / "npcl-voice.db"
    async with await open_store(f"sqlite+aiosqlite:///{file}", wall=lambda: datetime.now(UTC)):
        pass
    return file


def written(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.fixture
def database(home):
    """The file of a database as a first run leaves it, and the findings about it."""
    file = asyncio.run(_opened(home))
    return file, lambda: list(parts.check_database(settings_of()))


def test_a_database_that_is_as_it_should_be(database) -> None:
    """Its schema, its audit and what is owed."""
    file, check = database
    assert check() == [
        ok("database", f"the database {file}, schema {HEAD}"),
        ok("audit", "the chain of entries is whole"),
        ok("outbox", "0 jobs are owed"),
    ]


def test_an_audit_that_somebody_changed(database) -> None:
    """The first entry that is wrong is named."""
    file, check = database
    with closing(sqlite3.connect(file)) as connection:
        guards = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    written(file, *(f"DROP TRIGGER {name}" for name in guards), "UPDATE audit SET actor = 'nobody' WHERE entry = 2")
    [_, audit, _] = check()
    assert (audit.status, audit.found) == ("failure", "entry 2 is missing or was changed")


def test_a_backlog(database) -> None:
    """Many jobs that nobody delivers are worth a look."""
    file, check = database
    row = "'k' || n, 'complaint.registered', '{}', '2026-11-22 00:00:00', 0"
    many = f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {parts.BACKLOG + 1})"
    written(file, f"INSERT INTO outbox (job_key, kind, payload, made_at, attempts) {many} SELECT {row} FROM c")
    assert check()[-1] == warning("outbox", "1001 jobs are owed", "see that somebody delivers them")


@pytest.mark.parametrize(
    ("schema", "status", "found"),
    [
        ("9999", "failure", f"has schema 9999, this program knows up to {HEAD}"),
        ("0000", "warning", f"has schema 0000; the next start brings it to {HEAD}"),
    ],
)
def test_a_database_of_another_version(database, schema: str, status: str, found: str) -> None:
    """A newer one cannot be used, an older one is brought up at the next start."""
    file, check = database
    written(file, f"UPDATE alembic_version SET version_num = '{schema}'")
    [one] = check()
    assert (one.status, one.found) == (status, f"the database {file} {found}")
    assert one.remedy


def test_a_damaged_database(database) -> None:
    """A page in the middle that is overwritten."""
    file, check = database
    data = bytearray(file.read_bytes())
    data[4096 * 2 : 4096 * 6] = b"\xa5" * 4096 * 4
    file.write_bytes(data)
    found = list(guarded("database", "put a copy back", check))
    assert found[-1].status == "failure"
    assert found[-1].remedy


def test_a_database_of_somebody_else_s_or_an_empty_one(home) -> None:
    """The one is refused, the other will be set up."""
    (home / "data").mkdir()
    file = home / "data" / "npcl-voice.db"
    file.touch()
    [empty] = parts.check_database(settings_of())
    assert empty == ok("database", f"the database {file} is empty and will be set up on first use")
    written(file, "CREATE TABLE theirs (x)")
    [theirs] = parts.check_database(settings_of())
    assert (theirs.status, theirs.remedy) == ("failure", "set NPCL_DATABASE_URL")
