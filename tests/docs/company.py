"""Draws `docs/reference/company-data.md` from the packaged files and the structs that read them."""

import inspect
import re

import msgspec

from npcl_voice.domain.areas import Area
from npcl_voice.domain.company import FILES, packaged_company, packaged_text
from npcl_voice.domain.contacts import Helpline, Office, TransferTarget
from npcl_voice.domain.entries import Entry, allowed_words
from npcl_voice.domain.escalation import EscalationStep
from npcl_voice.domain.promises import PromiseRule
from npcl_voice.domain.safety import SafetyWords
from npcl_voice.domain.thresholds import MEANINGS, Threshold

__all__ = ["company_page"]

KINDS = {
    "areas.toml": Area,
    "promises.toml": PromiseRule,
    "escalation.toml": EscalationStep,
    "helplines.toml": Helpline,
    "offices.toml": Office,
    "safety.toml": SafetyWords,
    "thresholds.toml": Threshold,
    "transfers.toml": TransferTarget,
}

HEAD = """\
# The company's data

<!-- drawn from the code by `make docs`; change it there -->

What is the company's and not the program's. Each file is packaged with the program; a file of the same name
in the folder that `NPCL_DOMAIN_DIR` names takes its place
([how to change it](../how-to/change-the-companys-data.md)). Each entry has two fields more than its table
below: `source`, where it was read, and `as_of`, the day on which it was last compared with it. The packaged
files hold public facts only, none of them the company's own records; what was looked for and not found is
absent. A field that is not needed stands in brackets.
"""

SAFETY = """\
What the words must say, and must not:

- **Wire or pole down**: live even if silent; ten metres away, more if wet; keep others off; touch nothing that
  touches it; stay in a vehicle. Never how to move it.
- **Person in contact**: do not touch; the main switch only if safe; 112 or 108; a doctor even after a mild
  shock. Never to pull the person away.
- **Fire**: move away; 101 or 112; no water; the main switch only if away from the fire. Never to fight it.
- **Sparks**: keep away, touch nothing near; 101 or 112 if there is fire. Never to go on using it.
"""

AREAS = """\
Two sources stand for more. *Press lists*: named as supplied by the company in one of: Hari Bhoomi, power cut
list of 28-30 May 2025; Hindustan Times of 1 February 2023, 10 November 2023, 21 and 25 May 2024; the company's
final notice E-158 of 17 July 2020; Parichowk's page on power. *Local usage*: widely known to lie in Greater
Noida or Greater Noida West, and found in no source: check it before relying on it.
"""


def company_page() -> str:
    """The whole page: each file's fields and entries."""
    assert KINDS.keys() == FILES.keys()
    company = packaged_company()
    lines = [HEAD]
    for file, kind in KINDS.items():
        table = re.search(r"^\[\[(\w+)\]\]", packaged_text(file), re.MULTILINE)
        assert table is not None
        lines += [f"## {file}", "", f"`[[{table[1]}]]`: {inspect.getdoc(kind)}", "", *_fields(kind), ""]
        if file == "thresholds.toml":
            lines += [*(f"- `{name}`: {meaning}" for name, meaning in MEANINGS.items()), ""]
        lines += {"safety.toml": [SAFETY], "areas.toml": [AREAS]}.get(file, [])
        lines += [*_entries(getattr(company, file.removesuffix(".toml"))), ""]
    return "\n".join(lines)


def _own(kind: type[Entry]) -> list[msgspec.structs.FieldInfo]:
    return [field for field in msgspec.structs.fields(kind) if field.name not in {"source", "as_of"}]


def _fields(kind: type[Entry]) -> list[str]:
    lines = ["| Field | Allowed | Meaning |", "|---|---|---|"]
    for field in _own(kind):
        name = f"`{field.name}`" if field.required else f"[`{field.name}`]"
        lines.append(f"| {name} | {allowed_words(field.type)} | {_beneath(kind, field.name)} |")
    return lines


def _beneath(kind: type[Entry], name: str) -> str:
    """What stands beneath a field, which only the source has."""
    found = re.search(
        rf'^    {name}: (?:[^"]|"(?!""))*?\n    """(.*?)"""', inspect.getsource(kind), re.MULTILINE | re.DOTALL
    )
    between = found is not None and re.search(r"^    \w+: ", found[0].partition("\n")[2], re.MULTILINE)
    return "" if found is None or between else " ".join(found[1].split())


def _entries(entries: tuple[Entry, ...]) -> list[str]:
    names = [field.name for field in _own(type(entries[0])) if any(_shown(getattr(one, field.name)) for one in entries)]
    names += ["source", "as_of"]
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(_shown(getattr(one, name)) for name in names) + " |" for one in entries]
    return lines


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)
