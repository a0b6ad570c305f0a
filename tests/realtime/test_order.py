"""The order of items by their links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.realtime.order import ItemOrder
from tests.realtime.strategies import STEADY


def ordered(*links: tuple[str, str | None], deleted: str = "") -> str:
    order = ItemOrder()
    for item_id, previous in links:
        order.link(item_id, previous)
    for item_id in deleted:
        order.delete(item_id)
    return "".join(order.items())


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], ""),
        ([("a", None), ("b", "a"), ("c", "b")], "abc"),
        ([("c", "b"), ("b", "a"), ("a", None)], "abc"),
        ([("a", None), ("b", "a"), ("d", "b"), ("c", "a")], "acbd"),
        ([("a", None), ("b", None), ("c", None)], "abc"),
        ([("a", None), ("b", "root"), ("c", "root")], "cba"),
        ([("a", None), ("b", "a"), ("b", None), ("a", None)], "ab"),
        ([("a", None), ("b", None), ("c", None), ("c", "a")], "acb"),
        ([("a", "z"), ("b", "a")], "ab"),
        ([("a", "a")], "a"),
        ([("a", "b"), ("b", "a"), ("c", None)], "cab"),
        ([("a", "b"), ("b", "c"), ("c", "b"), ("d", "a")], "adbc"),
    ],
)
def test_items_stand_where_their_links_say(links: list[tuple[str, str | None]], expected: str) -> None:
    """Late, out of order, without a link or in a circle: each stands once."""
    assert ordered(*links) == expected


def test_the_first_link_that_says_something_holds() -> None:
    """A later one does not move an item."""
    assert ordered(("a", None), ("b", None), ("c", "a"), ("c", "b")) == "acb"


def test_a_deleted_item_leaves_the_others_where_they_are() -> None:
    """Those behind it stay behind the one before it."""
    links = [("a", None), ("b", "a"), ("c", "b"), ("d", "c")]
    assert ordered(*links, deleted="b") == "acd"
    assert ordered(*links, deleted="zb") == "acd"


def test_a_deleted_item_comes_back_where_it_is_added() -> None:
    """Those that stood behind it stay where they are; a mere link does not bring it back."""
    order = ItemOrder()
    for item_id, previous in ("a", None), ("b", "a"), ("c", "b"), ("d", "c"):
        order.link(item_id, previous, added=True)
    order.delete("b")
    order.link("b", "d")
    assert order.items() == ["a", "c", "d"]
    order.link("b", "d", added=True)
    assert order.items() == ["a", "c", "d", "b"]
    order.link("b", "a", added=True)
    assert order.items() == ["a", "c", "d", "b"]


def test_only_so_many_are_kept() -> None:
    """The oldest go, deleted or not."""
    order = ItemOrder()
    order.link("0", None)
    order.delete("0")
    for number in range(1, 4098):
        order.link(str(number), str(number - 1))
    assert order.items() == [str(number) for number in range(2, 4098)]
    order.link("0", None)
    assert order.items()[-1] == "0"


@STEADY
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.sampled_from("abcdef") | st.just("root"))))
def test_each_item_stands_once(links: list[tuple[str, str | None]]) -> None:
    """Whatever a server says of its items."""
    assert sorted(ordered(*links)) == sorted({item_id for item_id, _ in links})
