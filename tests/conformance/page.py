"""The table of what other clients hold: kept in a file, compared with what happened, and drawn as a page."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

EXPECTED = Path(__file__).with_name("expected.toml")
PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "other-clients.md"
HELD = "held"

Results = dict[str, dict[str, dict[str, str]]]
"""By client, by server, by scene: `held`, or what kept the client from holding it."""

HEADER = """# Other clients

<!-- written by `make conformance ARGS=--write`; change it in tests/conformance -->

Programs that speak the Realtime API with the libraries below can use this one in OpenAI's place: only the
base URL is changed, all else is the library's own default or its own example. `make conformance` installs each
library in an environment of its own and lets a caller talk through it, by voice and in real time, with the
embedded engine (`npcl-voice serve`) and with the twin (`npcl-voice twin`). It fails when something that stands
here as held is held no more.

- **turn**: a spoken sentence is detected, transcribed and answered by voice, with the answer's words
- **tool**: a talk of three turns ends in a call of the client's function, whose result is told
- **barge-in**: the caller speaks into an answer; the client stops playing, the server confirms where it was cut,
  and answers what was said. The twin sends an answer hardly faster than it is heard, so there it is cancelled;
  the embedded engine's is complete by then
- **text**: a typed sentence is answered by voice
"""


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
    parts += ["What to know about each:", ""]
    parts += [f"- `{client}`: {remarks[client]}" for client in sorted(remarks)]
    return "\n".join([*parts, ""])
