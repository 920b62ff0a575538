"""Who leads the loop: an epoch that every guarded write names.

Whoever takes the lead raises the epoch; writes under an older one change nothing and raise `LostLease`.
That only one server at a time takes it is seen to outside: by a lock on the data folder (SQLite), by an
advisory lock (PostgreSQL).
"""

import datetime as dt

import sqlalchemy as sa

from rheostat.errors import LostLease
from rheostat.store.tables import leader

ROW = 1


def take_lead(conn: sa.Connection, holder: str, now: dt.datetime) -> int:
    """Raise the epoch and return it."""
    epoch = conn.execute(
        sa.update(leader)
        .where(leader.c.id == ROW)
        .values(epoch=leader.c.epoch + 1, holder=holder, since=now)
        .returning(leader.c.epoch)
    ).scalar()
    if epoch is not None:
        return int(epoch)
    conn.execute(sa.insert(leader).values(id=ROW, epoch=1, holder=holder, since=now))
    return 1


def check_lead(conn: sa.Connection, epoch: int) -> None:
    """Lock the leader's row for this transaction.

    Raises:
        LostLease: another server leads by now.
    """
    found = conn.execute(
        sa.select(leader.c.epoch).where(leader.c.id == ROW).with_for_update()
    ).scalar()
    if found != epoch:
        raise LostLease
