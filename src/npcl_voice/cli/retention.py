"""`npcl-voice retention`: lets go of what has been kept long enough, as `serve` does each day."""

from typing import Annotated

import typer

__all__ = ["retention"]


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Let go of what has been kept as long as the settings say (NPCL_KEEP_..., see `npcl-voice config`).

    Never gone are open complaints, callbacks that are owed, undelivered jobs and the audit.
    """
    from npcl_voice.cli.opening import print_json, with_store
    from npcl_voice.cli.settings import load_settings

    settings = load_settings()
    counts = with_store(
        lambda store: store.let_go(settings.retention, settings.store.logs, preview=dry_run),
    )
    if as_json:
        print_json({"dry_run": dry_run, "gone": counts})
        return
    typer.echo("would go:" if dry_run else "gone:")
    for name, count in counts.items():
        typer.echo(f"  {name.replace('_', ' '):<14}{count:>6}")
