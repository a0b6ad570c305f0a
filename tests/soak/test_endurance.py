"""Calls one after another for half an hour: nothing grows, nothing is left over."""

import gc
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from tests.e2e.rehearse import rehearse
from tests.soak.report import record

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells what a process holds"),
]

SECONDS = float(os.environ.get("NPCL_TEST_ENDURANCE_S", "1800"))
STORIES = ("outage", "status", "hazard")
WARM = 6
"""Calls after which libraries have taken what they keep."""
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20 if hasattr(os, "sysconf") else 0.0


def holds() -> dict[str, float]:
    """What this process holds now."""
    gc.collect()
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {
        "memory MB": round(int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_MB, 1),
        "threads": threading.active_count(),
        "files": len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - the listing itself opens one
        "processes": len(children),
    }


def test_half_an_hour_of_calls(tmp_path: Path) -> None:
    """Memory is flat after the first calls; no thread, file or process is left over."""
    began, calls, rows = time.monotonic(), 0, []
    while time.monotonic() - began < SECONDS:
        call = rehearse(tmp_path / "call", STORIES[calls % len(STORIES)])
        assert call.end.outcome in {"complaint_registered", "resolved", "emergency"}
        del call
        shutil.rmtree(tmp_path / "call")
        calls += 1
        rows.append(holds())
    warm = rows[WARM:]
    third = len(warm) // 3
    early, late = (sum(row["memory MB"] for row in part) / third for part in (warm[:third], warm[-third:]))
    record(
        "endurance",
        {
            "calls": calls,
            "minutes": round((time.monotonic() - began) / 60, 1),
            "memory MB, first third": round(early, 1),
            "memory MB, last third": round(late, 1),
            "first": warm[0],
            "last": warm[-1],
        },
    )
    assert late - early < 20
    assert {name: warm[-1][name] for name in ("threads", "files", "processes")} == {
        name: warm[0][name] for name in ("threads", "files", "processes")
    }
