"""The page of failures, from the tables that the product goes by."""

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.realtime.failures import FAILURES
from npcl_voice.realtime.faults import ACTIONS, Action
from tests.e2e.fault_rows import ELSEWHERE

SAY = load_phrases("en").say
BRIDGE = SAY["bridge"]

WORDS = {
    Action.RETRY: "retry",
    Action.FAIL_OVER: "fail over",
    Action.STOP: "stop",
}
GOES_ON = {
    Action.RETRY: "the same server, in one more session; the next engine if that one fails or did not open",
    Action.FAIL_OVER: "the next engine; back here at a quiet moment, when it is well again",
    Action.STOP: "the next engine; this one is left alone for ten minutes",
}
HEARD = {
    Action.RETRY: "the answer, as if nothing had been",
    Action.FAIL_OVER: "the answer, in the next engine's voice",
    Action.STOP: "the answer, in the next engine's voice",
}
GOES_ON_ALSO = {
    "full": "the recorded voice",
    "gone": "the recorded voice",
    "spend_call": "the next engine, at a quiet moment",
    "limits": "the next engine, after a wait for its turn (`NPCL_REALTIME_WAIT_S`)",
}
HEARD_ALSO = {
    "full": "the recorded apology, a callback, the menu by keys",
    "gone": "the recorded apology, a callback, the menu by keys",
}
DONE = {
    Action.IGNORE: "noted; the session goes on",
    Action.REPAIR: "put right; the session goes on",
    Action.RETRY: "asked for again; in another session when it comes twice, at the next engine when the wait is long",
    Action.FAIL_OVER: "the session is left for the next engine",
    Action.STOP: "the session is left for the next engine, and the server for ten minutes",
}
DONE_ALSO = {"session_expired": "the session is over; another one goes on"}


def failures_page(drawn: str) -> str:
    """Every reason for which a session with a remote engine fails, and every code of its errors."""
    lines = [
        "# Failures of a remote engine",
        "",
        drawn,
        "",
        "Why a session with a remote engine did not open or broke off, by the word that log lines, counters and",
        "the lines of `--events` use. The call goes on in every case. Whatever fails, the caller hears something",
        "within 1.5 s of when sound was due, and the talk goes on within 3 s: where sound would be missing for half",
        f'a second, our own voice says "{BRIDGE}"; what the caller says meanwhile is kept, and the next engine',
        "is told what is known. The line of a failure is the server's host and the words of the second column.",
        "",
        "The last column names the test of the row, in `tests/e2e/test_fault_matrix.py` and `test_last_resort.py`:",
        "whole calls in which the failure comes at each moment (`make soak`).",
        "",
        "| Reason | What happened; what to do | Action | The call goes on at | The caller hears | Tried by |",
        "|---|---|---|---|---|---|",
    ]
    for reason, row in FAILURES.items():
        goes_on = GOES_ON_ALSO.get(reason, GOES_ON[row.action])
        heard = HEARD_ALSO.get(reason, HEARD[row.action])
        test = ELSEWHERE.get(reason, f"test_a_row[{reason}]")
        lines.append(f"| `{reason}` | {row.advice} | {WORDS[row.action]} | {goes_on} | {heard} | `{test}` |")
    lines += [
        "",
        "With no engine left at all, the caller is told so and whom to call, and the line is closed.",
        "",
        "## Codes of errors",
        "",
        "Most errors refuse one event, and the session goes on. A code that does not stand here is passed over, too.",
        "",
        "| Code | What is done | Tried by |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{code}` | {DONE_ALSO.get(code, DONE[action])} | `test_an_error[{code}]` |"
        for code, action in ACTIONS.items()
    ]
    return "\n".join([*lines, ""])
