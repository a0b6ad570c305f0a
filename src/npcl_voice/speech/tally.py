"""How the links to the engines fare: counters that pages and metrics read, and a log line for each failure."""

import math
from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.speech.purse import Purse

__all__ = ["AGES_S", "LinkTally", "log_failure"]

AGES_S = (10.0, 60.0, 300.0, 600.0, 1_800.0, 3_600.0)
"""Ages at which sessions ended are counted up to each of these, as Prometheus does it."""

MOST_ENGINES, MOST_ROWS = 8, 256
"""So many different engines, and rows of failovers, are counted apart; whatever comes later is `other`."""

OTHER = "other"

K = TypeVar("K", bound=Hashable)


class LinkTally:
    """Counters of this process, from its start. Nothing here waits, reads a clock or raises."""

    def __init__(self, purse: Purse | None = None) -> None:
        """`purse` tells what the day has cost."""
        self._purse = purse
        self._engines: set[str] = set()
        self._opened: Counter[str] = Counter()
        self._open: Counter[str] = Counter()
        self._reconnects: Counter[str] = Counter()
        self._failures: Counter[tuple[str, str]] = Counter()
        self._failovers: Counter[tuple[str, str, str]] = Counter()
        self._breakers: dict[str, str] = {}
        self._round_trips_ms: dict[str, float] = {}
        self._without_s = 0.0
        self._recorded = self._recorded_now = 0
        self._ages = Ages()

    def joined(self, engine: str, reason: str, *, without_s: float, before: str | None = None) -> None:
        """A call has a session at an engine, after so long without a model.

        `before` is the engine that it had before: the same one means a reconnect, another one a
        failover, for the worse or for the better. `reason` is why it left that one.
        """
        name = self._name(engine)
        self._opened[name] += 1
        self._open[name] += 1
        self._without_s += _sane(without_s)
        if before == engine:
            self._reconnects[name] += 1
        elif before is not None:
            self.failed_over(before, engine, reason)

    def left(self, engine: str, *, age_s: float) -> None:
        """A call's session is over, whoever ended it, after so many seconds."""
        name = self._name(engine)
        self._open[name] = max(0, self._open[name] - 1)
        self._ages.add(age_s)

    def failed(self, engine: str, reason: str) -> None:
        """A session broke, or was not given."""
        self._failures[_row(self._failures, (self._name(engine), reason), (OTHER, OTHER))] += 1

    def failed_over(self, engine: str, to: str, reason: str) -> None:
        """A call goes on elsewhere, be it with the recorded voice."""
        row = (self._name(engine), self._name(to), reason)
        self._failovers[_row(self._failovers, row, (OTHER, OTHER, OTHER))] += 1

    def without_model(self, seconds: float) -> None:
        """A call had no model for so long, and did not get one."""
        self._without_s += _sane(seconds)

    def round_trip(self, engine: str, ms: float) -> None:
        """An engine answered after so long; the newest counts."""
        self._round_trips_ms[self._name(engine)] = _sane(ms)

    def recorded_began(self) -> None:
        """A call has nobody to talk to but the recorded voice."""
        self._recorded += 1
        self._recorded_now += 1

    def recorded_ended(self) -> None:
        """It is over, or an engine has taken it."""
        self._recorded_now = max(0, self._recorded_now - 1)

    def breaker(self, engine: str, state: str) -> None:
        """An engine's breaker is in this state now: `closed`, `open` or `half_open`."""
        self._breakers[self._name(engine)] = state

    def snapshot(self) -> dict[str, Any]:
        """All of it as JSON can hold it."""
        return {
            "sessions_opened": dict(self._opened),
            "sessions_open": dict(self._open),
            "session_age_s": self._ages.snapshot(),
            "failures": [
                {"engine": engine, "reason": reason, "count": count}
                for (engine, reason), count in self._failures.items()
            ],
            "reconnects": dict(self._reconnects),
            "failovers": [
                {"from": engine, "to": to, "reason": reason, "count": count}
                for (engine, to, reason), count in self._failovers.items()
            ],
            "seconds_without_model": self._without_s,
            "round_trip_ms": dict(self._round_trips_ms),
            "calls_on_recorded_voice": self._recorded_now,
            "calls_on_recorded_voice_total": self._recorded,
            "breakers": dict(self._breakers),
            "spent_today_usd": None if self._purse is None else self._purse.day_spent(),
        }

    def _name(self, engine: str) -> str:
        if engine not in self._engines:
            if len(self._engines) >= MOST_ENGINES:
                return OTHER
            self._engines.add(engine)
        return engine


class Ages:
    """How old sessions became: a histogram with its least and its most."""

    def __init__(self) -> None:
        self._upto = dict.fromkeys(AGES_S, 0)
        self._count = 0
        self._sum_s = 0.0
        self._least_s, self._most_s = math.inf, 0.0

    def add(self, age_s: float) -> None:
        """One more has ended."""
        age_s = _sane(age_s)
        for limit in AGES_S:
            self._upto[limit] += age_s <= limit
        self._count += 1
        self._sum_s += age_s
        self._least_s, self._most_s = min(self._least_s, age_s), max(self._most_s, age_s)

    def snapshot(self) -> dict[str, Any]:
        """As JSON can hold it; without any session there is no least, average or most."""
        there = self._count > 0
        return {
            "count": self._count,
            "sum": self._sum_s,
            "min": self._least_s if there else None,
            "average": self._sum_s / self._count if there else None,
            "max": self._most_s if there else None,
            "up_to": {f"{limit:g}": count for limit, count in self._upto.items()},
        }


def log_failure(
    log: Any, engine: str, error: UnavailableError | RefusedError, advice: Callable[[str], str], *, call_id: str
) -> None:
    """One line for an operator: which engine, why, and what to do.

    `log` is a structlog logger; `advice` tells in words what to do about a reason.
    """
    log.warning(
        "engine failed",
        engine=engine,
        reason=error.reason,
        advice=f"{engine}: {advice(error.reason)}",
        call=call_id,
        error=str(error),
    )


def _row(counts: Counter[K], row: K, other: K) -> K:
    """The row to count in: `other` where there are too many already."""
    return row if row in counts or len(counts) < MOST_ROWS else other


def _sane(amount: float) -> float:
    """What can be added up: a clock that went back counts as no time at all."""
    return amount if 0 <= amount < math.inf else 0.0
