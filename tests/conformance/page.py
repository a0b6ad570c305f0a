"""The table of what other clients hold: kept in a file, compared with what happened, and drawn as a page."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.conformance.libraries import REMARKS, VERSIONS
from tests.conformance.scenes import SCENE_NAMES

EXPECTED = Path(__file__).with_name("expected.toml")
PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "other-clients.md"
HELD = "held"

Results = dict[str, dict[str, dict[str, str]]]
"""By client, by server, by scene: `held`, or what kept the client from holding it."""

HEADER = """# Other clients

<!-- drawn from the code by `make docs`; change it there -->

Programs that speak the Realtime API with the libraries below can use this one in OpenAI's place by another base
URL. `make conformance` installs each library in an environment of its own and lets a caller talk through it, by
voice and in real time, with the embedded engine (`npcl-voice serve`) and with the twin (the parts of
`npcl-voice twin`, with the script `outage` and the caller's recordings in its ears). It fails when something that
stands here as held is held no more; `make conformance ARGS=--write` writes what it found.

- **turn**: a spoken sentence is detected, transcribed and answered by voice, with the answer's words
- **tool**: a talk of three turns ends in a call of the client's function, which takes a tenth of a second, and its
  result is told
- **barge-in**: the caller speaks into an answer; the client stops playing, the server confirms where it was cut,
  and answers what was said. The twin sends an answer hardly faster than it is heard, so there it is cancelled;
  the embedded engine has mostly sent all of its answer by then
- **text**: a typed sentence is answered by voice
"""


def other_clients_page() -> str:
    """The page as the file has it."""
    return page(read_expected(EXPECTED.read_text("utf-8")), VERSIONS, SCENE_NAMES, REMARKS)


def read_expected(text: str) -> Results:
    """The results that the file holds."""
    return tomllib.loads(text)


def write_expected(results: Results) -> str:
    """The file's text."""
    lines = ["# What each client held with each server, written by `make conformance ARGS=--write`."]
    for client, server, scenes in _rows(results):
        lines += ["", f"[{client}.{server}]"]
        lines += [f"{scene} = {_quoted(result)}" for scene, result in scenes.items()]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    """A TOML basic string."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _rows(results: Results) -> Iterator[tuple[str, str, dict[str, str]]]:
    for client in sorted(results):
        for server in sorted(results[client]):
            yield client, server, results[client][server]


def worse(expected: Results, found: Results) -> list[str]:
    """What used to be held and is held no more."""
    return [
        f"{client}, {server}, {scene}: {result}"
        for client, server, scenes in _rows(found)
        for scene, result in scenes.items()
        if result != HELD and expected.get(client, {}).get(server, {}).get(scene) == HELD
    ]


def merged(expected: Results, found: Results) -> Results:
    """The old results with the new ones over them: a run may be of a part."""
    out = {client: {server: dict(scenes) for server, scenes in servers.items()} for client, servers in expected.items()}
    for client, server, scenes in _rows(found):
        out.setdefault(client, {}).setdefault(server, {}).update(scenes)
    return out


def table(results: Results, versions: Mapping[str, str], scenes: tuple[str, ...]) -> str:
    """The results in rows, one for a client and a server."""
    lines = [f"| client | version | server | {' | '.join(scenes)} |", "|---" * (3 + len(scenes)) + "|"]
    for client, server, held in _rows(results):
        marks = ("—" if scene not in held else "yes" if held[scene] == HELD else "**no**" for scene in scenes)
        lines.append(f"| `{client}` | {versions.get(client, '')} | {server} | {' | '.join(marks)} |")
    return "\n".join(lines)


def page(results: Results, versions: Mapping[str, str], scenes: tuple[str, ...], remarks: Mapping[str, str]) -> str:
    """The page of the documentation."""
    parts = [HEADER, table(results, versions, scenes), ""]
    breaks = [
        f"- `{client}`, {server}, {scene}: {result}"
        for client, server, held in _rows(results)
        for scene, result in held.items()
        if result != HELD
    ]
    if breaks:
        parts += ["What broke those that are not held:", "", *breaks, ""]
    parts += ["How each is pointed here, and what was asked of it beside its own defaults:", ""]
    parts += [f"- `{client}`: {remarks[client]}" for client in sorted(remarks)]
    return "\n".join([*parts, ""])
