"""Random schedules: who wants what, on which line and of which process, and what fails meanwhile."""

from random import Random

import msgspec

from tests.store.faults.wishes import BY_OPERATORS, WISHES, Wish

__all__ = ["HOURS", "Asking", "Fault", "Schedule", "Strand", "schedule_of"]

CALLERS = ("9812345601", "9812345602", "9812345603")
HOUSES = ("1", "2")
NAMES = ("Nidhi Sharma", "Asha Rao", "Kavita Singh", "Meera Das", "Pooja Jain")
HOURS = (0, 0, 0, 0.1, 1, 13, 25)
"""How long nothing may happen between two groups: limits of a day begin and end."""
POINTS = 46
"""The longest path passes about so many fail-points; a fault behind the last one is none."""


class Fault(msgspec.Struct, frozen=True):
    """What goes wrong during an asking, at one of the fail-points that it passes."""

    kind: str
    """`kill`: the process dies. `lost`: the database does not answer; after a commit it is the answer that is lost."""
    at: int


class Asking(msgspec.Struct, frozen=True):
    """One try to have a wish fulfilled."""

    how: str
    """`call`: on a new call. `again`: on the same call: the tool is called twice, or the engine came back."""
    process: int
    fault: Fault | None = None


class Strand(msgspec.Struct, frozen=True):
    """One caller's wish, asked for until it is given up."""

    wish: Wish
    askings: tuple[Asking, ...]


class Schedule(msgspec.Struct, frozen=True):
    """Groups of strands; the strands of a group run at once, the groups one after the other."""

    seed: int
    groups: tuple[tuple[float, tuple[Strand, ...]], ...]
    """Hours before it, and the strands."""


def schedule_of(seed: int, *, processes: int = 2, at_once: bool = True) -> Schedule:
    """The schedule of that seed."""
    rng = Random(seed)
    favourites = rng.sample(WISHES, rng.randint(1, 3))  # a schedule about few things has more of each
    groups = []
    for _ in range(rng.randint(1, 4)):
        many = rng.choices((1, 2, 3), (6, 3, 1))[0] if at_once else 1
        strands = [_strand(rng, favourites, processes) for _ in range(many)]
        if many > 1 and rng.random() < 0.5:  # two channels want the very same
            strands[1] = msgspec.structs.replace(strands[1], wish=_same(rng, strands[0].wish))
        groups.append((rng.choice(HOURS), tuple(strands)))
    return Schedule(seed, tuple(groups))


def _same(rng: Random, wish: Wish) -> Wish:
    return wish if rng.random() < 0.5 else msgspec.structs.replace(wish, number=rng.choice(CALLERS))


def _strand(rng: Random, favourites: list[str], processes: int) -> Strand:
    wish = _wish(rng, rng.choice(favourites))
    askings = []
    for nth in range(rng.choices((1, 2, 3, 4), (3, 4, 2, 1))[0]):
        how = "again" if nth and rng.random() < 0.6 else "call"
        askings.append(Asking(how, rng.randrange(processes), _fault(rng)))
    if rng.random() < 0.7:  # most callers go on until they are answered
        how = "again" if rng.random() < 0.5 else "call"
        askings.append(Asking(how, rng.randrange(processes)))
    return Strand(wish, tuple(askings))


def _fault(rng: Random) -> Fault | None:
    kind = rng.choices(("kill", "lost", None), (45, 20, 35))[0]
    return None if kind is None else Fault(kind, rng.randrange(POINTS))


def _wish(rng: Random, what: str) -> Wish:
    number = rng.choice(CALLERS)
    value = {
        "no_supply": lambda: rng.choice(HOUSES),
        "hazard": lambda: rng.choice(("fire", "shock")),
        "callback": lambda: rng.choice(("morning", "evening")),
        "agent": lambda: rng.choice(("", "fire")),
        "name": lambda: rng.choice(NAMES),
        "code": lambda: rng.choice(("0", "0", "1", "2", "3", "4")),
        "need": lambda: rng.choice(("", "at home")),
        "theft": lambda: "a hook on the line",
    }.get(what, str)()
    return Wish(what, "operator" if what in BY_OPERATORS and what != "settle" else number, value)
