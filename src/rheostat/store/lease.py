"""Who leads the loop: an epoch that every guarded write names.

Whoever takes the lead raises the epoch; writes under an older one change nothing and raise `LostLease`.
That only one server at a time takes it is seen to outside: by a lock on the data folder (SQLite), by an
advisory lock (PostgreSQL).
"""

import datetime as dt

import sqlalchemy as sa

from rheostat.errors import Conflict, LostLease
from rheostat.store.tables import installation, leader

ROW = 1


def claim_place(conn: sa.Connection, place: str) -> None:
    """Bind the database to one data directory: local engines are found there and nowhere else.

    Raises:
        Conflict: it is bound to another one. Its engines could be alive, and could not be seen from here.
    """
    taken = Conflict(
        "this database belongs to another data directory",
        hint="start the server on the host and with the --data-dir that it was first used with",
    )
    found = conn.execute(sa.select(installation.c.place).where(installation.c.id == ROW)).scalar()
    if found is None:
        try:
            conn.execute(sa.insert(installation).values(id=ROW, place=place))
        except sa.exc.IntegrityError as err:  # another server was first, just now
            raise taken from err
    elif found != place:
        raise taken


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
