"""`npcl-voice complaints`: what customers complained of, and what becomes of it."""

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from npcl_voice.cli.opening import SHOWN, print_fields, print_json, print_table, short_time, with_store
from npcl_voice.errors import RuleError

if TYPE_CHECKING:
    from npcl_voice.domain.complaints import Complaint
    from npcl_voice.store import Store
    from npcl_voice.store.ledger import Entry

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="List, show, add, assign, close and reopen complaints, and read their codes."
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Number = Annotated[str, typer.Argument(help="The complaint's number: nine digits.")]
VERIFIED: dict[object, str] = {True: "the customer's code", False: "without a code"}
"""How a closing was proved, as the audit has it."""
NO_NUMBERS = "at most 200 characters, without telephone or consumer numbers"


@app.command("list")
def list_complaints(
    open_only: Annotated[bool, typer.Option("--open", help="Only those on which work is owed.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many. [default: {SHOWN}; all with --json]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List complaints, the newest first. Those marked `demo` are demonstration data."""
    shown = limit or (None if as_json else SHOWN)
    found = with_store(lambda store: store.records.complaints(open_only=open_only, limit=shown))
    if as_json:
        print_json([complaint.as_shown() for complaint in found])
        return
    columns = ("number", "status", "kind", "priority", "area", "premises", "registered", "repeats", "")
    rows = (
        (
            one.complaint_number,
            one.status,
            one.kind,
            one.priority,
            one.area,
            one.premises,
            short_time(one.registered_at),
            one.repeats,
            "demo" if one.demo else "",
        )
        for one in found
    )
    print_table(columns, rows, limit=shown)


@app.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Show one complaint and what happened to it."""
    _see_that_it_is_one(number)

    async def look(store: "Store") -> "tuple[Complaint, list[Entry], dict[int, str]]":
        records = store.records
        return await records.complaint(number), await records.history(number), await records.notes(number)

    complaint, history, notes = with_store(look)
    if as_json:
        print_json(complaint.as_shown())
        return
    print_fields(complaint.as_shown())
    typer.echo()
    rows = (
        (
            short_time(one.at),
            one.action,
            one.actor,
            one.detail.get("team") or VERIFIED.get(one.detail.get("verified", ""), ""),
            notes.get(one.entry, ""),
        )
        for one in history
    )
    print_table(("when", "what", "by", "team or proof", "note"), rows)


@app.command()
def add(
    area: Annotated[str, typer.Option(help="The area, by any of its names.")] = "",
    house: Annotated[str, typer.Option(help="House, plot or flat number in the area.")] = "",
    consumer: Annotated[str, typer.Option(help="The consumer's number; then area and house are on record.")] = "",
    kind: Annotated[
        str, typer.Option(help="What is wrong, such as no_supply, fluctuation or wire_down.")
    ] = "no_supply",
    as_json: AsJson = False,
) -> None:
    """Register a complaint. A second one for the same premises and kind gives the first number."""
    import msgspec

    from npcl_voice.domain.complaints import KINDS, Kind

    if kind not in KINDS:
        raise typer.BadParameter(f"'{kind}' is no kind of complaint; there are {', '.join(KINDS)}")
    if bool(area) == bool(consumer):
        raise typer.BadParameter("give either --area, with --house where there is one, or --consumer")
    if house and consumer:
        raise typer.BadParameter("the consumer's house is on record; leave --house out")
    key = f"operator-{uuid4()}"
    wanted = msgspec.convert(kind, Kind)
    registered = with_store(
        lambda store: store.records.add_complaint(wanted, area, house, key=key, consumer_number=consumer or None)
    )
    if as_json:
        print_json(registered.complaint.as_shown())
        return
    number, repeats = registered.complaint.complaint_number, registered.complaint.repeats
    typer.echo(f"already open, repeat {repeats}" if registered.repeat else "registered")
    typer.echo(f"complaint: {number}")


@app.command()
def assign(
    number: Number,
    team: Annotated[str, typer.Option("--to", help=f"The team that does the work; {NO_NUMBERS}.")],
    as_json: AsJson = False,
) -> None:
    """Give a complaint to a team, or to another team than it had. A closed one is refused: reopen it first."""
    _step(number, lambda store: store.records.assign_complaint(number, team), as_json=as_json)


@app.command()
def close(
    number: Number,
    note: Annotated[str, typer.Option(help=f"What was found and done; {NO_NUMBERS}.")] = "",
    code: Annotated[
        str | None, typer.Option(help="The code that the consumer got by SMS and gave when supply was back.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Note that the work is done. A complaint that is closed already is refused.

    With `--code` the closing is verified, and a wrong code is refused. Without one the audit says
    that it was closed without the customer's code.
    """
    _step(number, lambda store: store.records.close_complaint(number, note, code=code), as_json=as_json)
    if code is None and not as_json:
        typer.echo("closed without the customer's code; the audit says so")


@app.command("code")
def show_code(number: Number) -> None:
    """Show the code that closes a complaint, for whoever sends it to the consumer; the audit says that it was read.

    On a terminal only: a code in a file or a log could be used by anybody.
    """
    _see_that_it_is_one(number)
    if not sys.stdout.isatty():
        raise RuleError("no_terminal", "a closing code is shown on a terminal only, not written to a file or a pipe")
    typer.echo(with_store(lambda store: store.records.closing_code(number)))


@app.command()
def reopen(
    number: Number,
    reason: Annotated[str, typer.Option(help=f"Why work is owed again; {NO_NUMBERS}.")],
    as_json: AsJson = False,
) -> None:
    """Open a closed complaint again. Refused while the same fault has another open complaint."""
    _step(number, lambda store: store.records.reopen_complaint(number, reason), as_json=as_json)


def _step(number: str, work: "Callable[[Store], Awaitable[Complaint]]", *, as_json: bool) -> None:
    _see_that_it_is_one(number)
    complaint = with_store(work)
    if as_json:
        print_json(complaint.as_shown())
        return
    typer.echo(f"{complaint.complaint_number}: {complaint.status}")


def _see_that_it_is_one(number: str) -> None:
    from npcl_voice.domain.complaints import is_complaint_number

    if not is_complaint_number(number):
        raise RuleError("bad_number", f"'{number}' is no complaint number: it has nine digits, such as 000054324")
