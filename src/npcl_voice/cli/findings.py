"""What a check finds, and how a check that breaks is kept from hiding the others."""

import os
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from npcl_voice.errors import NpclVoiceError, SettingsError

__all__ = ["REINSTALL", "Finding", "covered", "failure", "guarded", "ok", "warning"]

REINSTALL = "run `make setup` again, or reinstall npcl-voice with what it needs"

HIDDEN = "***"
SHORTEST_HIDDEN = 4
"""A shorter text is no secret, and would be hidden in every other word."""


class Finding(NamedTuple):
    """One line of the doctor's."""

    name: str
    status: Literal["ok", "warning", "failure"]
    found: str
    """What was found, in one line."""
    remedy: str = ""
    """What to do about it; empty where nothing needs to be done."""


def ok(name: str, found: str) -> Finding:
    """As it should be."""
    return Finding(name, "ok", found)


def warning(name: str, found: str, remedy: str) -> Finding:
    """A call works, and something should be done."""
    return Finding(name, "warning", found, remedy)


def failure(name: str, found: str, remedy: str) -> Finding:
    """A call does not work, or loses something."""
    return Finding(name, "failure", found, remedy)


def guarded(name: str, remedy: str, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a check finds; one that breaks is a failure of its own, and `remedy` says what helps in most cases."""
    try:
        yield from check()
    except SettingsError as error:
        found = " ".join(str(error).split())
        yield failure(name, found, f"correct {error.setting}; `npcl-voice config` shows what is allowed")
    except NpclVoiceError as error:
        yield failure(name, " ".join(str(error).split()), remedy)
    except Exception as error:  # noqa: BLE001 - whatever breaks here must not hide the other checks
        if os.environ.get("NPCL_DEBUG", "") not in ("", "0"):
            traceback.print_exception(error)
        found = " ".join(f"unexpected {type(error).__name__}: {error}".split())
        yield failure(name, found, f"{remedy}; NPCL_DEBUG=1 shows where")


def covered(finding: Finding, secrets: Iterable[str]) -> Finding:
    """The finding without any secret: a driver's own message may repeat what it was given."""
    found, remedy = finding.found, finding.remedy
    for secret in secrets:
        if len(secret) >= SHORTEST_HIDDEN:
            found, remedy = found.replace(secret, HIDDEN), remedy.replace(secret, HIDDEN)
    return finding._replace(found=found, remedy=remedy)
