"""`npcl-voice outbox`: what is owed to other systems, and its delivery."""

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from npcl_voice.cli.opening import SHOWN, opened_store, print_json, print_table, short_time, with_store
from npcl_voice.errors import UnavailableError

if TYPE_CHECKING:
    from npcl_voice.config import Outbox
    from npcl_voice.store.delivery import Delivery, Drained
    from npcl_voice.store.outbox import Job, Owed

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Look at what is owed to other systems, and deliver it.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command("list")
def list_jobs(
    pending: Annotated[bool, typer.Option("--pending", help="Only what is still owed.")] = False,
    stuck: Annotated[bool, typer.Option("--stuck", help="Only what was tried often and is still owed.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many. [default: {SHOWN}; all with --json]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the jobs, the newest first: what happened, whether it is an alert, and whether it was delivered."""
    from npcl_voice.cli.settings import load_settings

    shown = limit or (None if as_json else SHOWN)
    after = load_settings().outbox.outbox_stuck_after
    found = with_store(
        lambda store: store.records.outbox(pending_only=pending, limit=shown, stuck_after=after if stuck else None)
    )
    if as_json:
        print_json([_as_shown(job, after) for job in found])
        return
    columns = ("id", "what", "", "made", "attempts", "state", "last error")
    rows = (
        (
            one.job_id,
            one.kind,
            "alert" if one.urgent else "",
            short_time(one.made_at),
            one.attempts,
            f"delivered {short_time(one.done_at)}" if one.done_at else "stuck" if one.attempts >= after else "owed",
            one.last_error,
        )
        for one in found
    )
    print_table(columns, rows, limit=shown)


@app.command()
def run(
    url: Annotated[
        str, typer.Option(help="Send to this webhook instead of NPCL_WEBHOOK_URL.", metavar="URL", show_default=False)
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on until Ctrl-C, trying again with pauses.")] = False,
    as_json: AsJson = False,
) -> None:
    """Deliver what is owed, alerts first: everything is tried once, and the exit code is 0 when nothing is left.

    Without a webhook each job becomes one line of the log, on standard error, and counts as delivered.
    """
    drained, owed = asyncio.run(_run(url, follow=follow))
    if as_json:
        figures = {"delivered": drained.delivered, "failed": drained.failed}
        print_json(figures | {"owed": owed.jobs, "alerts_owed": owed.alerts, "stuck": owed.stuck})
    elif not owed.jobs:
        typer.echo(f"{drained.delivered} delivered, nothing is owed")
    if owed.jobs:
        raise UnavailableError(_what_is_left(drained, owed))


async def _run(url: str, *, follow: bool) -> "tuple[Drained, Owed]":
    from random import Random

    import structlog

    from npcl_voice.cli.settings import load_settings
    from npcl_voice.store.delivery import opened_receiver

    settings = _with_url(load_settings().outbox, url)
    log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(),
        ],
    )
    async with opened_store() as store, opened_receiver(settings, log) as receiver:
        delivery = store.delivery(receiver, settings, Random().random, log)  # noqa: S311 - spreads retries, no secret
        drained = await (_follow(delivery) if follow else delivery.drain())
        return drained, await delivery.owed()


def _with_url(settings: "Outbox", url: str) -> "Outbox":
    """The settings with the webhook of the command line. Raises SettingsError for one that cannot be used."""
    import msgspec

    from npcl_voice.config import WebhookUrl, check_webhook

    if not url:
        return settings
    given = WebhookUrl(url)
    given.check(settings.webhook_http_hosts, "--url")
    replaced = msgspec.structs.replace(settings, webhook_url=given)
    check_webhook(replaced)
    return replaced


async def _follow(delivery: "Delivery") -> "Drained":
    """Run until somebody asks us to stop; what is in hand then is finished."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        return await delivery.follow(stop)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _what_is_left(drained: "Drained", owed: "Owed") -> str:
    parts = [f"{owed.jobs} {'job is' if owed.jobs == 1 else 'jobs are'} still owed"]
    if owed.alerts:
        parts.append(f"{owed.alerts} of them {'an alert' if owed.alerts == 1 else 'alerts'}")
    if owed.stuck:
        parts.append(f"{owed.stuck} stuck")
    reason = drained.last_error
    if reason is None and owed.in_hand:
        reason = "another runner has them in hand, or died less than a minute ago"
    why = f": {'the receiver seems away, ' if drained.silent else ''}{reason}" if reason else ""
    return f"{', '.join(parts)}{why}; npcl-voice outbox list --pending shows them"


def _as_shown(job: "Job", stuck_after: int) -> dict[str, Any]:
    from npcl_voice.domain.times import as_shown

    return {
        "job_id": job.job_id,
        "job_key": job.job_key,
        "kind": job.kind,
        "alert": job.urgent,
        "payload": job.payload,
        "made_at": as_shown(job.made_at),
        "attempts": job.attempts,
        "next_attempt_at": as_shown(job.next_attempt_at) if job.next_attempt_at else None,
        "done_at": as_shown(job.done_at) if job.done_at else None,
        "last_error": job.last_error,
        "stuck": job.done_at is None and job.attempts >= stuck_after,
    }
