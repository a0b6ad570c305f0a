"""`npcl-voice handovers`: what was handed over to persons, their personal data masked."""

from typing import TYPE_CHECKING, Annotated

import typer

from npcl_voice.cli.opening import SHOWN, print_json, print_table, short_time, with_store

if TYPE_CHECKING:
    from npcl_voice.store.handovers import HandoverRecord

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="List what was handed over to persons.")


@app.callback()
def handovers() -> None:
    """List what was handed over to persons."""


@app.command("list")
def list_handovers(
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many. [default: {SHOWN}; all with --json]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with facts and last words.")] = False,
) -> None:
    """List handovers, the newest first: why, to whom, and whom to call back."""
    shown = limit or (None if as_json else SHOWN)
    found = with_store(lambda store: store.records.handovers(limit=shown))
    if as_json:
        print_json([_as_shown(one) for one in found])
        return
    columns = ("id", "made", "danger", "reason", "outcome", "to", "number", "language", "call")
    rows = (
        (
            one.handover_id,
            short_time(one.made_at),
            one.hazard,
            one.reason,
            one.outcome,
            one.target,
            one.number,
            one.language,
            one.call_id,
        )
        for one in found
    )
    print_table(columns, rows, limit=shown)


def _as_shown(one: "HandoverRecord") -> dict[str, object]:
    from npcl_voice.domain.times import as_shown

    return {
        "handover_id": one.handover_id,
        "call_id": one.call_id,
        "made_at": as_shown(one.made_at),
        "reason": one.reason,
        "summary": one.summary,
        "facts": [{"name": fact.name, "value": fact.value, "source": fact.source} for fact in one.facts],
        "last_words": list(one.last_words),
        "hazard": one.hazard,
        "language": one.language,
        "outcome": one.outcome,
        "target": one.target,
        "wait_min": one.wait_min,
        "open": one.open,
        "number": one.number,
    }
