"""Places where a crash test may stop the write path.

Each await between a caller's words and the commit is wrapped in `passing`, so that a test can end
the process before and after every one of them and then look at what is on disk. Nothing is read
from the environment or from settings: only code in the same process that calls `install` gets a
hook in, so no caller and no operator can arm one. Without a hook the cost is one comparison.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

__all__ = ["Hook", "install", "passing"]

T = TypeVar("T")
Hook = Callable[[str], Awaitable[None]]

_hook: Hook | None = None


def install(hook: Hook | None) -> None:
    """Have `hook` awaited with the name of each point that is reached; None takes it out."""
    global _hook
    _hook = hook


async def passing(step: str, work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, stopping at the points `<step>: before` and `<step>: after`."""
    if _hook is None:
        return await work
    try:
        await _hook(f"{step}: before")
    except BaseException:
        work.close()
        raise
    result = await work
    await _hook(f"{step}: after")
    return result
