"""The embedded engine: our own Realtime server, its ears and its mouth."""
