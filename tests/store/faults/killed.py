"""The same schedules before the same judge, in processes that die by SIGKILL."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import msgspec

from npcl_voice.store.keys import Keys
from npcl_voice.store.records import OPERATOR
from tests.fakes import MORNING
from tests.store.faults.judge import Judge
from tests.store.faults.schedule import Asking, Schedule, Strand
from tests.store.faults.service import DEMO, SECRET
from tests.store.faults.wishes import BY_OPERATORS, Answer
from tests.store.faults.worker import Request

__all__ = ["KilledService"]

ROOT = Path(__file__).parents[3]


class KilledService:
    """A worker that forks a process for each asking."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(os.environ, PYTHONPATH=f"{ROOT / 'src'}{os.pathsep}{ROOT}", OPENBLAS_NUM_THREADS="1"),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)

    def run(self, file: Path, schedule: Schedule) -> list[str]:
        """Hold a schedule over that database; what the judge has found."""
        self._url, self._now, self._calls = f"sqlite+aiosqlite:///{file}", MORNING, 0
        judge = Judge(file, Keys(SECRET), lambda: self._now)
        try:
            for hours, strands in schedule.groups:
                self._now += timedelta(hours=hours)
                call_ids = [""] * len(strands)
                for nth in range(max(len(one.askings) for one in strands)):
                    askings = [
                        (place, one, one.askings[nth]) for place, one in enumerate(strands) if nth < len(one.askings)
                    ]
                    self._ask_at_once(judge, askings, call_ids)
            return judge.closes_the_book()
        finally:
            judge.close()

    def _ask_at_once(self, judge: Judge, askings: list[tuple[int, Strand, Asking]], call_ids: list[str]) -> None:
        requests = []
        for place, strand, asking in askings:
            if asking.how == "call" or not call_ids[place]:
                self._calls += 1
                call_ids[place] = OPERATOR if strand.wish.what in BY_OPERATORS else f"call-{self._calls}"
            fault = asking.fault
            known = judge.last_heard.get(strand.wish.number, DEMO)
            judge.asks(strand.wish, call_ids[place], known)
            request = Request(self._url, SECRET, self._now, strand.wish, call_ids[place], known)
            if fault is not None:
                setattr(request, fault.kind, fault.at)
            requests.append(request)
        self._send(requests)
        for place, word, rest in self._replies():
            request = requests[place]
            if word == "answer":
                answer = msgspec.json.decode(rest, type=Answer)
                self.seen[answer.said] += 1
                judge.hears(request.wish, request.call_id, request.known, answer)
                if answer.said == "unavailable" and request.lost is None:
                    judge.finds("unavailable", f"{request.wish}, and nothing was wrong with the database")
            elif int(rest) == -signal.SIGKILL and request.kill is not None:
                self.seen["killed"] += 1
            elif int(rest) != 0:
                judge.finds("crash", f"{request.wish} ended with {rest}")

    def _send(self, requests: list[Request]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(requests) + b"\n")
        self._process.stdin.flush()

    def _replies(self) -> Any:
        assert self._process.stdout is not None
        while (line := self._process.stdout.readline().decode().rstrip("\n")) != "-":
            place, word, rest = line.split(" ", 2)
            yield int(place), word, rest
