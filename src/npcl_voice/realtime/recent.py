"""A memory of what came last, which a talkative other side cannot make grow."""

from typing import Final, Generic, TypeVar

__all__ = ["Recent"]

_KEPT: Final = 4096

Kept = TypeVar("Kept")


class Recent(Generic[Kept]):
    """Values by key; the oldest go where there are more than `limit`."""

    def __init__(self, limit: int = _KEPT) -> None:
        self._values: dict[str, Kept] = {}
        self._limit = limit

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: str) -> Kept | None:
        """The value, if it is remembered."""
        return self._values.get(key)

    def put(self, key: str, value: Kept) -> None:
        """Remember a value; one that was there keeps its age."""
        self._values[key] = value
        if len(self._values) > self._limit:
            del self._values[next(iter(self._values))]

    def take(self, key: str) -> Kept | None:
        """The value, if it is remembered; it is not any more."""
        return self._values.pop(key, None)

    def take_first(self) -> Kept | None:
        """The oldest value, if there is one; it is not remembered any more."""
        return self._values.pop(next(iter(self._values))) if self._values else None
