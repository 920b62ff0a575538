"""What wishes about a live run mean, and which may take another's place. Pure."""

from rheostat.model.phase import Reason
from rheostat.model.run import Intent, IntentKind, Options

REPLACES: dict[IntentKind, frozenset[IntentKind]] = {
    IntentKind.CANCEL: frozenset({IntentKind.STOP, IntentKind.SAVEPOINT, IntentKind.RESTART}),
    IntentKind.STOP: frozenset({IntentKind.SAVEPOINT, IntentKind.RESTART}),
    IntentKind.RESTART: frozenset({IntentKind.SAVEPOINT}),
    IntentKind.SAVEPOINT: frozenset(),
}
"""Which open wish a new one may take the place of. Nothing replaces a cancel."""
OF_ITS_STOP = "savepoint"
"""A restart from the savepoint of its own stop."""


def cancels(kind: IntentKind, options: Options) -> bool:
    """Whether the run is canceled for it: no savepoint is made."""
    is_restart = kind is IntentKind.RESTART and options.from_ != OF_ITS_STOP
    return kind is IntentKind.CANCEL or is_restart


def judge_replacement(open_: Intent, kind: IntentKind, options: Options) -> Reason | None:
    """Why a new wish may not take the open one's place; None = it may, or it is the same."""
    fields = {"intent": open_.kind.value, "kind": kind.value}
    if open_.kind is IntentKind.CANCEL and kind is not IntentKind.CANCEL:
        return Reason("nothing_replaces_cancel")
    if open_.kind is not kind and open_.kind not in REPLACES[kind]:
        return Reason("wish_under_way", fields)
    if cancels(kind, options):
        return None
    if cancels(open_.kind, open_.options):
        return Reason("nothing_replaces_cancel")
    is_made_otherwise = (open_.options.format, open_.options.drain) != (
        options.format,
        options.drain,
    )
    is_replaced_whole = open_.kind is IntentKind.SAVEPOINT and kind is not open_.kind
    if is_made_otherwise and not is_replaced_whole:
        return Reason("savepoint_under_way", {**fields, "format": open_.options.format.value})
    return None
