"""Who is reached where: what callers are told is confirmed, and what is damaged is refused by name."""

from datetime import date, datetime

import pytest

from npcl_voice.domain.company import packaged_company
from npcl_voice.domain.contacts import (
    Helpline,
    Office,
    TransferTarget,
    read_helplines,
    read_offices,
    read_transfers,
    target_now,
)
from npcl_voice.domain.times import INDIA
from npcl_voice.errors import SettingsError

SEEN = 'source = "a page"\nas_of = 2026-11-22\n'
OURS = f'[[helpline]]\nname = "helpline"\nnumber = "0120-1"\npurpose = "us"\nconfirmed = true\n{SEEN}'
THEIRS = f'[[helpline]]\nname = "outside_helpline"\nnumber = "+91-19"\npurpose = "they"\nconfirmed = true\n{SEEN}'
OFFICE = f'[[office]]\nname = "East"\narea = "Alpha 1"\nconfirmed = false\n{SEEN}'
TARGET = f'[[transfer]]\nname = "desk"\nnumber = "100"\npurpose = "all"\nconfirmed = true\n{SEEN}'
READ = {"source": "a page", "as_of": date(2026, 11, 22)}
FIELDS = "allowed: name, number, purpose, confirmed, channel, source, as_of"


def test_helplines_are_read() -> None:
    """A channel is a call unless it says otherwise; digits leave the hyphens out."""
    ours, theirs = read_helplines(OURS + THEIRS)
    assert ours == Helpline("helpline", "0120-1", "us", True, "call", **READ)
    assert (ours.digits, theirs.digits) == ("01201", "9119")


def test_what_is_packaged() -> None:
    """The company's number and its neighbour's, the emergency services, and what is only told of."""
    company = packaged_company()
    numbers = {one.name: (one.number, one.channel, one.confirmed) for one in company.helplines}
    assert numbers == {
        "helpline": ("0120-6226666", "call", True),
        "outside_helpline": ("1912", "call", True),
        "emergency": ("112", "call", True),
        "fire": ("101", "call", True),
        "ambulance": ("108", "call", True),
        "ambulance_free": ("102", "call", True),
        "police": ("100", "call", True),
        "sms": ("7840002288", "sms", True),
        "whatsapp": ("0120-6226666", "whatsapp", True),
        "whatsapp_festival": ("9718722222", "whatsapp", False),
    }
    assert [(one.name, one.hours) for one in company.offices] == [
        ("Knowledge Park 1, Tugalpur", "Mon-Fri 10:00-17:00"),
        ("Techzone 4", "Mon-Fri 10:00-17:00"),
    ]
    assert {one.area for one in company.offices} <= {area.name for area in company.areas}
    assert [(one.name, one.number, one.confirmed) for one in company.transfers] == [
        ("call_centre", "0120-6226666", False),
    ]


@pytest.mark.parametrize("hours", ["24x7", "Mon 00:00-23:59", "Mon-Fri 10:00-17:00; Sat 09:30-13:00"])
def test_offices_and_targets_are_read(hours: str) -> None:
    """With the hours in which somebody is there; there may be none at all."""
    assert read_offices(f'{OFFICE}hours = "{hours}"') == (Office("East", "Alpha 1", hours, False, **READ),)
    assert read_transfers(f'{TARGET}hours = "{hours}"') == (TransferTarget("desk", "100", hours, "all", True, **READ),)
    assert read_offices("") == read_transfers("") == ()


@pytest.mark.parametrize(
    "hours", ["", "10:00-17:00", "Mon-Fri 10-17", "Mon-Fri 24:00-25:00", "mon 10:00-17:00", "24/7"]
)
def test_hours_that_nobody_keeps(hours: str) -> None:
    """The message shows how hours are written."""
    for read, text in ((read_offices, OFFICE), (read_transfers, TARGET)):
        with pytest.raises(SettingsError, match=r"allowed: 24x7, or days and hours in India: Mon-Fri 10:00-17:00$"):
            read(f'{text}hours = "{hours}"')


@pytest.mark.parametrize("number", ["", "-1", "1-", "0120 6226666", "call us", "1" * 19, "++1"])
def test_numbers_that_nobody_can_call(number: str) -> None:
    """The message shows how numbers are written."""
    with pytest.raises(SettingsError, match=r"\(helpline\).*allowed: a telephone number in figures, with or without"):
        read_helplines(OURS.replace("0120-1", number) + THEIRS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (OURS, "outside_helpline: is missing; callers are told this number"),
        ("", "helpline: is missing; callers are told this number"),
        (
            OURS + THEIRS.replace("true", "false"),
            'outside_helpline: callers are told this number; allowed: confirmed = true, channel = "call"',
        ),
        (
            OURS + 'channel = "sms"\n' + THEIRS,
            'helpline: callers are told this number; allowed: confirmed = true, channel = "call"',
        ),
        (OURS + OURS + THEIRS, "[[helpline]] 2: helpline stands here twice; allowed: once"),
        (
            OURS.replace("true", '"yes"') + THEIRS,
            "[[helpline]] 1 (helpline): Expected `bool`, got `str` - at `$.confirmed`; allowed: true or false",
        ),
        (
            OURS.replace("2026-11-22", '"today"') + THEIRS,
            "[[helpline]] 1 (helpline): Invalid RFC3339 encoded date - at `$.as_of`; allowed: a day such as 2026-11-22",
        ),
        (
            OURS.replace("purpose", "use") + THEIRS,
            "[[helpline]] 1 (helpline): Object contains unknown field `use`; " + FIELDS,
        ),
        (
            OURS.replace('name = "helpline"\n', "") + THEIRS,
            "[[helpline]] 1: Object missing required field `name`; allowed: a name in lower case: outside_helpline",
        ),
        ("helpline = [3]", "[[helpline]] 1: Expected `object`, got `int`"),
    ],
)
def test_damaged_helplines(text: str, message: str) -> None:
    """The line names the file, the entry, and what is allowed."""
    with pytest.raises(SettingsError) as refused:
        read_helplines(text)
    assert str(refused.value) == f"helplines.toml: {message}"


def test_whom_a_call_may_be_handed_to_now() -> None:
    """Only whom the company has confirmed; one that is open before one that is closed."""
    sunday = datetime(2026, 11, 22, 12, tzinfo=INDIA)

    def target(name: str, hours: str, *, confirmed: bool = True) -> TransferTarget:
        return TransferTarget(
            name=name,
            number="1",
            hours=hours,
            purpose="calls",
            confirmed=confirmed,
            source="here",
            as_of=sunday.date(),
        )

    nobody, office, night = (
        target("nobody", "24x7", confirmed=False),
        target("office", "Mon-Fri 10:00-17:00"),
        target("night", "24x7"),
    )
    assert target_now([nobody], sunday) == (None, False)
    assert target_now([nobody, office], sunday) == (office, False)
    assert target_now([nobody, office, night], sunday) == (night, True)
