"""`npcl-voice outages`: what is known to be without supply."""

from typing import TYPE_CHECKING, Annotated

import typer

from npcl_voice.cli.opening import SHOWN, now, print_json, print_table, short_time, with_store

if TYPE_CHECKING:
    from npcl_voice.domain.outages import Outage

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="List, add, estimate and restore outages.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
OutageId = Annotated[int, typer.Argument(help="The outage's id, as `outages list` shows it.")]
TIME = "18:30 for today, or 2026-11-22T18:30; in India unless it has a zone"


@app.command("list")
def list_outages(
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are not over.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many. [default: {SHOWN}; all with --json]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List outages, the newest first."""
    shown = limit or (None if as_json else SHOWN)
    found = with_store(lambda store: store.records.outages(open_only=open_only, limit=shown))
    if as_json:
        print_json([_as_shown(outage) for outage in found])
        return
    columns = ("id", "area", "cause", "since", "expected", "restored", "")
    rows = (
        (
            one.outage_id,
            one.area,
            one.cause,
            short_time(one.started_at),
            short_time(one.restoration.at) if one.restoration else "",
            short_time(one.restored_at),
            "demo" if one.demo else "",
        )
        for one in found
    )
    print_table(columns, rows, limit=shown)


@app.command()
def add(
    area: Annotated[list[str], typer.Argument(help="The area, by any of its names; quotes are not needed.")],
    cause: Annotated[str, typer.Option(help="A class in plain words, such as 'cable fault'; callers hear it.")] = "",
    started: Annotated[str, typer.Option(help=f"Since when: {TIME}. [default: now]")] = "",
    expected: Annotated[str, typer.Option(help=f"When supply is expected back: {TIME}; callers hear it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Note that an area is without supply; callers from there are told at once."""
    from npcl_voice.domain.times import read_time

    since = read_time(started, now()) if started else None
    until = read_time(expected, now()) if expected else None
    name = " ".join(area)
    outage = with_store(lambda store: store.records.add_outage(name, cause=cause, started_at=since, expected_at=until))
    if as_json:
        print_json(_as_shown(outage))
        return
    typer.echo(f"outage {outage.outage_id}: {outage.area}, since {short_time(outage.started_at)}")


@app.command()
def estimate(
    outage_id: OutageId,
    at: Annotated[str, typer.Option("--at", help=f"When supply is expected back: {TIME}; callers hear it.")],
    source: Annotated[
        str, typer.Option(help="Who says so: crew, operator, system, planned, or in a few words.")
    ] = "operator",
    as_json: AsJson = False,
) -> None:
    """Note when supply is expected back and who says so; it replaces an earlier estimate."""
    from npcl_voice.domain.times import read_time

    expected = read_time(at, now())
    outage = with_store(lambda store: store.records.estimate_outage(outage_id, expected, source))
    if as_json:
        print_json(_as_shown(outage))
        return
    typer.echo(f"outage {outage.outage_id}: {outage.area}, expected back {short_time(expected)}")


@app.command()
def restore(
    outage_id: OutageId,
    as_json: AsJson = False,
) -> None:
    """Note that supply is back."""
    outage = with_store(lambda store: store.records.restore_outage(outage_id))
    if as_json:
        print_json(_as_shown(outage))
        return
    typer.echo(f"outage {outage.outage_id}: {outage.area}, restored {short_time(outage.restored_at)}")


def _as_shown(outage: "Outage") -> dict[str, object]:
    from npcl_voice.domain.times import as_shown

    return {
        "outage_id": outage.outage_id,
        "area": outage.area,
        "cause": outage.cause,
        "started_at": as_shown(outage.started_at),
        "expected_at": as_shown(outage.restoration.at) if outage.restoration else None,
        "restored_at": as_shown(outage.restored_at) if outage.restored_at else None,
        "demo": outage.demo,
    }
