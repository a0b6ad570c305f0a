"""WHAT IS REMEMBERED: the company's records and the calls, on SQLite or PostgreSQL."""

from npcl_voice.store.opening import Store, open_store

__all__ = ["Store", "open_store"]
