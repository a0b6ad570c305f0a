"""`npcl-voice callbacks`: who was promised a call."""

from typing import TYPE_CHECKING, Annotated

import typer

from npcl_voice.cli.opening import SHOWN, print_json, print_table, short_time, with_store

if TYPE_CHECKING:
    from npcl_voice.domain.complaints import Callback

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="List the callbacks that callers were promised.")


@app.callback()
def _callbacks() -> None:
    """List the callbacks that callers were promised."""


@app.command("list")
def list_callbacks(
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many. [default: {SHOWN}; all with --json]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """List callbacks, the newest first."""
    shown = limit or (None if as_json else SHOWN)
    found = with_store(lambda store: store.records.callbacks(limit=shown))
    if as_json:
        print_json([_as_shown(callback) for callback in found])
        return
    columns = ("id", "number", "window", "reason", "outcome", "booked", "")
    rows = (
        (
            one.callback_id,
            one.number,
            one.window,
            one.reason,
            one.outcome,
            short_time(one.booked_at),
            "demo" if one.demo else "",
        )
        for one in found
    )
    print_table(columns, rows, limit=shown)


def _as_shown(callback: "Callback") -> dict[str, object]:
    from npcl_voice.domain.times import as_shown

    return {
        "callback_id": callback.callback_id,
        "number": callback.number,
        "window": callback.window,
        "reason": callback.reason,
        "outcome": callback.outcome,
        "booked_at": as_shown(callback.booked_at),
        "demo": callback.demo,
    }
