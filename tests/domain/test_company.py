"""The company's data: an operator's files take the packaged ones' place, and nothing damaged gets through."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.domain.company import FILES, Company, packaged_company, packaged_text, read_company
from npcl_voice.errors import SettingsError

AREAS = '[[area]]\nname = "Iota 1"\nsource = "ours"\nas_of = 2026-11-22\n'
NUMBERS = {"helpline": "0120-6226666", "outside_helpline": "1912"}


def test_the_packaged_company() -> None:
    """Whole, the same each time, and every entry says where and when it was read."""
    company = packaged_company()
    assert company is packaged_company()
    assert company == read_company({}) == read_company({name: packaged_text(name) for name in FILES})
    for field in msgspec.structs.fields(Company):
        entries = getattr(company, field.name)
        assert entries, field.name
        assert all(entry.source and entry.as_of.year == 2026 for entry in entries)
    assert company.helpline_values() == NUMBERS
    assert company.public_numbers() == {"100", "101", "102", "108", "112", "1912", "01206226666"}
    assert company.safety_words("xx") == {}


def test_a_file_of_the_operator_s_replaces_that_file_alone() -> None:
    """The other files are the packaged ones."""
    company = read_company({"areas.toml": AREAS, "promises.toml": ""})
    assert [area.name for area in company.areas] == ["Iota 1"]
    assert company.promises == ()
    same = msgspec.structs.replace(company, areas=packaged_company().areas, promises=packaged_company().promises)
    assert same == packaged_company()
    own = read_company({"helplines.toml": packaged_text("helplines.toml").replace("1912", "1919")})
    assert own.helpline_values() == {**NUMBERS, "outside_helpline": "1919"}
    assert own.areas == packaged_company().areas


def test_data_is_told_apart() -> None:
    """By what is in it, not by where it came from."""
    company = packaged_company()
    assert company.digest() == read_company({name: packaged_text(name) for name in FILES}).digest()
    assert company.digest() != read_company({"areas.toml": AREAS}).digest()
    assert len(company.digest()) == 16


def test_what_nobody_has_confirmed_is_counted() -> None:
    """With its file; areas and safety words have other marks."""
    found = [file for file, _ in packaged_company().doubtful()]
    assert {file: found.count(file) for file in found} == {
        "promises.toml": 16,
        "escalation.toml": 4,
        "helplines.toml": 1,
        "thresholds.toml": 7,
        "transfers.toml": 1,
    }


@pytest.mark.parametrize("name", ["area.toml", "x.toml", "AREAS.TOML"])
def test_a_file_that_nobody_reads_is_refused(name: str) -> None:
    """A typing mistake in a name would leave the packaged file in force, and nobody would know."""
    with pytest.raises(
        SettingsError, match=f"{name}: the company's data has no such file; allowed: areas.toml, promises.toml,"
    ):
        read_company({name: AREAS})


def read_or_refused(name: str, text: str) -> Company | None:
    """The company with that file, or nothing when it is refused under its own name; no other error is one of ours."""
    try:
        return read_company({name: text})
    except SettingsError as error:
        refused = error.setting
    assert refused == name
    return None


MANGLED = st.sampled_from(sorted(FILES)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.integers(0, len(packaged_text(name))),
        st.integers(0, 80),
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(
                ["[[", "]]", '"', "nan", "-inf", "1e999", "1979-05-27", "[[area]]", "= {a = [1]}", "\x00", "true", "{}"]
            ),
        ),
    )
)


@given(MANGLED)
def test_a_mangled_file_is_read_or_refused_by_name(damage) -> None:
    """Whatever somebody's editor does to a file, it is a company or one line that names the file."""
    name, at, length, put = damage
    text = packaged_text(name)
    company = read_or_refused(name, text[:at] + put + text[at + length :])
    assert company is None or (company.areas and company.helpline_values().keys() == NUMBERS.keys())


@given(st.sampled_from(sorted(FILES)), st.text(max_size=200))
def test_any_text_is_read_or_refused_by_name(name: str, text: str) -> None:
    """No text raises anything but the one error."""
    read_or_refused(name, text)


VALUES = st.one_of(
    st.sampled_from(["true", "0", "-1", "48", "1.5", "nan", "inf", "2026-11-22", "2026-11-22T10:00:00Z", "10:00:00"]),
    st.sampled_from(['"x"', '""', '" "', "[]", "[1]", '["x"]', "{}", '{name = "x"}', "[[]]", "9" * 25, "9" * 5000]),
)


@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_value_in_any_field_is_read_or_refused_by_name(name: str, data) -> None:
    """Well-formed TOML with values of every other kind."""
    lines = packaged_text(name).splitlines()
    fields = [number for number, line in enumerate(lines) if "=" in line and not line.startswith("#")]
    for number in data.draw(st.lists(st.sampled_from(fields), min_size=1, max_size=3)):
        lines[number] = lines[number].partition("=")[0] + "= " + data.draw(VALUES)
    read_or_refused(name, "\n".join(lines))


def test_a_deep_text_is_refused() -> None:
    """Brackets without end are no stack overflow."""
    with pytest.raises(SettingsError, match=r"areas\.toml: it is no TOML"):
        read_company({"areas.toml": "a = " + "[" * 100_000})
