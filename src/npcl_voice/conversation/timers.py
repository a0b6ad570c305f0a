"""Named deadlines of a call, in seconds of the call's clock."""

__all__ = ["Timers"]


class Timers:
    """At most one deadline a name."""

    def __init__(self) -> None:
        self._deadlines: dict[str, float] = {}

    def set(self, name: str, at: float) -> None:
        """Set or move a deadline."""
        self._deadlines[name] = at

    def clear(self, *names: str) -> None:
        """Forget these deadlines, where there are any."""
        for name in names:
            self._deadlines.pop(name, None)

    def clear_all(self) -> None:
        """Forget every deadline."""
        self._deadlines.clear()

    def running(self, name: str) -> bool:
        """Whether there is a deadline of that name."""
        return name in self._deadlines

    def at(self, name: str) -> float | None:
        """The deadline of that name, if there is one."""
        return self._deadlines.get(name)

    def next(self) -> float | None:
        """The earliest deadline."""
        return min(self._deadlines.values(), default=None)

    def due(self, now: float) -> list[str]:
        """The names whose deadline has come, earliest first; each is told once."""
        names = sorted((at, name) for name, at in self._deadlines.items() if at <= now)
        self.clear(*(name for _, name in names))
        return [name for _, name in names]
