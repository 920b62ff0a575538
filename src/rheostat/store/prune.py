"""Forget what nobody needs any more. The loop's sweep calls it, in batches, under its epoch."""

import datetime as dt

import sqlalchemy as sa

from rheostat.model.run import Stage
from rheostat.store.lease import check_lead
from rheostat.store.tables import attempt, push


def prune_pushes(conn: sa.Connection, epoch: int, before: dt.datetime, limit: int) -> int:
    """Forget the raw pushes of attempts that ended before an instant, at most `limit`; how many went.

    What they said is kept: folded in the evidence, and told in the events.
    """
    check_lead(conn, epoch)
    ended = sa.select(attempt.c.id).where(
        attempt.c.stage == Stage.GONE, attempt.c.ended_at < before
    )
    keys = (push.c.attempt_id, push.c.incarnation, push.c.seq)
    old = sa.select(*keys).where(push.c.attempt_id.in_(ended)).limit(limit)
    return conn.execute(sa.delete(push).where(sa.tuple_(*keys).in_(old))).rowcount
