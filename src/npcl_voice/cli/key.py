"""`npcl-voice key`: keep the remote engine's key encrypted in the data folder."""

import getpass
import sys
import warnings

import typer

from npcl_voice.errors import SettingsError

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Keep the remote engine's key, encrypted, or forget it.")


@app.command("set")
def set_key() -> None:
    """Keep a key: it is asked for without showing it, or read from standard input when that is piped."""
    from npcl_voice.cli.keystore import KEPT_FILE, SETTING, checked_key, keep
    from npcl_voice.cli.settings import load_settings

    settings = load_settings(unlock=False)
    keep(settings.store.data_dir, checked_key(_entered()), settings.masking.secret_key)
    typer.echo(f"kept, encrypted, in {settings.store.data_dir / KEPT_FILE}; `npcl-voice doctor` tries it")
    if settings.engine.openai_api_key:
        typer.echo(f"{SETTING} is given besides, and wins over the kept key", err=True)


@app.command()
def remove() -> None:
    """Forget the kept key."""
    from npcl_voice.cli.keystore import SETTING, forget
    from npcl_voice.cli.settings import read_settings

    settings, _ = read_settings(unlock=False)
    typer.echo("the kept key is deleted" if forget(settings.store.data_dir) else "no key was kept")
    if settings.engine.openai_api_key:
        typer.echo(f"{SETTING} is given besides, and goes on being used", err=True)


@app.command("show-status")
def show_status() -> None:
    """Say whether there is a key and where it comes from, never the key itself."""
    from npcl_voice.cli.config import key_source
    from npcl_voice.cli.keystore import SETTING
    from npcl_voice.cli.settings import read_settings

    settings, sources = read_settings()
    found = f"set [{key_source(sources)}]" if settings.engine.openai_api_key else "not set"
    typer.echo(f"{SETTING}: {found}")


def _entered() -> str:
    """What was typed, which is never shown, or what came through a pipe."""
    from npcl_voice.cli.keystore import LONGEST, SETTING

    if not sys.stdin.isatty():
        given = sys.stdin.buffer.read(2 * LONGEST)
        try:
            return given.decode()
        except UnicodeDecodeError:
            raise SettingsError(SETTING, "is no key: it is no text") from None
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass("key (it is not shown): ")
        except getpass.GetPassWarning:
            raise SettingsError(SETTING, "this terminal cannot hide what is typed; pipe the key in") from None
        except EOFError:
            return ""
