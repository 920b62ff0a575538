"""The store: one schema, two databases. The only room that knows SQLAlchemy.

Functions are plain `def f(conn, …)`, one module a noun; `Database` runs each in one transaction, so no
network call can hide inside a session.
"""
