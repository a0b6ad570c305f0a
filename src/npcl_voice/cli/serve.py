"""`npcl-voice serve`: the embedded engine for Realtime clients over the network."""

import socket
from typing import Annotated

import typer

from npcl_voice.errors import SettingsError

__all__ = ["serve"]

LARGEST_PORT = 65_535
DRAIN_S = 30
BACKLOG = 128


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.", metavar="ADDRESS")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 lets the system choose.")] = None,
) -> None:
    """Offer `/v1/realtime`, `/healthz` and `/ready` until Ctrl-C."""
    from npcl_voice.cli.settings import load_settings

    settings = load_settings()
    if port is not None and not 0 <= port <= LARGEST_PORT:
        raise SettingsError("--port", f"{port} is no port; allowed: 0 to {LARGEST_PORT}")
    # The port is taken, and a taken one told of, before anything slow is loaded.
    listening = _listen(host or settings.service.host, settings.service.port if port is None else port)
    name = listening.getsockname()
    shown = f"[{name[0]}]" if ":" in name[0] else name[0]
    typer.echo(f"Listening on http://{shown}:{name[1]} (Realtime: ws://{shown}:{name[1]}/v1/realtime)", err=True)

    import uvicorn

    from npcl_voice.app import application
    from npcl_voice.speech.local.endpoint import MAX_MESSAGE_BYTES

    config = uvicorn.Config(
        application(settings),
        ws="websockets-sansio",
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        ws_per_message_deflate=False,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=DRAIN_S,
        server_header=False,
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    if not server.started:
        raise typer.Exit(1)


def _listen(host: str, port: int) -> "socket.socket":
    """A bound socket. Raises SettingsError for an address or a port that cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        raise SettingsError("NPCL_HOST", f"{host!r} is no address of this machine: {error.strerror}") from None
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise SettingsError("NPCL_PORT", f"cannot listen on {host}:{port}: {error.strerror}") from None
    return listening
