"""Whoever judges: knows what was asked and what was heard, reads the file, and trusts nobody else.

Its findings have names, so that a planted bug is caught by the finding that is about it:
`unbacked` (heard, and not on record), `double`, `unasked`, `count`, `audit`, `outbox`, `alert`,
`callback`, `identity`, `crash`, `unavailable`.
"""

import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from npcl_voice.store.keys import Keys
from npcl_voice.store.outbox import Job
from tests.store.faults.wishes import ACCOUNT, Answer, Wish

__all__ = ["Judge"]

DAY = timedelta(hours=24)
FIRST_NUMBER = 54324
OWED = ("pending", "not_reached")


class Judge:
    """Judges one database, from the first asking to the last."""

    def __init__(self, file: Path, keys: Keys, wall: Callable[[], datetime]) -> None:
        self._connection = sqlite3.connect(file, timeout=30)
        self._connection.row_factory = sqlite3.Row
        self._keys = keys
        self._wall = wall
        self.findings: list[str] = []
        self.last_heard: dict[str, str] = {}
        """The complaint that each caller heard of last; the operator hears of all."""
        self._asked: set[tuple[str, ...]] = set()
        self._heard: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._received: Counter[str] = Counter()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def finds(self, name: str, what: str) -> None:
        """Note something that is wrong."""
        self.findings.append(f"{name}: {what}")

    # What happens.

    def asks(self, wish: Wish, call_id: str, known: str) -> None:
        """Somebody asks; from now on it may have been done."""
        self._asked.add(_what(wish, call_id, known))
        if wish.what == "agent":
            self._asked.add(("handover", call_id))

    def hears(self, wish: Wish, call_id: str, known: str, answer: Answer) -> None:
        """An answer was heard: what it says must be on record now, not later."""
        if answer.said == "refused":
            self._see_refusal(wish, answer.subject)
        if answer.said != "done":
            return
        what = _what(wish, call_id, known)
        self._heard[what].add(answer.subject)
        if wish.what in ("no_supply", "hazard"):
            self.last_heard[wish.number] = self.last_heard["operator"] = answer.subject
        self._see_backed(wish, call_id, answer.subject)

    def receives(self, job: Job, at: datetime) -> None:
        """The receiver gets a job: no alert that could go may still wait, and a key means one thing."""
        self._received[job.job_key] += 1
        if job.urgent:
            return
        waiting = self._rows(
            "SELECT job_key FROM outbox WHERE urgent AND done_at IS NULL"
            " AND (leased_until IS NULL OR leased_until <= ?) AND (next_attempt_at IS NULL OR next_attempt_at <= ?)",
            _stored(at),
            _stored(at),
        )
        if waiting:
            self.finds("alert", f"{job.kind} went before {len(waiting)} alerts")

    def closes_the_book(self) -> list[str]:
        """Everybody has been answered or has given up: all findings."""
        entries = self._rows("SELECT * FROM audit WHERE actor NOT IN ('system') ORDER BY entry")
        self._see_chain()
        self._see_complaints(entries)
        self._see_reports(entries)
        self._see_callbacks(entries)
        self._see_steps(entries)
        self._see_tries(entries)
        self._see_outbox(entries)
        if self._rows("PRAGMA quick_check")[0][0] != "ok":
            self.finds("crash", "the file is damaged")
        return self.findings

    # At the moment of an answer.

    def _see_backed(self, wish: Wish, call_id: str, subject: str) -> None:
        report = (
            "SELECT 1 FROM reports JOIN complaints USING (complaint_number)"
            " WHERE complaint_number = ? AND reports.call_id = ? AND "
        )
        booked = "SELECT 1 FROM callbacks JOIN contacts USING (contact_id) WHERE number = ?"
        queries: dict[str, tuple[str, tuple[str, ...]]] = {
            "no_supply": (
                f"{report} premises_id = ? AND kind = 'no_supply'",
                (subject, call_id, f"alpha 2/{wish.value}"),
            ),
            "hazard": (f"{report} kind = ?", (subject, call_id, wish.value)),
            "agent": (f"{booked} AND EXISTS (SELECT 1 FROM handovers WHERE call_id = ?)", (wish.number, call_id)),
            "callback": (booked, (wish.number,)),
            "reopen": (
                "SELECT 1 FROM requests WHERE action = 'complaint.reopened' AND subject = ? AND call_id = ?",
                (subject, call_id),
            ),
            "code": (
                "SELECT 1 FROM requests WHERE action = 'complaint.closed' AND subject = ? AND call_id = ?",
                (subject, call_id),
            ),
            "theft": ("SELECT 1 FROM complaints WHERE complaint_number = ? AND kind = 'theft'", (subject,)),
            "settle": ("SELECT 1 FROM callbacks WHERE callback_id = ? AND outcome = 'reached'", (subject,)),
            "close": ("SELECT 1 FROM audit WHERE action = 'complaint.closed' AND subject = ?", (subject,)),
            "need": ("SELECT 1 FROM needs", ()),
        }
        if wish.what == "name":
            self._see_verdict(wish, call_id, subject)
            return
        query, values = queries[wish.what]
        if not self._rows(query, *values):
            self.finds("unbacked", f"{wish} on {call_id} heard {subject}")

    def _see_verdict(self, wish: Wish, call_id: str, verdict: str) -> None:
        right = wish.value.startswith("Nidhi")
        mine = self._rows(
            "SELECT was_right FROM tries WHERE what = 'name' AND subject = ? AND call_id = ?", ACCOUNT, call_id
        )
        if verdict == "verified" and not any(row["was_right"] for row in mine):
            self.finds("unbacked", f"verified on {call_id}, and nothing was noted")
        if verdict == "no_match" and (right or not any(not row["was_right"] for row in mine)):
            self.finds("identity", f"{wish.value} did not match on {call_id}, on record are {len(mine)} tries")
        if verdict == "locked" and not self._is_locked(call_id):
            self.finds("identity", f"locked on {call_id} before its time")

    def _is_locked(self, call_id: str) -> bool:
        since = _stored(self._wall() - DAY)
        wrong = "SELECT COUNT(*) FROM tries WHERE what = 'name' AND NOT was_right AND "
        on_call = self._rows(f"{wrong} call_id = ?", call_id)[0][0]
        on_account = self._rows(f"{wrong} subject = ? AND tried_at > ?", ACCOUNT, since)[0][0]
        return on_call >= 3 or on_account >= 5

    def _see_refusal(self, wish: Wish, reason: str) -> None:
        """Where a limit is the reason, it must have been reached."""
        if reason == "too_many" and wish.what in ("agent", "callback"):
            since = _stored(self._wall() - DAY)
            query = "SELECT COUNT(*) FROM callbacks JOIN contacts USING (contact_id) WHERE number = ? AND booked_at > ?"
            if self._rows(query, wish.number, since)[0][0] < 3:
                self.finds("callback", f"{wish.number} was refused before its time")
        if reason == "too_many_codes" and not self._rows("SELECT 1 FROM tries WHERE what = 'code' LIMIT 1 OFFSET 2"):
            self.finds("count", "too many codes, and fewer than three were said")

    # At the end.

    def _see_chain(self) -> None:
        previous, count = "0" * 64, 0
        for count, row in enumerate(self._rows("SELECT * FROM audit ORDER BY entry"), 1):
            at = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC).isoformat()
            content = [
                row["entry"],
                at,
                row["actor"],
                row["action"],
                row["subject"],
                json.loads(row["detail"]),
                previous,
            ]
            text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
            digest = hashlib.sha256(text.encode()).hexdigest()
            if (row["entry"], row["previous"], row["digest"]) != (count, previous, digest):
                self.finds("audit", f"entry {row['entry']} does not follow the one before")
            previous = row["digest"]
        if self._rows("SELECT value FROM counters WHERE name = 'audit'")[0][0] != count:
            self.finds("audit", "entries are missing at the end")

    def _see_complaints(self, entries: list[sqlite3.Row]) -> None:
        """One number a fault: none is registered or opened while another one of it is open; none is left out."""
        rows = self._rows("SELECT * FROM complaints")
        by_number = {row["complaint_number"]: row for row in rows}
        mine = sorted(int(row["complaint_number"]) for row in rows if not row["demo"])
        if mine != list(range(FIRST_NUMBER, FIRST_NUMBER + len(mine))):
            self.finds("double", f"numbers are not in a row: {mine}")
        status = {row["complaint_number"]: row["status"] != "resolved" for row in rows if row["demo"]}
        status["000054323"] = False
        openings: Counter[str] = Counter(row["complaint_number"] for row in rows)
        for entry in entries:
            number, action = entry["subject"], entry["action"]
            if action not in _COMPLAINT_ACTIONS or number not in by_number:
                continue
            opens = action in ("complaint.registered", "complaint.reopened")
            if opens and any(
                status.get(other) for other in status if _fault(by_number[other]) == _fault(by_number[number])
            ):
                self.finds("double", f"{number} was opened while its fault had an open complaint")
            if action in ("complaint.closed", "complaint.repeated") and not status.get(number):
                self.finds("double", f"{action} of {number}, which was not open")
            openings[number] += action == "complaint.reopened"
            status[number] = opens or (action != "complaint.closed" and status[number])
        for number, row in by_number.items():
            if (row["openings"], row["status"] != "resolved") != (openings[number], status.get(number)):
                self.finds(
                    "count", f"{number} is {row['status']}, opened {row['openings']} times, and was {openings[number]}"
                )

    def _see_reports(self, entries: list[sqlite3.Row]) -> None:
        rows = self._rows(
            "SELECT r.call_id, r.repeat, r.complaint_number, c.kind, c.premises_id FROM reports r"
            " JOIN complaints c USING (complaint_number) WHERE r.call_id <> 'demo'"
        )
        told = Counter(
            (f"complaint.{'repeated' if row['repeat'] else 'registered'}", row["complaint_number"]) for row in rows
        )
        self._same("audit", "reports", told, _counted(entries, "complaint.registered", "complaint.repeated"))
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for row in rows:
            if row["kind"] != "theft":
                place = row["premises_id"] if row["kind"] == "no_supply" else row["kind"]
                found["report", row["call_id"], place].append(row["complaint_number"])
        self._once("report", found)
        thefts = [row["complaint_number"] for row in rows if row["kind"] == "theft"]
        asked = sum(what[0] == "theft" for what in self._asked)
        heard = [subjects for what, subjects in self._heard.items() if what[0] == "theft"]
        if len(thefts) > asked or sum(map(len, heard)) != len(heard) or len(thefts) < len(heard):
            self.finds("double", f"{len(thefts)} thefts on record, {asked} asked, {len(heard)} heard")
        repeats = Counter(row["complaint_number"] for row in rows if row["repeat"])
        kept = self._rows("SELECT complaint_number, repeats FROM complaints WHERE repeats > 0")
        self._same("count", "repeats", repeats, Counter({row[0]: row[1] for row in kept}))
        left = self._rows(
            "SELECT complaint_number FROM complaints"
            " WHERE complaint_number NOT IN (SELECT complaint_number FROM reports)"
        )
        if left:
            self.finds("unasked", f"complaints without a report: {[row[0] for row in left]}")

    def _see_callbacks(self, entries: list[sqlite3.Row]) -> None:
        rows = self._rows(
            "SELECT callback_id, number, call_id, outcome, booked_at FROM callbacks JOIN contacts USING (contact_id)"
        )
        booked = Counter(("callback.booked", f"callback {row['callback_id']}") for row in rows)
        self._same("audit", "callbacks", booked, _counted(entries, "callback.booked"))
        for row in rows:
            if (
                not {("callback", row["call_id"], row["number"]), ("agent", row["call_id"], row["number"])}
                & self._asked
            ):
                self.finds("unasked", f"a callback to {row['number']} on {row['call_id']}")
        for number in {row["number"] for row in rows}:
            mine = [row for row in rows if row["number"] == number]
            if sum(row["outcome"] in OWED for row in mine) > 1:
                self.finds("callback", f"{number} is owed more than one call")
            times = sorted(datetime.fromisoformat(row["booked_at"]) for row in mine)
            if any(later - first < DAY for first, later in zip(times, times[3:], strict=False)):
                self.finds("callback", f"{number} was booked more than three times within a day")
        settled = _counted(entries, "callback.settled")
        reached = Counter(
            ("callback.settled", f"callback {row['callback_id']}") for row in rows if row["outcome"] == "reached"
        )
        self._same("audit", "settled callbacks", settled, reached)

    def _see_steps(self, entries: list[sqlite3.Row]) -> None:
        """Closings, reopenings, needs and handovers: each was asked for, and happened once a key."""
        for entry in entries:
            action, number, actor = entry["action"], entry["subject"], entry["actor"]
            asked = {
                "complaint.reopened": ("reopen", actor, number),
                "complaint.closed": ("close", number) if actor == "operator" else ("code", actor, number, "0"),
                "complaint.located": ("located", number),
                "complaint.code_wrong": ("code", actor, number),
                "need.flagged": ("need", actor),
                "call.handed_over": ("handover", actor),
            }.get(action)
            if asked is None or action == "complaint.located":
                continue
            if not any(what[: len(asked)] == asked for what in self._asked):
                self.finds("unasked", f"{action} of {number} by {actor}")
        for action in ("complaint.reopened", "complaint.closed"):
            accepted = self._rows("SELECT call_id, subject FROM requests WHERE action = ?", action)
            done = [
                (one["actor"], one["subject"])
                for one in entries
                if one["action"] == action and one["actor"] != "operator"
            ]
            self._same("double", action, Counter((row[0], row[1]) for row in accepted), Counter(done))
        for (_, number), count in _counted(entries, "complaint.located").items():
            if count > 1:
                self.finds("double", f"{number} was located {count} times")
        needs = Counter(("need.flagged", f"need {row[0]}") for row in self._rows("SELECT need_id FROM needs"))
        self._same("audit", "needs", needs, _counted(entries, "need.flagged"))
        rows = self._rows("SELECT handover_id, call_id FROM handovers")
        handed = Counter(("call.handed_over", f"handover {row['handover_id']}") for row in rows)
        self._same("audit", "handovers", handed, _counted(entries, "call.handed_over"))
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for row in rows:
            found["handover", row["call_id"]].append(str(row["handover_id"]))
        self._once("handover", found)

    def _see_tries(self, entries: list[sqlite3.Row]) -> None:
        """Names and codes: each that was said counts once, none counts that nobody said, limits hold."""
        rows = self._rows("SELECT rowid, * FROM tries ORDER BY rowid")
        names = [row for row in rows if row["what"] == "name"]
        said = {(self._keys.digest("name", what[2].lower()), what[1]) for what in self._asked if what[0] == "name"}
        if any((row["said_digest"], row["call_id"]) not in said for row in names):
            self.finds("unasked", "a name was counted that nobody said")
        told = Counter("caller.verified" if row["was_right"] else "caller.name_wrong" for row in names)
        told.update("complaint.code_wrong" for row in rows if row["what"] == "code")
        kinds = ("caller.verified", "caller.name_wrong", "complaint.code_wrong")
        self._same("audit", "tries", told, Counter(one["action"] for one in entries if one["action"] in kinds))
        wrong: list[sqlite3.Row] = []
        for row in names:
            at = datetime.fromisoformat(row["tried_at"])
            on_call = sum(one["call_id"] == row["call_id"] for one in wrong)
            on_account = sum(at - datetime.fromisoformat(one["tried_at"]) < DAY for one in wrong)
            if on_call >= 3 or on_account >= 5:
                self.finds(
                    "identity", f"a name was taken on {row['call_id']} after {on_call} and {on_account} wrong ones"
                )
            if not row["was_right"]:
                wrong.append(row)
        for what, verdicts in self._heard.items():
            if what[0] == "name" and "no_match" in verdicts:
                digest = self._keys.digest("name", what[2].lower())
                if not any((row["said_digest"], row["call_id"]) == (digest, what[1]) for row in names):
                    self.finds("identity", f"{what[2]} was wrong on {what[1]}, and is not counted")
        codes: dict[str, list[datetime]] = defaultdict(list)
        for row in rows:
            if row["what"] == "code":
                codes[row["subject"]].append(datetime.fromisoformat(row["tried_at"]))
        for number, times in codes.items():
            if any(later - first < DAY for first, later in zip(times, times[3:], strict=False)):
                self.finds("count", f"more than three wrong codes were taken for {number} within a day")

    def _see_outbox(self, entries: list[sqlite3.Row]) -> None:
        """Each effect has one job, each job one effect; all were delivered, alerts as such."""
        urgent = {row[0] for row in self._rows("SELECT complaint_number FROM complaints WHERE priority = 'emergency'")}
        danger = {
            f"handover {row[0]}" for row in self._rows("SELECT handover_id FROM handovers WHERE hazard IS NOT NULL")
        }
        wanted: Counter[tuple[str, str]] = Counter()
        for entry in entries:
            action, subject = entry["action"], entry["subject"]
            if action in _QUIET:
                continue
            if subject in urgent:
                action = action.replace("complaint.", "hazard.")
            wanted["hazard.handed_over" if subject in danger else action, subject] += 1
        codes = self._rows(
            "SELECT complaint_number, openings, demo FROM complaints WHERE priority <> 'emergency' AND kind <> 'theft'"
            " AND (contact_id IS NOT NULL OR consumer_number IS NOT NULL)"
        )
        wanted.update({("closing_code.due", row[0]): row[1] - row[2] for row in codes if row[1] > row[2]})
        jobs = self._rows("SELECT * FROM outbox")
        self._same("outbox", "jobs", Counter((row["kind"], _about(row["payload"])) for row in jobs), wanted)
        if any(bool(row["urgent"]) != row["kind"].startswith("hazard.") for row in jobs):
            self.finds("alert", "an alert is none, or another job is one")
        keys = {row["job_key"] for row in jobs}
        if self._received and (keys != self._received.keys() or any(row["done_at"] is None for row in jobs)):
            self.finds("outbox", f"{len(keys)} jobs, {len(self._received)} received")

    def _once(self, name: str, found: dict[tuple[str, ...], list[str]]) -> None:
        """One record for each thing asked on a call; those that were heard are there, and none that nobody asked."""
        for what, subjects in found.items():
            if what not in self._asked:
                self.finds("unasked", f"{what} made {subjects}")
            if len(subjects) > 1:
                self.finds("double", f"{what} made {subjects}")
        for what, heard in self._heard.items():
            if what[0] == name and heard != set(found.get(what, ())):
                self.finds("unbacked", f"{what} heard {sorted(heard)}, on record is {found.get(what)}")

    def _same(self, name: str, what: str, found: Counter[Any], wanted: Counter[Any]) -> None:
        if found != wanted:
            self.finds(name, f"{what}: {dict(found - wanted)} too many, {dict(wanted - found)} missing")

    def _rows(self, query: str, *values: str) -> list[sqlite3.Row]:
        return self._connection.execute(query, values).fetchall()


_COMPLAINT_ACTIONS = ("complaint.registered", "complaint.repeated", "complaint.closed", "complaint.reopened")
_QUIET = ("caller.verified", "caller.name_wrong", "complaint.code_wrong")


def _what(wish: Wish, call_id: str, known: str) -> tuple[str, ...]:
    """A wish as it can be found in the file."""
    match wish.what:
        case "no_supply":
            return ("report", call_id, f"alpha 2/{wish.value}")
        case "hazard":
            return ("report", call_id, wish.value)
        case "agent" | "callback":
            return (wish.what, call_id, wish.number)
        case "name":
            return ("name", call_id, wish.value)
        case "reopen":
            return ("reopen", call_id, known)
        case "code":
            return ("code", call_id, known, wish.value)
        case "close":
            return ("close", known)
        case _:
            return (wish.what, call_id)


def _fault(row: sqlite3.Row) -> tuple[str, str]:
    return row["premises_id"], row["kind"]


def _counted(entries: list[sqlite3.Row], *actions: str) -> Counter[tuple[str, str]]:
    return Counter((one["action"], one["subject"]) for one in entries if one["action"] in actions)


def _about(payload: str) -> str:
    told = json.loads(payload)
    return str(next(told[name] for name in ("callback", "need", "handover", "complaint_number") if told.get(name)))


def _stored(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
