"""`npcl-voice callbacks`: who was promised a call, and what came of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from npcl_voice.cli.opening import SHOWN, print_json, print_table, short_time, with_store

if TYPE_CHECKING:
    from npcl_voice.domain.complaints import Callback

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="List the callbacks that callers were promised, and note what came of them."
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command("list")
def list_callbacks(
    owed_only: Annotated[bool, typer.Option("--open", help="Only those that somebody still has to call.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many. [default: {SHOWN}; all with --json]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List callbacks, the newest first."""
    shown = limit or (None if as_json else SHOWN)
    found = with_store(lambda store: store.records.callbacks(owed_only=owed_only, limit=shown))
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


@app.command()
def done(
    callback_id: Annotated[int, typer.Argument(help="The callback's id, as `callbacks list` shows it.")],
    outcome: Annotated[
        str, typer.Option(help="What came of it: reached, not_reached, wrong_number or not_needed.")
    ] = "reached",
    as_json: AsJson = False,
) -> None:
    """Note what came of a callback. One that was `not_reached` stays open and may be tried again."""
    import msgspec

    from npcl_voice.domain.callbacks import OUTCOMES, Outcome

    if outcome not in OUTCOMES:
        raise typer.BadParameter(f"'{outcome}' is no outcome; there are {', '.join(OUTCOMES)}")
    wanted = msgspec.convert(outcome, Outcome)
    callback = with_store(lambda store: store.records.settle_callback(callback_id, wanted))
    if as_json:
        print_json(_as_shown(callback))
        return
    typer.echo(f"callback {callback.callback_id}: {callback.outcome}")


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
