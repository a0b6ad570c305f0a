"""The schema's history: `env.py` is Alembic's entrance, `versions` holds the steps."""
