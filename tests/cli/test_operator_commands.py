"""The operator's commands: what they print, what programs read, and how they refuse."""

import asyncio
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from npcl_voice.cli import main
from npcl_voice.conversation.commands import Transcript
from npcl_voice.domain.complaints import CallbackDraft
from npcl_voice.domain.times import INDIA
from npcl_voice.store import Store, open_store
from tests.fakes import MORNING

COMPLAINT_FIELDS = [
    "complaint_number",
    "status",
    "kind",
    "priority",
    "premises",
    "area",
    "registered_at",
    "promise_at",
    "repeats",
    "demo",
]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty folder to stand in, and a data folder of its own."""
    for name in [name for name in os.environ if name.startswith(("NPCL_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NPCL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys):
    """Run a command that does its work: what it printed."""

    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, err = capsys.readouterr()
        assert (left.value.code, err) == (0, "")
        return out

    return run


@pytest.fixture
def refusal(capsys):
    """Run a command that refuses: its exit code and its one line."""

    def refusal(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        return left.value.code, err.strip()

    return refusal


def in_store(home, work) -> None:
    """Do something in the store that the commands will open."""

    async def opened() -> None:
        (home / "data").mkdir(exist_ok=True)
        async with await open_store(
            f"sqlite+aiosqlite:///{home / 'data' / 'npcl-voice.db'}", wall=lambda: MORNING
        ) as store:
            await work(store)

    asyncio.run(opened())


def words(table: str) -> list[list[str]]:
    """The rows of a table, without its rules."""
    return [line.split() for line in table.splitlines() if line.strip() and "──" not in line]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["complaints"], "List, show, add, assign, close and reopen complaints, and read their codes."),
        (["complaints", "assign"], "to another team"),
        (["complaints", "close"], "the work is done"),
        (["complaints", "reopen"], "Open a closed complaint again"),
        (["complaints", "list"], "the newest first"),
        (["complaints", "show"], "nine digits"),
        (["complaints", "add"], "gives the first number"),
        (["calls"], "the calls that were held"),
        (["calls", "list"], "the newest first"),
        (["calls", "show"], "masked transcript"),
        (["callbacks"], "callers were promised"),
        (["callbacks", "list"], "the newest first"),
        (["outages"], "List, add, estimate and restore outages."),
        (["outages", "estimate"], "who says so"),
        (["callbacks", "done"], "may be tried again"),
        (["outbox"], "owed to other systems"),
        (["outbox", "list"], "the newest first"),
        (["outbox", "run"], "alerts first"),
        (["outages", "list"], "Only those that are not over."),
        (["outages", "add"], "callers from there are told at once"),
        (["outages", "restore"], "supply is back"),
    ],
)
def test_every_command_has_its_help(command, said, run):
    """A sentence that says what it does."""
    assert said in " ".join(re.sub("[│╭╮╰╯─]", " ", run(*command, "--help")).split())


def test_complaints_for_people(run):
    """A new database shows the demonstration, marked as such."""
    head, *rows = words(run("complaints", "list"))
    assert head == ["number", "status", "kind", "priority", "area", "premises", "registered", "repeats"]
    assert [(row[0], row[1], row[-1]) for row in rows] == [
        ("000054321", "in_progress", "demo"),
        ("000054322", "assigned", "demo"),
        ("000054323", "resolved", "demo"),
    ]
    assert len(words(run("complaints", "list", "--open"))) == 3


def test_complaints_for_programs(run):
    """A list of objects with exactly the fields that scripts rely on; times have a zone."""
    complaints = json.loads(run("complaints", "list", "--json"))
    assert [list(one) for one in complaints] == [COMPLAINT_FIELDS] * 3
    first = complaints[0]
    assert (first["complaint_number"], first["promise_at"], first["repeats"], first["demo"]) == (
        "000054321",
        None,
        0,
        True,
    )
    assert datetime.fromisoformat(first["registered_at"]).utcoffset() == timedelta(hours=5, minutes=30)
    assert len(json.loads(run("complaints", "list", "--json", "--limit", "1"))) == 1


def test_a_table_that_was_cut_says_so(capsys):
    """On standard error, so that the table stays a table."""
    with pytest.raises(SystemExit) as left:
        main(["complaints", "list", "--limit", "2"])
    out, err = capsys.readouterr()
    assert (left.value.code, err) == (0, "the newest 2 are shown; --limit shows more\n")
    assert len(words(out)) == 3


def test_one_complaint(run):
    """Its fields, a line each, and what happened to it."""
    shown = run("complaints", "show", "000054322").splitlines()
    fields, history = shown[: len(COMPLAINT_FIELDS)], words("\n".join(shown[len(COMPLAINT_FIELDS) :]))
    assert [line.split()[0] for line in fields] == COMPLAINT_FIELDS
    assert fields[2].split() == ["kind", "fluctuation"]
    assert fields[-1].split() == ["demo", "yes"]
    assert fields[7] == "promise_at"
    assert history[1][-2:] == ["complaint.registered", "system"]
    assert list(json.loads(run("complaints", "show", "000054322", "--json"))) == COMPLAINT_FIELDS


def test_a_complaint_is_added_once(run):
    """The second one for the same house and kind gives the first number."""
    add = ("complaints", "add", "--area", "kp 3", "--house", "9")
    assert run(*add) == "registered\ncomplaint: 000054324\n"
    assert run(*add) == "already open, repeat 1\ncomplaint: 000054324\n"
    again = json.loads(run(*add, "--json"))
    assert (again["complaint_number"], again["area"], again["repeats"]) == ("000054324", "Knowledge Park 3", 2)
    assert run("complaints", "show", "000054324").count("complaint.repeated") == 2


def test_a_complaint_is_added_for_a_consumer(run):
    """The premises are on record."""
    added = json.loads(run("complaints", "add", "--consumer", "2990741852", "--kind", "wire_down", "--json"))
    assert (added["premises"], added["priority"], added["demo"]) == ("P-1004", "emergency", False)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["complaints", "show", "54322"], 1, "'54322' is no complaint number: it has nine digits"),
        (["complaints", "show", "000099999"], 1, "there is no complaint 000099999"),
        (["complaints", "add", "--area", "Alfa 1"], 1, "there is no area 'Alfa 1'; near ones: Alpha 1"),
        (["complaints", "add", "--consumer", "2000000000"], 1, "there is no consumer 2000000000"),
        (["complaints", "add"], 2, "give either --area, with --house where there is one, or --consumer"),
        (["complaints", "add", "--area", "Alpha 1", "--consumer", "2990741852"], 2, "give either --area"),
        (["complaints", "add", "--consumer", "2990741852", "--house", "1"], 2, "leave --house out"),
        (
            ["complaints", "add", "--area", "Alpha 1", "--kind", "ghost"],
            2,
            "'ghost' is no kind of complaint; there are no_supply",
        ),
        (["complaints", "list", "--limit", "0"], 2, "--limit"),
        (["calls", "show", "c9"], 1, "there is no call c9"),
        (["outages", "add", "Sector", "62"], 1, "there is no area 'Sector 62'; near ones: Sector"),
        (["outages", "add", "Alpha 2", "--expected", "25:00"], 1, "'25:00' is no time; write 18:30 for today"),
        (["outages", "add", "Alpha 2", "--started", "2999-01-01"], 1, "is not there yet"),
        (["outages", "add", "Alpha 2", "--expected", "2020-01-01T10:00"], 1, "that is over"),
        (["complaints", "assign", "000099999", "--to", "crew"], 1, "there is no complaint 000099999"),
        (["complaints", "assign", "000054323", "--to", "crew"], 1, "is closed; reopen it before you assign it"),
        (["complaints", "assign", "000054321"], 2, "--to"),
        (["complaints", "assign", "000054321", "--to", " "], 1, "the team is empty; write a few words"),
        (["complaints", "close", "54321"], 1, "'54321' is no complaint number: it has nine digits"),
        (["complaints", "close", "000054323"], 1, "000054323 is closed already; reopen it if work is owed"),
        (["complaints", "close", "000054321", "--note", "of 98100 12345"], 1, "telephone or consumer number"),
        (["complaints", "reopen", "000054321", "--reason", "dark"], 1, "000054321 is open (in_progress)"),
        (["complaints", "reopen", "000054323"], 2, "--reason"),
        (["callbacks", "done", "9"], 1, "there is no callback 9"),
        (["callbacks", "done", "9", "--outcome", "perhaps"], 2, "'perhaps' is no outcome; there are reached"),
        (["outages", "estimate", "9", "--at", "2999-01-01"], 1, "there is no outage 9"),
        (["outages", "estimate", "9", "--at", "soon"], 1, "'soon' is no time; write 18:30 for today"),
        (["outages", "estimate", "9"], 2, "--at"),
        (["outbox", "run", "--url", "http://desk.example/canary"], 1, "--url: http is read by everybody on the way"),
        (["outbox", "run", "--url", "https://desk.example/"], 1, "NPCL_WEBHOOK_SECRET: is needed to sign"),
        (["outbox", "list", "--limit", "0"], 2, "--limit"),
        (["outages", "restore", "9"], 1, "there is no outage 9"),
        (["outages", "restore", "x"], 2, "valid integer"),
    ],
)
def test_what_is_refused(arguments, code, said, refusal):
    """One line that says why, and an exit code that scripts notice."""
    found, line = refusal(*arguments)
    assert found == code
    assert line.startswith("npcl-voice: ")
    assert said in line


def test_an_outage_from_beginning_to_end(run, refusal):
    """Added, listed, restored, and not restored again."""
    assert run("outages", "list") == "none\n"
    expected = (datetime.now(UTC) + timedelta(hours=2)).astimezone(INDIA).replace(second=0, microsecond=0)
    added = json.loads(
        run("outages", "add", "alpha", "2", "--cause", "cable fault", "--expected", expected.isoformat(), "--json")
    )
    assert list(added) == ["outage_id", "area", "cause", "started_at", "expected_at", "restored_at", "demo"]
    assert (added["outage_id"], added["area"], added["cause"]) == (1, "Alpha 2", "cable fault")
    assert (added["expected_at"], added["restored_at"], added["demo"]) == (expected.isoformat(), None, False)
    assert run("outages", "add", "Beta 2").startswith("outage 2: Beta 2, since ")
    head, *rows = words(run("outages", "list", "--open"))
    assert head == ["id", "area", "cause", "since", "expected", "restored"]
    assert [row[:3] for row in rows] == [["2", "Beta", "2"], ["1", "Alpha", "2"]]
    assert run("outages", "restore", "1").startswith("outage 1: Alpha 2, restored ")
    code, line = refusal("outages", "restore", "1")
    assert code == 1
    assert re.fullmatch(r"npcl-voice: outage 1 was restored at \S+\+05:30 already", line)
    assert [one["outage_id"] for one in json.loads(run("outages", "list", "--json"))] == [2, 1]
    assert [one["outage_id"] for one in json.loads(run("outages", "list", "--open", "--json"))] == [2]
    assert json.loads(run("outages", "restore", "2", "--json"))["restored_at"] is not None


def test_a_complaint_from_hand_to_hand(run, refusal):
    """Assigned, handed on, closed and reopened; what happened is shown with teams and notes."""
    assert run("complaints", "assign", "000054321", "--to", "crew 4") == "000054321: assigned\n"
    assert refusal("complaints", "assign", "000054321", "--to", "crew  4")[1].endswith("is with crew 4 already")
    assigned = json.loads(run("complaints", "assign", "000054321", "--to", "crew 5", "--json"))
    assert (list(assigned), assigned["status"]) == (COMPLAINT_FIELDS, "assigned")
    closed = run("complaints", "close", "000054321", "--note", "a fuse was replaced")
    assert closed == "000054321: resolved\nclosed without the customer's code; the audit says so\n"
    assert json.loads(run("complaints", "show", "000054321", "--json"))["status"] == "resolved"
    assert run("complaints", "reopen", "000054321", "--reason", "dark again") == "000054321: reopened\n"
    shown = run("complaints", "show", "000054321")
    for words_shown in ("complaint.assigned", "crew 4", "crew 5", "a fuse was replaced", "dark again", "operator"):
        assert words_shown in shown
    assert json.loads(run("complaints", "close", "000054321", "--json"))["status"] == "resolved"
    assert "without a code" in run("complaints", "show", "000054321")


def test_a_fault_that_was_reported_anew_is_not_reopened(run, refusal):
    """The new complaint is named."""
    run("complaints", "close", "000054321")
    run("complaints", "add", "--consumer", "2990417365")
    code, line = refusal("complaints", "reopen", "000054321", "--reason", "dark")
    assert (code, "complaint 000054324 of the same place and kind is open" in line) == (1, True)


def test_an_estimate_is_heard_by_callers(home, run, refusal):
    """When and by whom; a later one replaces it, a past one and one after the end are refused."""
    run("outages", "add", "Alpha 2")
    expected = (datetime.now(UTC) + timedelta(hours=2)).astimezone(INDIA).replace(microsecond=0)
    given = run("outages", "estimate", "1", "--at", expected.isoformat(), "--source", "crew at the site")
    assert given == f"outage 1: Alpha 2, expected back {expected:%Y-%m-%d %H:%M}\n"
    later = (expected + timedelta(hours=1)).isoformat()
    assert json.loads(run("outages", "estimate", "1", "--at", later, "--json"))["expected_at"] == later
    assert "that is over" in refusal("outages", "estimate", "1", "--at", "2020-01-01T10:00")[1]
    run("outages", "restore", "1")
    assert "was restored at" in refusal("outages", "estimate", "1", "--at", later)[1]


def deliver(capsys, *arguments: str) -> tuple[int, str, list[dict]]:
    """Run `outbox run`: exit code, standard output, and the lines of the log or the refusal."""
    with pytest.raises(SystemExit) as left:
        main(["outbox", "run", *arguments])
    out, err = capsys.readouterr()
    return left.value.code, out, [json.loads(line) if line[0] == "{" else {"said": line} for line in err.splitlines()]


def test_without_a_webhook_each_job_is_a_line_of_the_log(run, capsys):
    """Alerts first; then nothing is owed, and the next run has nothing to do."""
    run("complaints", "add", "--area", "Alpha 2", "--house", "9")
    run("complaints", "add", "--area", "Alpha 2", "--house", "9", "--kind", "fire")
    assert len(json.loads(run("outbox", "list", "--pending", "--json"))) == 2
    code, out, lines = deliver(capsys)
    assert (code, out) == (0, "2 delivered, nothing is owed\n")
    assert [(line["event"], line["type"], line["alert"]) for line in lines] == [
        ("outbox", "hazard.registered", True),
        ("outbox", "complaint.registered", False),
    ]
    assert lines[0]["data"]["complaint_number"] == "000054325"
    assert json.loads(run("outbox", "run", "--json")) == {
        "delivered": 0,
        "failed": 0,
        "owed": 0,
        "alerts_owed": 0,
        "stuck": 0,
    }
    assert run("outbox", "list", "--pending") == "none\n"
    head, *rows = words(run("outbox", "list"))
    assert head == ["id", "what", "made", "attempts", "state", "last", "error"]
    assert [row[1] for row in rows] == ["hazard.registered", "complaint.registered"]


def test_a_receiver_that_is_not_there_is_told_of(run, capsys, monkeypatch):
    """The exit code says that something remains, the line how much and why; nothing shows the address."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("NPCL_WEBHOOK_SECRET", "only-for-tests-0123456789")
    monkeypatch.setenv("NPCL_WEBHOOK_URL", f"http://127.0.0.1:{port}/canary")
    monkeypatch.setenv("NPCL_OUTBOX_STUCK_AFTER", "1")
    run("complaints", "add", "--area", "Alpha 2", "--house", "9", "--kind", "fire")
    code, out, lines = deliver(capsys, "--json")
    assert (code, json.loads(out)) == (1, {"delivered": 0, "failed": 1, "owed": 1, "alerts_owed": 1, "stuck": 1})
    assert (lines[0]["event"], lines[0]["error"]) == ("not delivered", "it cannot be reached")
    assert lines[1]["said"] == (
        "npcl-voice: 1 job is still owed, 1 of them an alert, 1 stuck: it cannot be reached; "
        "npcl-voice outbox list --pending shows them"
    )
    (stuck,) = json.loads(run("outbox", "list", "--stuck", "--json"))
    assert (stuck["stuck"], stuck["attempts"], stuck["alert"], stuck["done_at"]) == (True, 1, True, None)
    assert "stuck" in run("outbox", "list")
    assert "canary" not in out + str(lines) + run("config")


@pytest.mark.slow
def test_following_ends_with_ctrl_c(home, run):
    """What came until then is delivered, and the exit code says so."""
    run("complaints", "add", "--area", "Alpha 2", "--house", "9")
    process = subprocess.Popen(
        [sys.executable, "-m", "npcl_voice", "outbox", "run", "--follow"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert json.loads(process.stderr.readline())["type"] == "complaint.registered"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "1 delivered, nothing is owed\n", "")


def test_callbacks(home, run, refusal):
    """The number to call is there: that is what the list is for."""
    assert run("callbacks", "list") == "none\n"

    async def book(store: Store) -> None:
        await store.desk.book_callback(CallbackDraft("b1", "9810012345", "within 30 minutes", "asked", "call-1"))

    in_store(home, book)
    assert json.loads(run("callbacks", "list", "--json")) == [
        {
            "callback_id": 1,
            "number": "9810012345",
            "window": "within 30 minutes",
            "reason": "asked",
            "outcome": "pending",
            "booked_at": "2026-11-22T10:00:00+05:30",
            "demo": False,
        }
    ]
    head, row = words(run("callbacks", "list"))
    assert head == ["id", "number", "window", "reason", "outcome", "booked"]
    assert row == "1 9810012345 within 30 minutes asked pending 2026-11-22 10:00".split()
    assert run("callbacks", "done", "1", "--outcome", "not_reached") == "callback 1: not_reached\n"
    assert len(json.loads(run("callbacks", "list", "--open", "--json"))) == 1
    assert json.loads(run("callbacks", "done", "1", "--json"))["outcome"] == "reached"
    assert run("callbacks", "list", "--open") == "none\n"
    assert refusal("callbacks", "done", "1") == (1, "npcl-voice: callback 1 was settled already: reached")


def test_calls(home, run):
    """A call that is over and one that goes on, and what was said."""
    assert json.loads(run("calls", "list", "--json")) == []

    async def hold(store: Store) -> None:
        await store.calls.begin("c1", channel="file", engine="local", language="en", caller="55######55")
        await store.calls.write("c1", [(0.5, Transcript("assistant", "Hello [there]", heard_ms=700))])
        await store.calls.end("c1", "complaint_registered", ["000054324"])
        await store.calls.begin("c2", channel="text", engine="local", language="en")

    in_store(home, hold)
    over, going = json.loads(run("calls", "list", "--json"))
    assert over == {
        "call_id": "c1",
        "channel": "file",
        "engine": "local",
        "language": "en",
        "caller": "55######55",
        "began_at": "2026-11-22T10:00:00+05:30",
        "ended_at": "2026-11-22T10:00:00+05:30",
        "outcome": "complaint_registered",
        "complaint_numbers": ["000054324"],
        "failures": 0,
        "claims_unbacked": 0,
    }
    assert (going["ended_at"], going["outcome"], going["complaint_numbers"]) == (None, None, [])
    head, *rows = words(run("calls", "list"))
    assert head == "id channel engine language caller began ended outcome complaints".split()
    assert [row[0] for row in rows] == ["c1", "c2"]
    assert run("calls", "show", "c1").endswith("\n\n    0.5  assistant: Hello [there]\n")
    shown = json.loads(run("calls", "show", "c1", "--json"))
    assert shown == over | {"transcript": [{"at_s": 0.5, "who": "assistant", "text": "Hello [there]", "heard_ms": 700}]}


def test_a_database_that_cannot_be_used(home, monkeypatch, run, refusal):
    """One line that names the setting: damaged, newer, or in a folder that cannot be."""
    file = home / "data" / "npcl-voice.db"
    run("complaints", "list")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
        connection.commit()
    code, line = refusal("complaints", "list")
    assert (code, "newer npcl-voice" in line) == (1, True)
    file.write_bytes(b"not a database" * 100)
    code, line = refusal("outages", "list")
    assert (code, "is damaged" in line) == (1, True)
    monkeypatch.setenv("NPCL_DATA_DIR", str(file))
    code, line = refusal("calls", "list")
    assert (code, line.startswith("npcl-voice: NPCL_DATA_DIR: ")) == (1, True)


@pytest.mark.slow
def test_the_commands_load_nothing_heavy_for_their_help():
    """Help is fast because it opens nothing."""
    script = (
        "import sys\n"
        "from npcl_voice.cli import main\n"
        "try:\n    main([sys.argv[1], '--help'])\n"
        "except SystemExit:\n    pass\n"
        "print(sorted({'sqlalchemy', 'alembic', 'msgspec', 'numpy', 'rapidfuzz'} & set(sys.modules)))"
    )
    for command in ("complaints", "calls", "callbacks", "outages", "outbox"):
        done = subprocess.run([sys.executable, "-c", script, command], capture_output=True, text=True, check=True)
        assert done.stdout.endswith("[]\n"), done.stdout
