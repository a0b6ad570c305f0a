"""What a call with a fault in it is judged by, and the line that is printed of it."""

from npcl_voice.config import LatencyBudget
from npcl_voice.conversation.context import Context
from npcl_voice.rehearsal.script import load_scenario
from tests.e2e.failing import Joined, Rehearsed
from tests.e2e.fault_rows import Case

__all__ = ["line_of", "misses", "misses_of_case"]

BUDGET = LatencyBudget()
HEARD_S = BUDGET.dead_air_p95_ms / 1000
RESUMED_S = BUDGET.talk_goes_on_p95_ms / 1000
GREETING_S = BUDGET.greeting_ms / 1000
YES = "yes that is right"


def misses(call: Rehearsed, *, outcome: str = "complaint_registered", rows: int = 1) -> list[str]:
    """What any call must keep, whatever fails: the sound, the facts and the rows."""
    found = []
    if call.outcome != outcome:
        found.append(f"ended as {call.outcome}")
    if (call.rows, call.repeats) != (rows, 0):
        found.append(f"{call.rows} complaints, {call.repeats} repeats")
    if call.told != call.numbers:
        found.append(f"told {call.told}, registered {call.numbers}")
    if call.heard_within > HEARD_S:
        found.append(f"nothing heard for {call.heard_within:.2f} s")
    if call.resumed_within > RESUMED_S:
        found.append(f"the talk did not go on for {call.resumed_within:.2f} s")
    if not call.caller.heard or call.caller.heard[0].began - call.facts.answered_at > GREETING_S:
        found.append("no greeting in time")
    for joined in call.facts.joined[1:]:
        found += _forgotten(joined)
    return found + _asked_again(call)


def _forgotten(joined: Joined) -> list[str]:
    """What the call knew and the engine was not told."""
    known, told = joined.known, joined.told or Context()
    names = ("slots", "promises", "matter", "goal", "question", "language")
    return [
        f"{joined.engine} was not told {name}: {getattr(told, name)} for {getattr(known, name)}"
        for name in names
        if getattr(known, name) != getattr(told, name)
    ]


def _asked_again(call: Rehearsed) -> list[str]:
    """Facts that the caller had to say again after confirming them."""
    said = [text for _, _, text in call.caller.turns]
    after = said[said.index(YES) + 1 :] if YES in said else []
    facts = {value for name, value in load_scenario("outage").facts.items() if name.endswith("number")}
    return [f"asked again for {text}" for text in after if text in facts]


def misses_of_case(case: Case, call: Rehearsed) -> list[str]:
    """The same, and where the call went on."""
    found, engines, asked = misses(call), call.engines, len(call.twin.sessions)
    opened = case.reason is not None and not _refused(call)
    if case.reason is not None and not call.failures().get(case.reason):
        found.append(f"failed for {call.failures()}")
    wanted = {
        "stays": ["openai"],
        "again": ["openai", "openai"],
        "over": ["openai", "local"] if opened else ["local"],
        "stop": ["openai", "local"] if opened or case.reason is None else ["local"],
    }[case.goes]
    if case.goes in ("over", "again"):
        engines = engines[: len(wanted)]  # it may come back to a server that is well again
    if engines != wanted:
        found.append(f"went on at {','.join(call.engines)}")
    if case.goes == "stop" and asked > 1:
        found.append(f"{asked} sessions asked for")
    began = [session.began for session in call.twin.sessions]
    if case.apart_s and len(began) > 1 and began[1] - began[0] < case.apart_s:
        found.append(f"asked again after {began[1] - began[0]:.1f} s")
    return found


def _refused(call: Rehearsed) -> bool:
    """Whether the first session was never open."""
    return call.engines[:1] != ["openai"]


def line_of(row: str, case: Case, call: Rehearsed, found: list[str]) -> str:
    """The case as a line of the table."""
    heard, resumed = max(0.0, call.heard_within), max(0.0, call.resumed_within)
    what = f"{row:22} {case.name[:34]:34} {case.moment:14}"
    ran = f"heard {heard:4.2f} s, goes on {resumed:4.2f} s, {'>'.join(call.engines)}"
    return f"{what} {ran}{'' if not found else '  BUT ' + '; '.join(found)}"
