"""The table of other clients: what is kept, what is compared, what is shown."""

from tests.conformance.libraries import LIBRARIES
from tests.conformance.page import EXPECTED, HELD, merged, page, read_expected, worse, write_expected
from tests.conformance.run import SERVERS
from tests.conformance.scenes import SCENE_NAMES

BROKEN = 'error "x" after C:\\y\n'


def test_the_file_is_written_as_it_is_read() -> None:
    """Writing what was read changes nothing."""
    text = EXPECTED.read_text("utf-8")
    assert write_expected(read_expected(text)) == text


def test_the_file_tells_of_every_client_server_and_scene() -> None:
    """Nothing is left out because nobody looked."""
    results = read_expected(EXPECTED.read_text("utf-8"))
    assert sorted(results) == sorted(library.name for library in LIBRARIES)
    for servers in results.values():
        assert sorted(servers) == sorted(SERVERS)
        assert all(tuple(scenes) == SCENE_NAMES for scenes in servers.values())


def test_every_client_has_its_pins_and_its_script() -> None:
    """What is installed is said exactly, by name and version alone."""
    for library in LIBRARIES:
        assert library.script.exists()
        for line in library.pins.splitlines():
            name, _, version = line.partition("==")
            assert name.partition("[")[0]
            assert version[0].isdigit()


def test_only_what_was_held_can_be_lost() -> None:
    """A scene that never held, or is new, does not fail a run; one that did, does."""
    before = {"a": {"twin": {"turn": HELD, "text": "never worked"}}}
    after = {"a": {"twin": {"turn": "error", "text": "still not", "tool": "new"}}}
    assert worse(before, after) == ["a, twin, turn: error"]
    assert worse(before, {"a": {"twin": {"turn": HELD, "text": HELD}}}) == []
    assert worse({}, after) == []


def test_a_run_of_a_part_leaves_the_rest() -> None:
    """New results stand over old ones, scene by scene."""
    before = {"a": {"twin": {"turn": HELD, "text": "no"}}, "b": {"embedded": {"turn": HELD}}}
    after = merged(before, {"a": {"twin": {"text": HELD}}})
    assert after == {"a": {"twin": {"turn": HELD, "text": HELD}}, "b": {"embedded": {"turn": HELD}}}
    assert before["a"]["twin"]["text"] == "no"


def test_any_fault_can_be_kept_and_shown() -> None:
    """Quotes, backslashes and line ends in a message do no harm."""
    kept = read_expected(write_expected({"a": {"twin": {"turn": BROKEN}}}))
    assert kept == {"a": {"twin": {"turn": 'error "x" after C:\\y '}}}
    shown = page(kept, {"a": "1.0"}, ("turn", "text"), {"a": "Mind this."})
    assert "| `a` | 1.0 | twin | **no** | — |" in shown
    assert '- `a`, twin, turn: error "x" after C:\\y' in shown
