"""`npcl-voice erase`: everything that belongs to one caller's number, with a receipt."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from npcl_voice.errors import RuleError, SettingsError

if TYPE_CHECKING:
    from npcl_voice.store.erasing import Receipt

__all__ = ["erase"]

KEPT = {
    "complaints": "complaints stay on record, without the number",
    "open_emergencies": "open emergencies keep their place until they are closed",
    "consumers": "consumers' records with that number are the company's own and stay",
}


def erase(
    caller: Annotated[str, typer.Option(help="The caller's telephone number, with or without +91.", metavar="NUMBER")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
) -> None:
    """Erase what is kept of a caller, and print a receipt that holds no number.

    Gone are the number, its callbacks, and of its calls the transcripts, event logs, handovers and
    verifications. The audit stays, for it holds nothing of the caller.
    """
    import asyncio

    from npcl_voice.cli.opening import opened_store
    from npcl_voice.cli.settings import load_settings
    from npcl_voice.domain.telephones import LONGEST_NUMBER, local_number

    number = local_number(caller)
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        raise SettingsError("--caller", f"a telephone number has digits only, at most {LONGEST_NUMBER}")
    if not yes and not sys.stdin.isatty():
        raise RuleError("not_asked", "nobody can be asked here; --yes erases without asking")
    settings = load_settings()

    async def run(*, preview: bool) -> "Receipt":
        async with opened_store() as store:
            return await store.erase(number, settings.store.logs, settings.call.longest, preview=preview)

    if not yes:
        _print(asyncio.run(run(preview=True)), err=True)
        if not typer.confirm("Erase this? It cannot be undone", err=True):
            raise typer.Exit(1)
    receipt = asyncio.run(run(preview=False))
    if as_json:
        from npcl_voice.cli.opening import print_json

        print_json(_as_shown(receipt))
        return
    _print(receipt)


def _print(receipt: "Receipt", *, err: bool = False) -> None:
    """A receipt, or what it would say."""
    from npcl_voice.domain.times import as_shown

    if receipt.receipt:
        typer.echo(f"receipt   {receipt.receipt}", err=err)
        typer.echo(f"erased    {as_shown(receipt.erased_at)}", err=err)
        typer.echo(f"caller    {receipt.caller_digest}", err=err)
    else:
        typer.echo("would be erased:", err=err)
    for name, count in receipt.erased.items():
        typer.echo(f"  {name.replace('_', ' '):<14}{count:>6}", err=err)
    for name, meaning in KEPT.items():
        if receipt.kept[name]:
            typer.echo(f"{meaning}: {receipt.kept[name]}", err=err)
    if not receipt.settled:
        typer.echo(
            "the database's log of writes holds the old rows until nobody reads it: run this again later", err=err
        )


def _as_shown(receipt: "Receipt") -> dict[str, object]:
    from npcl_voice.domain.times import as_shown

    return {
        "receipt": receipt.receipt,
        "caller_digest": receipt.caller_digest,
        "erased_at": as_shown(receipt.erased_at),
        "erased": receipt.erased,
        "kept": receipt.kept,
        "settled": receipt.settled,
    }
