"""The company's own data as a whole: the packaged files, or an operator's in their place.

An operator's folder (`NPCL_DOMAIN_DIR`) replaces the packaged files one by one; a file that is not
there is the packaged one. Reading the folder is others' business: here texts become a `Company`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import msgspec

from npcl_voice.domain.areas import Area, packaged_areas, read_areas
from npcl_voice.domain.contacts import (
    SPOKEN,
    Helpline,
    Office,
    TransferTarget,
    read_helplines,
    read_offices,
    read_transfers,
)
from npcl_voice.domain.entries import Entry
from npcl_voice.domain.escalation import EscalationStep, read_escalation
from npcl_voice.domain.promises import PromiseRule, packaged_promises, read_promises
from npcl_voice.domain.safety import SafetyWords, in_force, read_safety
from npcl_voice.domain.thresholds import Threshold, ThresholdName, read_thresholds
from npcl_voice.errors import SettingsError

__all__ = ["FILES", "Company", "packaged_company", "packaged_text", "read_company"]

FILES = {
    "areas.toml": read_areas,
    "promises.toml": read_promises,
    "escalation.toml": read_escalation,
    "helplines.toml": read_helplines,
    "offices.toml": read_offices,
    "safety.toml": read_safety,
    "thresholds.toml": read_thresholds,
    "transfers.toml": read_transfers,
}
"""Every file of the company's data, and what reads its text."""


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is the company's and not the program's."""

    areas: tuple[Area, ...]
    promises: tuple[PromiseRule, ...]
    escalation: tuple[EscalationStep, ...]
    """In the order in which the steps are taken; `spoken_steps` says which may be told."""
    helplines: tuple[Helpline, ...]
    offices: tuple[Office, ...]
    safety: tuple[SafetyWords, ...]
    """As they are in force: reviewed, and complete for each language."""
    thresholds: tuple[Threshold, ...]
    transfers: tuple[TransferTarget, ...]

    def helpline_values(self) -> dict[str, str]:
        """What fills the gaps of phrases that name a helpline, by the gap's name."""
        return {one.name: one.number for one in self.helplines if one.name in SPOKEN}

    def public_numbers(self) -> frozenset[str]:
        """The digits of every number that is called and is nobody's own: helplines and emergency services."""
        return frozenset(one.digits for one in self.helplines if one.channel == "call")

    def safety_words(self, language: str) -> dict[str, str]:
        """What is said in each danger, by its kind; empty for a language that has no words."""
        return {one.kind: one.text for one in self.safety if one.language == language}

    def threshold(self, name: ThresholdName) -> Threshold | None:
        """That figure, if it is known."""
        return next((one for one in self.thresholds if one.name == name), None)

    def promised(self, name: ThresholdName) -> int | None:
        """That figure if it may be spoken: known, and confirmed."""
        found = self.threshold(name)
        return found.value if found is not None and found.confirmed else None

    def digest(self) -> str:
        """What tells this data from any other: a call's log names the data that it was held with."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]

    def doubtful(self) -> Iterator[tuple[str, Entry]]:
        """Every entry that nobody has confirmed, with its file's name: none of them is ever spoken."""
        for file, entries in (
            ("promises.toml", self.promises),
            ("escalation.toml", self.escalation),
            ("helplines.toml", self.helplines),
            ("offices.toml", self.offices),
            ("thresholds.toml", self.thresholds),
            ("transfers.toml", self.transfers),
        ):
            yield from ((file, entry) for entry in entries if not entry.confirmed)


def read_company(texts: Mapping[str, str]) -> Company:
    """The company of an operator's files, by their names; the packaged file for each that is not there.

    Raises SettingsError, naming the file: for a name that is none of `FILES`, and for whatever is
    wrong in one of them.
    """
    for name in texts:
        if name not in FILES:
            raise SettingsError(name, f"the company's data has no such file; allowed: {', '.join(FILES)}")

    def text(name: str) -> str:
        return texts[name] if name in texts else packaged_text(name)

    words = read_safety(packaged_text("safety.toml"))
    return Company(
        areas=read_areas(texts["areas.toml"]) if "areas.toml" in texts else packaged_areas(),
        promises=read_promises(texts["promises.toml"]) if "promises.toml" in texts else packaged_promises(),
        escalation=read_escalation(text("escalation.toml")),
        helplines=read_helplines(text("helplines.toml")),
        offices=read_offices(text("offices.toml")),
        safety=in_force(read_safety(text("safety.toml")), words),
        thresholds=read_thresholds(text("thresholds.toml")),
        transfers=read_transfers(text("transfers.toml")),
    )


@cache
def packaged_company() -> Company:
    """The company of the files that come with this program."""
    return read_company({})


def packaged_text(name: str) -> str:
    """The text of a packaged file, one of `FILES`."""
    return resources.files(__package__).joinpath("data", name).read_text("utf-8")
