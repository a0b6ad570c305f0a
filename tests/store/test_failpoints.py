"""Fail-points cost nothing and do nothing until a test asks for them."""

import pytest

from npcl_voice.store.failpoints import install, passing


async def work() -> str:
    return "done"


async def test_without_a_hook_the_work_is_simply_done():
    """As in every service."""
    assert await passing("step", work()) == "done"


async def test_a_hook_hears_of_each_point():
    """Before and after, with the step's name."""
    heard: list[str] = []

    async def hook(point: str) -> None:
        heard.append(point)

    install(hook)
    try:
        assert await passing("step", work()) == "done"
    finally:
        install(None)
    assert heard == ["step: before", "step: after"]
    assert await passing("other", work()) == "done"
    assert len(heard) == 2


async def test_a_hook_that_stops_leaves_no_work_half_begun():
    """The work is closed without having run, so Python has nothing to complain of."""

    async def hook(point: str) -> None:
        raise ConnectionError(point)

    install(hook)
    try:
        with pytest.raises(ConnectionError, match=r"^step: before$"):
            await passing("step", work())
    finally:
        install(None)
