"""Measure calls with a remote engine on the rehearsal's clock: danger, speech over our voice, first sound, greeting.

    python -m tests.bench.remote [danger|barge_in|first_sound|greeting]…

All from the far end of a telephone line of 20 ms packets, with the scripted twin. Its network is given as
the round trip. The clock moves only when nobody works, so the figures hold what the design costs and
nothing of this machine, and come out the same each time.
"""

import logging
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from itertools import product
from pathlib import Path

import structlog

from npcl_voice.rehearsal.clock import run_rehearsal
from npcl_voice.rehearsal.twin import Faults
from npcl_voice.rehearsal.twin import faults as f
from tests.e2e import measured as m
from tests.e2e.failing import Rehearsal, open_rehearsal
from tests.e2e.measuring import Step

TRIPS_MS = (5, 80, 250)
DELAYS_MS = (0, 100, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000)
MOMENTS_MS = (137, 458, 791, 1_123, 1_486, 1_907, 2_341, 2_868, 3_333, 4_010)
PHASES_MS = (0, 40, 80, 120)
"""Moments that fall differently upon the line's packets of 20 ms and the detector's windows of 32."""
OPENS_MS = (0, 500, 1_000, 1_500, 2_500, 5_000)


async def danger(rehearsal: Rehearsal) -> None:
    """From the end of the sentence to the first safety word, and the words of the model's that were heard before."""
    title(
        "Danger, in answer to the greeting",
        "end of the sentence to first safety word, ms (words of the model's heard before it)",
    )
    settings = [*((400, trip) for trip in TRIPS_MS), (50, 80)]
    header(["transcript after the commit", *(f"first sound {think}, network {trip}" for think, trip in settings)])
    for delay in DELAYS_MS:
        cells = []
        for think, trip in settings:
            found = [
                await m.danger_at_once(
                    rehearsal, text, stays_ms=m.PROBE_MS, network_ms=trip / 2, think_ms=think, transcript_ms=delay
                )
                for text in m.DANGERS
            ]
            cells.append(waits(found))
        row([delay, *cells])
    title("Danger, said over the model's voice 1.5 s into its answer", "the same")
    header(["transcript after the commit", *(f"network {trip}" for trip in TRIPS_MS)])
    for delay in DELAYS_MS:
        cells = []
        for trip in TRIPS_MS:
            found = [
                await m.danger_over_our_voice(
                    rehearsal, text, 1_500, stays_ms=m.PROBE_MS, network_ms=trip / 2, transcript_ms=delay
                )
                for text in m.DANGERS
            ]
            cells.append(waits(found))
        row([delay, *cells])
    title(
        "Danger, said while the first engine is cut off and the second takes over, network 80",
        "the same, and requests for patience (b) heard before; cut, from the beginning of a sentence of 1.6 s",
    )
    cuts = (-200, 400, 1_200, 1_800, 2_200)
    header(["transcript after the commit", *(f"cut at {cut}" for cut in cuts)])
    for delay in (0, 400, 1_000, 2_000):
        cells = []
        for cut in cuts:
            text = next(iter(m.DANGERS))
            found = [
                await m.danger_in_a_gap(
                    rehearsal, text, cut, stays_ms=2 * m.PROBE_MS, network_ms=40, transcript_ms=delay
                )
            ]
            cells.append(waits(found))
        row([delay, *cells])


def waits(found: Sequence[m.Danger]) -> str:
    """The longest wait, and the most words and requests for patience."""
    words, bridges = max(one.words for one in found), max(one.bridges for one in found)
    return f"{max(one.wait_ms for one in found):.0f} ({words}{f', {bridges} b' if bridges else ''})"


async def barge_in(rehearsal: Rehearsal) -> None:
    """How soon our voice gives way, what the engine is told, and what a murmur costs."""
    title(
        "Speech over the model's voice",
        f"{len(MOMENTS_MS)} moments each; truncate error: what the engine was told less what left the line",
    )
    header(["network", "speech to pause p50, ms", "p95", "truncate error, most, ms"])
    for trip in TRIPS_MS:
        found = [await m.interruption(rehearsal, moment, network_ms=trip / 2) for moment in MOMENTS_MS]
        pauses = sorted(one.pause_ms for one in found)
        error = max(abs(one.told_ms - one.heard_ms) for one in found)
        row([trip, f"{at(0.5, pauses):.0f}", f"{at(0.95, pauses):.0f}", f"{error:.1f}"])
    title(
        "A murmur over the model's voice",
        "pause in ms, longest of three moments; in brackets how often the answer was heard whole, once, in order",
    )
    delays = (0, 300, 600, 1_000, 2_000)
    header(["murmur", "network", *(f"transcript {delay}" for delay in delays)])
    for text, trip in product(m.BACK_CHANNELS, TRIPS_MS):
        cells = []
        for delay in delays:
            found = [
                await m.murmur(rehearsal, text, moment, network_ms=trip / 2, transcript_ms=delay)
                for moment in MOMENTS_MS[2:9:3]
            ]
            whole = sum(one.whole for one in found)
            cells.append(f"{max(one.silent_ms for one in found):.0f} ({whole} of {len(found)})")
        row([text, trip, *cells])


async def first_sound(rehearsal: Rehearsal) -> None:
    """What it costs that we own the turns, and that danger comes first."""
    closing = rehearsal.house.settings.turns.silence_ms_any
    for think in (400, 100):
        title(
            f"What D12 costs: a model whose first sound comes {think} ms after the answer was created",
            f"end of the caller's speech to first sound, ms, mean of {len(PHASES_MS)} moments; "
            f"the closing silence of {closing} ms is in all three",
        )
        header(["network", "transcript", "server's own", "our create", "and held", "create costs", "hold costs"])
        for trip in TRIPS_MS:
            timing = {"network_ms": trip / 2, "think_ms": think}
            theirs = [
                await m.first_sound_of_the_server_s_own(rehearsal, 600 + phase, closing, **timing)
                for phase in PHASES_MS
            ]
            ours = [await m.first_sound(rehearsal, 600 + phase, hold_first_sound_ms=0, **timing) for phase in PHASES_MS]
            for delay in range(100, 700, 100):
                timing["transcript_ms"] = delay
                held = [await m.first_sound(rehearsal, 600 + phase, **timing) for phase in PHASES_MS]
                means = [statistics.mean(one) for one in (theirs, ours, held)]
                costs = (means[1] - means[0], means[2] - means[1])
                row([trip, delay, *(f"{one:.0f}" for one in means), *(f"{one:+.0f}" for one in costs)])


async def greeting(rehearsal: Rehearsal) -> None:
    """The greeting waits for nobody, and what is said over it is answered once."""
    title(
        "The greeting, whatever the engine does",
        "network 80; the caller says one sentence 1 s after the answer, over the greeting",
    )
    header(["the engine", "greeting's first sound, ms", "understood", "answered by", "answered after, ms"])
    plan = [Step(m.HARMLESS, "answer", 1_000)]
    ways: list[tuple[str, float, Faults]] = [(f"opens after {slow} ms", slow, Faults()) for slow in OPENS_MS]
    ways += [
        ("refuses", 0, Faults(connect=(f.Refuse(),))),
        ("is a black hole", 0, Faults(connect=(f.Timeout(),))),
        ("opens, and takes no settings", 0, Faults(connect=(f.NoSessionUpdated(),))),
        ("dies while the caller speaks", 0, Faults(connect=(f.DieAfter(ms=1_500, session=1),))),
    ]
    for name, slow, faults in ways:
        found = await m.greeting(rehearsal, plan, slow_ms=slow, faults=faults, network_ms=40)
        row(
            [name, f"{found.first_ms:.0f}", " / ".join(found.understood), found.engines[-1], f"{found.answered_ms:.0f}"]
        )


def title(name: str, what: str) -> None:
    """A table begins."""
    print(f"\n{name}\n({what})\n")


def header(cells: Sequence[object]) -> None:
    """The first row of a table."""
    row(cells)
    row(["---"] * len(cells))


def row(cells: Sequence[object]) -> None:
    """A row of a table."""
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def at(share: float, values: Sequence[float]) -> float:
    """The value below which that share lies."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


async def main(wanted: Sequence[Callable[[Rehearsal], Awaitable[None]]]) -> None:
    """Measure what is wanted."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_rehearsal(Path(folder)) as rehearsal:
            for measure in wanted:
                await measure(rehearsal)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    everything = {one.__name__: one for one in (danger, barge_in, first_sound, greeting)}
    run_rehearsal(main([everything[name] for name in sys.argv[1:]] or list(everything.values())))
