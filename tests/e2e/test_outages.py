"""Failures that last: an outage of a minute, a server that dies again and again, and a second server behind it."""

from pathlib import Path

import msgspec
import pytest

from npcl_voice.realtime.backoff import COOL_S, QUICK, QUICK_S
from npcl_voice.rehearsal.clock import run_rehearsal
from npcl_voice.rehearsal.twin import Faults, Script, load_script, parse_faults
from npcl_voice.rehearsal.twin.script import Rule
from npcl_voice.speech.link import OFFER_S, RAMP_S, RETURN_S
from tests.e2e.failing import AGAIN, Rehearsal, Rehearsed, open_rehearsal
from tests.e2e.fault_rows import EACH_MOMENT, MOMENTS, struck
from tests.e2e.judging import misses

pytestmark = pytest.mark.slow

OUTAGES = ((12.0, 72.0), (150.0, 210.0))
TWICE = "".join(f"[[outage]]\nfrom_s = {begins}\nto_s = {ends}\n" for begins, ends in OUTAGES)
DAWDLES = 36
"""Questions that the caller wants again, so that the call outlasts both outages."""
NEVER_USEFUL = '[[connect]]\ndoes = "die_after"\nms = 50\n'
FATAL = 'does = "close"\ncode = 3000'
REPEATS = (
    Rule(hears=(AGAIN,), lacks=("consumer_number",), say="What is your ten digit consumer number?"),
    Rule(hears=(AGAIN,), lacks=("complaint_number",), say="Your number is {consumer_number}. Is that right?"),
)


def patient(script: Script) -> Script:
    """The script for a caller who wants everything said again."""
    return msgspec.structs.replace(script, reply=(*REPEATS, *script.reply))


def quiet_at(call: Rehearsed, t: float) -> bool:
    """Whether neither side was speaking then."""
    turns = [(began, ended) for began, ended, _ in call.caller.turns]
    heard = [(one.began, one.ended) for one in call.caller.heard]
    return not any(began < t < ended for began, ended in [*turns, *heard])


def test_the_call_comes_back_after_each_of_two_outages(tmp_path: Path) -> None:
    """Cut off, held by the embedded engine, and back when nobody speaks, twice, with everything it knew."""

    async def work() -> tuple[Rehearsed, float]:
        async with open_rehearsal(tmp_path) as rehearsal:
            script = patient(load_script("outage"))
            began = rehearsal.clock.now()
            return await rehearsal.call(parse_faults(TWICE, "twice"), script=script, dawdles=DAWDLES), began

    call, began = run_rehearsal(work())
    assert misses(call) == []
    assert call.engines == ["openai", "local", "openai", "local", "openai"]
    times = [t - began for t, _, _ in call.facts.engines]
    for (begins, ends), left, back in zip(OUTAGES, times[1::2], times[2::2], strict=True):
        assert begins < left < begins + 3
        assert ends < back < ends + RETURN_S + RAMP_S + OFFER_S
        assert quiet_at(call, back + began)


def test_a_server_that_dies_at_once_is_left_alone(tmp_path: Path) -> None:
    """Two calls at one time: after their quick failures nobody asks for a while, and then one call at a time."""

    async def work() -> tuple[list[Rehearsed], list[float]]:
        async with open_rehearsal(tmp_path) as rehearsal:
            twin = rehearsal.twin(parse_faults(NEVER_USEFUL, "dies"))
            switch = rehearsal.row(twin)
            calls = await rehearsal.together(switch, twin, ["outage", "status"])
            return calls, [session.began for session in twin.sessions]

    calls, began = run_rehearsal(work())
    for call in calls:
        assert call.engines[-1] == "local"
        assert [miss for miss in misses(call) if "heard" in miss or "talk" in miss or "not told" in miss] == []
    at_once = 2 * len(calls)  # each asks once, and once more
    assert at_once > QUICK
    assert began[at_once - 1] - began[0] < QUICK_S
    assert all(later - one >= COOL_S / 2 for one, later in zip(began[at_once - 1 :], began[at_once:], strict=False))


@pytest.mark.parametrize("moment", EACH_MOMENT)
def test_a_second_server_comes_before_the_embedded_engine(moment: str, tmp_path: Path) -> None:
    """The first does not take the account any more, at each moment: the call goes on at the second."""

    async def hold(rehearsal: Rehearsal) -> Rehearsed:
        second = rehearsal.twin(Faults(), name="fallback")
        return await rehearsal.call(struck(FATAL, *MOMENTS[moment]), second=second)

    async def work() -> Rehearsed:
        async with open_rehearsal(tmp_path) as rehearsal:
            return await hold(rehearsal)

    call = run_rehearsal(work())
    assert misses(call) == []
    assert call.engines == ["openai", "fallback"]
    assert len(call.twin.sessions) == 1


def test_the_embedded_engine_comes_when_both_servers_are_out(tmp_path: Path) -> None:
    """The second fails as well, in the same call."""

    async def work() -> Rehearsed:
        async with open_rehearsal(tmp_path) as rehearsal:
            second = rehearsal.twin(struck(FATAL, *MOMENTS["answering"]), name="fallback")
            return await rehearsal.call(struck(FATAL, *MOMENTS["speaking"]), second=second)

    call = run_rehearsal(work())
    assert misses(call) == []
    assert call.engines == ["openai", "fallback", "local"]
