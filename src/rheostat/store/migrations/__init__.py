"""Alembic's folder: one module a revision in `versions`. Expand in one release, contract in the next."""
