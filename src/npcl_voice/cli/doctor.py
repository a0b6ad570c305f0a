"""`npcl-voice doctor`: everything that a call needs, checked one by one, and what to do where it fails."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from npcl_voice.cli.findings import Finding

__all__ = ["doctor", "draw"]

COLOURS = {"ok": "green", "warning": "yellow", "failure": "bold red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Check everything that a call needs. The exit code is 0 when nothing failed; warnings do not count."""
    from npcl_voice.cli.checks import examine

    found = []
    for finding in _watched(examine()):
        found.append(finding)
        if not as_json and not sys.stdout.isatty():
            typer.echo(_line(finding))
    if as_json:
        typer.echo(json.dumps([finding._asdict() for finding in found], ensure_ascii=False, indent=2))
    elif sys.stdout.isatty():
        from rich.console import Console

        draw(found, Console(highlight=False))
    failures = sum(finding.status == "failure" for finding in found)
    warnings = sum(finding.status == "warning" for finding in found)
    typer.echo(f"checks: {len(found)}, failures: {failures}, warnings: {warnings}", err=True)
    if failures:
        raise typer.Exit(1)


def draw(found: Iterable["Finding"], console: "Console") -> None:
    """The table for a terminal, in colours unless `NO_COLOR` is set; beneath what was found stands what to do."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table("check", "", "found", box=box.SIMPLE_HEAD)
    for finding in found:
        cell = Text(finding.found)
        if finding.remedy:
            cell.append(f"\n{finding.remedy}", style="bold")
        table.add_row(Text(finding.name), Text(finding.status, style=COLOURS[finding.status]), cell)
    console.print(table)


def _watched(found: Iterator["str | Finding"]) -> Iterator["Finding"]:
    """The findings; what is being checked, which may take seconds, is shown beside on standard error."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    with console.status("") as status:
        for one in found:
            if isinstance(one, str):
                status.update(one)
            else:
                yield one


def _line(finding: "Finding") -> str:
    remedy = f" -> {finding.remedy}" if finding.remedy else ""
    return f"{finding.status:<8} {finding.name}: " + " ".join(f"{finding.found}{remedy}".split())
