"""`npcl-voice calls`: the calls that were held, their personal data masked."""

from typing import TYPE_CHECKING, Annotated

import typer

from npcl_voice.cli.opening import SHOWN, print_fields, print_json, print_table, short_time, with_store

if TYPE_CHECKING:
    from npcl_voice.store.calls import CallRecord

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Look at the calls that were held.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command("list")
def list_calls(
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many. [default: {SHOWN}; all with --json]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List calls, the newest first."""
    shown = limit or (None if as_json else SHOWN)
    found = with_store(lambda store: store.calls.newest(shown))
    if as_json:
        print_json([_as_shown(call) for call in found])
        return
    columns = ("id", "channel", "engine", "language", "caller", "began", "ended", "outcome", "complaints")
    rows = (
        (
            one.call_id,
            one.channel,
            one.engine,
            one.language,
            one.caller,
            short_time(one.began_at),
            short_time(one.ended_at),
            one.outcome,
            " ".join(one.complaint_numbers),
        )
        for one in found
    )
    print_table(columns, rows, limit=shown)


@app.command()
def show(
    call_id: Annotated[str, typer.Argument(help="The call's id, as `calls list` shows it.")],
    as_json: AsJson = False,
) -> None:
    """Show one call and its masked transcript."""
    call, lines = with_store(lambda store: store.calls.show(call_id))
    if as_json:
        transcript = [{"at_s": at.at_s, "who": at.who, "text": at.text, "heard_ms": at.heard_ms} for at in lines]
        print_json(_as_shown(call) | {"transcript": transcript})
        return
    shown = _as_shown(call)
    print_fields(shown | {"complaint_numbers": " ".join(call.complaint_numbers)})
    typer.echo()
    for line in lines:
        typer.echo(f"{line.at_s:7.1f}  {line.who}: {line.text}")


def _as_shown(call: "CallRecord") -> dict[str, object]:
    from npcl_voice.domain.times import as_shown

    return {
        "call_id": call.call_id,
        "channel": call.channel,
        "engine": call.engine,
        "language": call.language,
        "caller": call.caller,
        "began_at": as_shown(call.began_at),
        "ended_at": as_shown(call.ended_at) if call.ended_at else None,
        "outcome": call.outcome,
        "complaint_numbers": list(call.complaint_numbers),
        "failures": call.failures,
        "claims_unbacked": call.claims_unbacked,
    }
