"""The order of a conversation's items, by their links and not by when we hear of them.

Transcripts and items arrive late and out of order; each names the item before it.
"""

from collections.abc import Mapping

__all__ = ["ItemOrder"]

_MAX_ITEMS = 4096


class ItemOrder:
    """The items of a conversation in order."""

    def __init__(self) -> None:
        self._previous: dict[str, str | None] = {}
        self._deleted: set[str] = set()

    def link(self, item_id: str, previous_item_id: str | None, *, added: bool = False) -> None:
        """Item `item_id` stands right after `previous_item_id`, which need not be known yet.

        None says nothing about its place, `root` says the first; a later link that says something
        replaces one that does not. An item that was deleted comes back when it is `added` again.
        """
        if added and item_id in self._deleted:
            self._deleted.remove(item_id)
            place = self._previous.pop(item_id)
            for other, previous in self._previous.items():
                if previous == item_id:
                    self._previous[other] = place
        if self._previous.get(item_id) is None:
            self._previous[item_id] = previous_item_id
        if len(self._previous) > _MAX_ITEMS:
            oldest = next(iter(self._previous))
            del self._previous[oldest]
            self._deleted.discard(oldest)

    def delete(self, item_id: str) -> None:
        """Take an item out; those that stand behind it keep their place."""
        if item_id in self._previous:
            self._deleted.add(item_id)

    def items(self) -> list[str]:
        """The ids from first to last."""
        followers: dict[str | None, list[str]] = {"root": [], None: []}
        for item_id, previous in self._previous.items():
            key = previous if previous in self._previous or previous == "root" else None
            followers.setdefault(key, []).append(item_id)
        starts = [*reversed(followers["root"]), *followers[None]]
        found = _walk(starts, followers)
        for item_id in self._previous:
            # Links in a circle have no start.
            if item_id not in found:
                found |= _walk([item_id], followers, found)
        return [item_id for item_id in found if item_id not in self._deleted]


def _walk(
    starts: list[str], followers: Mapping[str | None, list[str]], seen: Mapping[str, None] | None = None
) -> dict[str, None]:
    """The starts, each with all that follows it; of two that follow the same item, the later one stands first."""
    found: dict[str, None] = {}
    waiting = starts[::-1]
    while waiting:
        item_id = waiting.pop()
        if item_id in found or item_id in (seen or ()):
            continue
        found[item_id] = None
        waiting.extend(followers.get(item_id, ()))
    return found
