"""Whoever checks: knows what callers heard and what stands in the file, and nothing else."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

__all__ = ["Auditor"]


class Auditor:
    """Compares what was heard with what is on record; each difference becomes a line in `findings`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.heard: dict[str, set[str]] = {}
        """House -> the numbers that were spoken about it."""
        self.findings: list[str] = []

    def hears(self, house: str, number: str) -> None:
        """A number was spoken: its row must be there now, not later, and be about that house."""
        self.heard.setdefault(house, set()).add(number)
        row = self._rows("SELECT premises_id FROM complaints WHERE complaint_number = ?", number)
        if row != [(f"alpha 2/{house}",)]:
            self.findings.append(f"unbacked: {number} was heard for house {house}, on record is {row}")

    def closes_the_book(self) -> list[str]:
        """Check everything after the last caller has got an answer; all findings."""
        for house, numbers in self.heard.items():
            rows = self._rows("SELECT complaint_number FROM complaints WHERE premises_id = ?", f"alpha 2/{house}")
            if len(rows) != 1:
                self.findings.append(f"double: house {house} has {len(rows)} complaints")
            if {number for (number,) in rows} != numbers:
                self.findings.append(f"unbacked: house {house} heard {numbers}, on record is {rows}")
        self._all_or_nothing()
        self._chain()
        return self.findings

    def _all_or_nothing(self) -> None:
        """Each report has its audit entry and its job, each of them its report, and repeats are counted."""
        jobs = self._rows(
            "SELECT job_key, json_extract(payload, '$.complaint_number') FROM outbox WHERE kind LIKE 'complaint.%'"
        )
        wanted = self._rows(
            "SELECT opaque(CASE repeat WHEN 1 THEN 'complaint.repeated:' ELSE 'complaint.registered:' END"
            " || idempotency_key), complaint_number FROM reports WHERE call_id <> 'demo'"
        )
        self._same("outbox", sorted(jobs), sorted(wanted))
        entries = self._rows("SELECT action, subject, COUNT(*) FROM audit WHERE actor = 'call' GROUP BY 1, 2")
        told = self._rows(
            "SELECT CASE repeat WHEN 1 THEN 'complaint.repeated' ELSE 'complaint.registered' END, complaint_number,"
            " COUNT(*) FROM reports WHERE call_id <> 'demo' GROUP BY 1, 2"
        )
        callbacks = self._rows("SELECT 'callback.booked', 'callback ' || callback_id, 1 FROM callbacks")
        self._same("audit", sorted(entries), sorted(told + callbacks))
        counted = self._rows("SELECT complaint_number, repeats FROM complaints WHERE repeats > 0")
        repeated = self._rows("SELECT complaint_number, SUM(repeat) FROM reports GROUP BY 1 HAVING SUM(repeat) > 0")
        self._same("repeats", sorted(counted), sorted(repeated))
        firsts = self._rows("SELECT complaint_number, 1 FROM complaints")
        registered = self._rows("SELECT complaint_number, COUNT(*) FROM reports WHERE repeat = 0 GROUP BY 1")
        self._same("reports", sorted(firsts), sorted(registered))
        owed = self._rows("SELECT job_key FROM outbox WHERE kind = 'callback.booked'")
        booked = self._rows("SELECT opaque('callback.booked:' || idempotency_key) FROM callbacks")
        self._same("callbacks", sorted(owed), sorted(booked))

    def _chain(self) -> None:
        previous = "0" * 64
        for count, (entry, before, digest) in enumerate(
            self._rows("SELECT entry, previous, digest FROM audit ORDER BY entry"), 1
        ):
            if (entry, before) != (count, previous):
                self.findings.append(f"audit: entry {entry} does not follow the one before")
            previous = digest
        if self._rows("PRAGMA integrity_check") != [("ok",)]:
            self.findings.append("the file is damaged")

    def _same(self, what: str, found: list, wanted: list) -> None:
        if found != wanted:
            self.findings.append(f"{what}: {set(found) ^ set(wanted)}")

    def _rows(self, query: str, *values: str) -> list[tuple]:
        with closing(sqlite3.connect(self.file)) as connection:
            connection.create_function("opaque", 1, _opaque)
            return connection.execute(query, values).fetchall()


def _opaque(key: str) -> str:
    """A job's key as it leaves the house."""
    return f"job_{hashlib.sha256(key.encode()).hexdigest()[:32]}"
