"""`npcl-voice replay`: run a call's event log again, and compare the commands."""

import re
from pathlib import Path
from typing import Annotated

import typer

from npcl_voice.errors import SettingsError

__all__ = ["replay"]

CALL_ID = re.compile(r"[0-9a-f]{16}")
SHOWN = 5
"""Differences that are shown; the first one is usually the cause of the others."""


def replay(call: Annotated[str, typer.Argument(help="A call's id, or the file of its event log.")]) -> None:
    """Run the event log of a call again: the same events must give the same commands."""
    import msgspec

    from npcl_voice.app import conversation_from, replay_policy
    from npcl_voice.cli.settings import load_settings, read_settings
    from npcl_voice.config import Call, Turns
    from npcl_voice.conversation.claims import Recorded
    from npcl_voice.conversation.phrases import load_book
    from npcl_voice.domain.company import read_company
    from npcl_voice.store.eventlog import plain_commands, read_log

    path = Path(call)
    if CALL_ID.fullmatch(call):
        path = load_settings().store.logs / f"{call}.jsonl"
        if not path.exists():
            raise SettingsError(call, f"there is no call with this id: {path} does not exist")
    setup, steps = read_log(path)
    company = read_company(read_settings()[0].domain.texts())
    if setup.get("company", company.digest()) != company.digest():
        typer.echo(
            "The company's data (NPCL_DOMAIN_DIR) is not what it was in this call: it may go another way.", err=True
        )
    ledger = Recorded(step.commands for step in steps)
    try:
        book = load_book(setup["language"], company)
        conversation = conversation_from(
            msgspec.convert(setup["call"], Call),
            msgspec.convert(setup["turns"], Turns),
            book,
            replay_policy(book, frozenset(setup["tools"]), company),
            ledger,
        )
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        raise SettingsError(str(path), f"its first line is damaged: {error}") from None
    differences = 0
    for number, step in enumerate(steps, start=1):
        ledger.turn_to(step.commands)
        try:
            again = plain_commands(conversation.handle(step.event, step.t))
        except Exception:  # noqa: BLE001 - as in the call, where the next step tells of it
            again = []
        if again != step.commands:
            differences += 1
            if differences <= SHOWN:
                typer.echo(f"step {number} at {step.t:.3f} s, {type(step.event).__name__}:")
                typer.echo(f"  then: {msgspec.json.encode(step.commands).decode()}")
                typer.echo(f"  now:  {msgspec.json.encode(again).decode()}")
    typer.echo(f"{len(steps)} steps replayed, {differences} of them different")
    if differences:
        raise typer.Exit(1)
