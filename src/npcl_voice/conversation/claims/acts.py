"""What an assistant may say that it has done or will do, and which tool's answer makes it true.

The words for each stand in `words/<language>.toml`; here stands what backs them.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal

import msgspec

from npcl_voice.conversation.claims.facts import CREATES, DUE, OPEN, PAID, Facts

__all__ = ["ACTS", "DOES", "STATUSES", "Act", "Backing", "Scene"]


class Scene(msgspec.Struct, frozen=True):
    """What a rule may know of the sentence beside the act itself."""

    facts: Facts
    statuses: frozenset[str]
    """Of the complaints that it names; where it names none, of all."""
    topics: frozenset[str]
    """What it is about."""
    by_us: bool
    """Whether it says "I have", or speaks of something new: then an older act of somebody else's is not meant."""
    says: Callable[[str], bool]
    """Whether it holds any of the words of that name in the grammar."""


Backing = Callable[[Scene], bool]


class Act(msgspec.Struct, frozen=True):
    """Something done, and what makes it true that it was."""

    kind: Literal["commitment", "status"]
    backed: Backing
    promised: bool = False
    """Whether it is a claim that it will be done; what a tool does in this call is only announced by that."""
    under_way: bool = False
    """Whether it is a claim that we are doing it."""
    will_back: Backing | None = None
    """What backs that it will be done, if not the same."""


WORKS: Final = frozenset({"assigned", "in_progress"})
"""Statuses of a complaint that somebody works on."""


def _never(scene: Scene) -> bool:
    """No tool does this."""
    return False


def _did(*tools: str) -> Backing:
    return lambda scene: bool(scene.facts.did(*tools))


def _stands(*statuses: str) -> Backing:
    return lambda scene: bool(scene.statuses & set(statuses))


def _registered(scene: Scene) -> bool:
    if "medical" in scene.topics and (scene.says("notes") or not scene.says("complaints")):
        return _flagged(scene)
    made = scene.facts.did(*CREATES)
    if scene.says("new"):
        made = [one for one in made if not one.get("repeat")]
    if made:
        return True
    if scene.says("requests") and scene.facts.did("callback", "agent", "reopen", "vulnerable"):
        return True
    return not scene.by_us and bool(scene.statuses & (OPEN | {"resolved"}))


def _at_work(scene: Scene) -> bool:
    return bool(scene.statuses & {"in_progress"})


def _known_outage(scene: Scene) -> bool:
    return bool(scene.facts.outages)


def _no_outage(scene: Scene) -> bool:
    """Only where a tool has said otherwise it is wrong."""
    return not _known_outage(scene)


def _expected(scene: Scene) -> bool:
    return bool(scene.facts.expected)


def _over(scene: Scene) -> bool:
    return bool(scene.statuses & {"resolved"}) or bool(scene.facts.did("close_complaint"))


def _flagged(scene: Scene) -> bool:
    return any(one.get("flagged") is True for one in scene.facts.did("vulnerable"))


def _paid(scene: Scene) -> bool:
    return PAID in scene.facts.amounts


def _looked(scene: Scene) -> bool:
    return bool(scene.facts.answers)


def _found(scene: Scene) -> bool:
    return any(one.ok for one in scene.facts.answers)


_PERSON: Final = _did("agent", "callback")


def _same(scene: Scene) -> bool:
    """A complaint that was there before: so says the tool that was to make one."""
    made = scene.facts.did("no_supply")
    return any(one.get("repeat") for one in made) or (not made and bool(scene.statuses))


def _not_anew(scene: Scene) -> bool:
    """Only where one was made it is wrong."""
    return all(one.get("repeat") for one in scene.facts.did("no_supply"))


def _unassigned(scene: Scene) -> bool:
    """Where a tool tells that somebody has it, it is wrong."""
    return not (scene.statuses and scene.statuses <= WORKS)


def _both(scene: Scene) -> bool:
    """Two tools must have done what they were asked for."""
    return len({one.name for one in scene.facts.answers if one.ok and one.name in DOES}) > 1


def _anew(scene: Scene) -> bool:
    """Where the tool has found one that was there it is wrong."""
    made = scene.facts.did("no_supply")
    return not made or not all(one.get("repeat") for one in made)


def _queued(scene: Scene) -> bool:
    """A request to be called waits for its turn; of complaints no tool tells that."""
    return scene.says("requests") and _PERSON(scene)


def _passed_on(scene: Scene) -> bool:
    """To a person it is; to those who repair, or to their seniors, no tool passes anything."""
    return "others" not in scene.topics and bool(scene.facts.did("agent"))


def _called(scene: Scene) -> bool:
    """No tool makes those who repair call."""
    return "crew" not in scene.topics and _PERSON(scene)


DOES: Final = (*CREATES, "vulnerable", "reopen", "callback", "agent", "close_complaint", "language")

ACTS: Final[Mapping[str, Act]] = {
    "register": Act("commitment", _registered),
    "same": Act("commitment", _same),
    "alert": Act("commitment", _did("hazard")),
    "dispatch": Act("commitment", _never, promised=True, under_way=True),
    "assign": Act("commitment", _stands(*WORKS), promised=True),
    "work": Act("status", _at_work),
    "restore": Act("status", _over, promised=True, under_way=True, will_back=_expected),
    "fix": Act("status", _over, promised=True, will_back=_expected),
    "call_back": Act("commitment", _called, promised=True),
    "book_call": Act("commitment", _PERSON),
    "hand_over": Act("commitment", _did("agent"), promised=True),
    "escalate": Act("commitment", _passed_on, promised=True, under_way=True),
    "queue": Act("commitment", _queued),
    "urgent": Act("commitment", _did("hazard"), promised=True),
    "message": Act("commitment", _never, promised=True),
    "reopen": Act("commitment", lambda scene: bool(scene.facts.did("reopen") or scene.statuses & {"reopened"})),
    "close": Act("status", lambda scene: bool(scene.facts.did("close_complaint") or scene.statuses & {"resolved"})),
    "cancel": Act("status", _stands("cancelled")),
    "refund": Act("commitment", _never, promised=True, under_way=True),
    "change": Act("commitment", _never, promised=True),
    "flag": Act("commitment", _flagged),
    "verify": Act("status", _did("bill_due", "account_info")),
    "look_up": Act("status", _looked),
    "find": Act("status", _found),
    "finish": Act("commitment", lambda scene: "others" not in scene.topics and bool(scene.facts.did(*DOES))),
    "promise": Act("commitment", _never),
    "detail": Act("status", _never),
    "pay": Act("status", _paid),
}
"""Every act, by its name in the files of words."""

STATUSES: Final[Mapping[str, Backing]] = {
    "in_progress": _at_work,
    "pending": lambda scene: bool(scene.statuses & OPEN or DUE in scene.facts.amounts),
    "resolved": _over,
    "closed": _over,
    "outage": _known_outage,
    "no_outage": _no_outage,
    "widespread": _never,
    "spared": _stands(*OPEN),
    "not_anew": _not_anew,
    "anew": _anew,
    "unassigned": _unassigned,
    "both": _both,
    "unharmed": _never,
    "safe": _never,
    "sound": _never,
}
"""What may be said of a complaint or an area, by its name there; `nothing_due` is an amount."""


_BACKING: Final[Mapping[str, Backing]] = {
    "medical": _flagged,
    "theft": _did("report_theft"),
    "danger": _did("hazard"),
    "person": _PERSON,
    "reopen": _did("reopen"),
    "complaint": lambda scene: bool(scene.statuses or scene.facts.did(*CREATES, "reopen")),
    "estimate": lambda scene: _expected(scene) or _known_outage(scene),
    "language": _did("language"),
}
"""What backs that something was done about each subject."""
_TO_COME: Final[Mapping[str, Backing]] = {
    "person": _PERSON,
    "estimate": _expected,
    "bill": _did("bill_due"),
    "rules": _did("compensation"),
    "language": _did("language"),
}
"""What backs that something will come of it."""
_GOES_ON: Final[Mapping[str, Backing]] = {
    "complaint": lambda scene: bool(scene.statuses),
    "estimate": _known_outage,
    "person": _PERSON,
}
"""What backs that it goes on."""


def backs(how: str, topics: frozenset[str], scene: Scene) -> bool:
    """Whether a tool has answered on any of these subjects, so that something was `done` about it, or `will` be.

    Of what other people do no tool tells, but for the times that they name.
    """
    if how == "is" and "complaint" in topics and "others" not in topics and scene.statuses:
        return True
    if "others" in topics and not ("estimate" in topics and _known_outage(scene)):
        return False
    for topic in ("medical", "theft"):
        if topic in topics and how == "done":
            return _BACKING[topic](scene)
    table = {"done": _BACKING, "will": _TO_COME, "now": _GOES_ON, "is": {**_BACKING, **_GOES_ON}}[how]
    return any(topic in topics and backed(scene) for topic, backed in table.items())
