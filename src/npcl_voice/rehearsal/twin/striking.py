"""When a fault strikes: the server's events are counted, in each session and through all of them."""

from collections import Counter

import msgspec

from npcl_voice.rehearsal.twin.endings import name_of
from npcl_voice.rehearsal.twin.faults import Fault, Faults

__all__ = ["SessionFaults", "Strikes"]


class _Count:
    """How many events there were."""

    def __init__(self) -> None:
        self.all = 0
        self.named: Counter[str] = Counter()

    def add(self, name: str) -> None:
        self.all += 1
        self.named[name] += 1

    def meets(self, fault: Fault, name: str) -> bool:
        """Whether the event that was just counted is the fault's."""
        if fault.on:
            return fault.on == name and self.named[name] == fault.nth
        return fault.at == self.all


class Strikes:
    """The faults of an engine."""

    def __init__(self, faults: Faults) -> None:
        self._waiting = list(faults.fault)
        self._count = _Count()

    @property
    def seen(self) -> int:
        """Events of all sessions so far."""
        return self._count.all

    def add(self, fault: Fault) -> None:
        """One more, from now on."""
        self._waiting.append(fault)

    def session(self, number: int) -> "SessionFaults":
        """The faults as the session of that number meets them."""
        return SessionFaults(self, number)

    def count(self, name: str, own: _Count, number: int) -> list[Fault]:
        """Count an event of a session; the faults that strike at it."""
        self._count.add(name)
        own.add(name)
        found = []
        for fault in tuple(self._waiting):
            if fault.session not in (None, number):
                continue
            counted = own if fault.each or fault.session is not None else self._count
            if counted.meets(fault, name):
                found.append(fault)
                if not fault.each:
                    self._waiting.remove(fault)
        return found


class SessionFaults:
    """One session's part of them."""

    def __init__(self, strikes: Strikes, number: int) -> None:
        self._strikes = strikes
        self._number = number
        self._own = _Count()

    def of(self, event: msgspec.Struct) -> list[Fault]:
        """The faults that strike at the next event."""
        return self._strikes.count(name_of(event), self._own, self._number)
