"""The page of failures, from the table that the product goes by."""

from npcl_voice.realtime.failures import FAILURES
from npcl_voice.realtime.faults import Action

DONE = {
    Action.RETRY: "the same server, once; then the next engine",
    Action.FAIL_OVER: "the next engine",
    Action.STOP: "the next engine; trying again would fail alike",
}


def failures_page(drawn: str) -> str:
    """Every reason for which a session with a remote engine fails."""
    lines = [
        "# Failures of a remote engine",
        "",
        drawn,
        "",
        "Why a session with a remote engine did not open or broke off, by the word that log lines, counters and",
        "the lines of `--events` use. The call goes on in every case; this says where, and what an operator reads.",
        "The line of a failure is the server's host and these words.",
        "",
        "| Reason | The call goes on at | What happened; what to do |",
        "|---|---|---|",
    ]
    lines += [f"| `{reason}` | {DONE[row.action]} | {row.advice} |" for reason, row in FAILURES.items()]
    return "\n".join([*lines, ""])
