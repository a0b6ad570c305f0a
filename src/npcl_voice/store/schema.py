"""Bringing a database to the schema that this program knows."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from npcl_voice.errors import SettingsError

__all__ = ["HEAD", "revision", "upgrade"]

HEAD = "0004"
"""The newest step in `migrations/versions`; a database that is there needs no Alembic, which is slow to load."""


def upgrade(connection: Connection, name: str) -> bool:
    """Run the steps that are missing, in the transaction that is open; True when there was no schema at all.

    Raises SettingsError (`NPCL_DATABASE_URL`) for a database that a newer program has changed, or
    that is somebody else's.
    """
    if connection.dialect.name == "postgresql":  # two processes that start at once take turns
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('npcl-voice schema'))"))
    found = revision(connection)
    if found == HEAD:
        return False
    if found is None and inspect(connection).get_table_names():
        raise SettingsError("NPCL_DATABASE_URL", f"{name} holds another program's tables; name another database")
    _run_steps(connection, name, found)
    return found is None


def revision(connection: Connection) -> str | None:
    """The schema's step in the database; None when there is none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _run_steps(connection: Connection, name: str, found: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise SettingsError(
            "NPCL_DATABASE_URL",
            f"{name} was changed by a newer npcl-voice (schema {found}, this program knows up to {HEAD}); "
            "upgrade npcl-voice, or name another database",
        )
    command.upgrade(config, "head")
