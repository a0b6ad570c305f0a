"""`npcl-voice prompt`: what a remote model is told of its task, with its version."""

from typing import Annotated

import typer

__all__ = ["prompt"]


def prompt(
    language: Annotated[str, typer.Option(help="The language in which the call begins.", metavar="CODE")] = "en",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the model's brief: its version, greeting, instructions and tools, as a call hands them over."""
    import msgspec

    from npcl_voice.cli.settings import read_settings
    from npcl_voice.conversation.brief import brief_for
    from npcl_voice.conversation.phrases import load_phrases
    from npcl_voice.domain.company import read_company
    from npcl_voice.intents import INTENTS

    company = read_company(read_settings()[0].domain.texts())
    brief = brief_for(load_phrases(language, company), [intent.tool() for intent in INTENTS.values()])
    if json:
        typer.echo(msgspec.json.encode(brief).decode())
        return
    typer.echo(f"Version {brief.version}, language {brief.language}\n")
    typer.echo(f"Greeting (said by our own voice):\n{brief.greeting}\n")
    typer.echo(f"Instructions:\n{brief.instructions}\n")
    typer.echo("Tools:")
    for tool in brief.tools:
        typer.echo(f"\n{tool.name}: {' '.join((tool.description or '').split())}")
        typer.echo(f"  {msgspec.json.encode(tool.parameters).decode()}")
