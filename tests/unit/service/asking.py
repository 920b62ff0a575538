"""Ask for the plans of actions on one job, in tests of services."""

from dataclasses import replace

from rheostat.model.ids import IntentId, RunId
from rheostat.model.job import Content
from rheostat.model.phase import Phase
from rheostat.model.run import IntentKind, Options, Stage
from rheostat.service.start import Asked, start
from rheostat.service.wish import Wish, wish
from rheostat.store.attempt import update_attempt
from rheostat.store.job import insert_version
from rheostat.store.run import update_run
from rheostat.wire.plan import StartBody
from tests.unit.store.nouns import SQL, Family, later, make_version

ENGINES = frozenset({"1.20", "2.3"})
STOP, CANCEL = IntentKind.STOP, IntentKind.CANCEL
SAVEPOINT, RESTART = IntentKind.SAVEPOINT, IntentKind.RESTART
NEWEST = {"options": Options(from_="newest")}


def ask(conn, kind, *, plan=None, dry_run=True, now=100, **changes):
    given = {"actor": "ann", "intent_id": IntentId("1"), "engines": ENGINES, **changes}
    asked = Wish(
        project="shop", job="orders", kind=kind, now=later(now), plan=plan, dry_run=dry_run, **given
    )  # fmt: skip
    return wish(conn, asked).plan


def ask_start(conn, *, dry_run=True, now=100, **body):
    asked = Asked(
        project="shop", job="orders", actor="ann", now=later(now), run_id=RunId("new"),
        engines=ENGINES, dry_run=dry_run,
    )  # fmt: skip
    return start(conn, asked, StartBody(**body)).plan


def codes(plan, part="warning"):
    return [line.code for line in plan.lines if line.part == part]


def end(conn, of: Family, phase: Phase = Phase.STOPPED):
    update_run(conn, replace(of.run, phase=phase, ended_at=later(80)))
    update_attempt(conn, replace(of.attempt, stage=Stage.GONE))


def publish(conn, number=2, **content):
    version = make_version(number, content=Content(**{"sql": SQL, **content}))
    insert_version(conn, version)
    return version
