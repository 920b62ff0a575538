"""Actions: show the plan, ask, do exactly that, wait, and end with the right status."""

import contextlib
import sys
from typing import TYPE_CHECKING, Protocol, TypedDict

import click
import msgspec

from rheostat.cli import exits, output
from rheostat.cli.plan import render_plan
from rheostat.cli.wait import leave, wait_for
from rheostat.cli.words import plain
from rheostat.errors import RheostatError, Stale
from rheostat.wire.plan import PlanView
from rheostat.wire.run import ActionView

if TYPE_CHECKING:
    from rheostat.client import Client


class ActOptions(TypedDict):
    """What all actions take alike."""

    name: str
    project: str
    yes: bool
    dry_run: bool
    wait: bool
    timeout: float | None
    as_json: bool


class RestartOptions(ActOptions):
    """What restart was told besides."""

    origin: str
    version: int | None
    native: bool
    allow_dropped: bool


class Ask(Protocol):
    """Sends the action."""

    def __call__(self, *, dry_run: bool, plan: str | None = None) -> ActionView:
        """Send it; `plan` is the hash of the plan that was confirmed, None when none was."""


def act(client: "Client", ask: Ask, options: ActOptions) -> None:
    """Carry an action through; leaves by `ctx.exit` where the status is not 0."""
    if options["dry_run"]:
        _show_dry(ask(dry_run=True), as_json=options["as_json"])
        return
    action = ask(dry_run=False) if options["yes"] else _ask_person(ask)
    ending = None
    if options["wait"] and action.run is not None:
        job = (options["project"], options["name"])
        ending = wait_for(client, action, action.run, job, options["timeout"])
        action = msgspec.structs.replace(action, run=ending.waited.run or action.run)
    if options["as_json"]:
        output.print_json(action)
    elif ending is None:
        _show_done(action, options)
    if ending is not None:
        leave(ending, as_json=options["as_json"])


def is_answerable() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def check_answerable(options: ActOptions) -> None:
    """Refuse early what would need an answer where nobody can give one."""
    if not (options["yes"] or options["dry_run"] or is_answerable()):
        raise click.UsageError(
            "this asks for confirmation, and there is no terminal to ask on;"
            " pass --yes to go ahead, or --dry-run to see the plan"
        )


def _show_dry(action: ActionView, *, as_json: bool) -> None:
    if as_json:
        output.print_json(action)
        return
    output.show(*render_plan(action.plan), "Nothing was changed.")


def _ask_person(ask: Ask) -> ActionView:
    """Show the plan, and apply what was shown, or nothing.

    Raises:
        Stale: the plan has become another since; the new one was shown.
    """
    plan = ask(dry_run=True).plan
    output.show(*render_plan(plan), err=True)
    if not click.confirm(f"{_question(plan)}?", err=True):
        click.echo("Nothing was changed.", err=True)
        click.get_current_context().exit(exits.INTERRUPTED)
    try:
        return ask(dry_run=False, plan=plan.hash)
    except Stale as err:
        hint = "Give the command again to be asked about the plan as it is then."
        # Why it cannot even be planned any more is said by the next try; this is about the hash.
        with contextlib.suppress(RheostatError):
            output.show(
                "The plan is another one now:", *render_plan(ask(dry_run=True).plan), err=True
            )
        raise Stale(f"Nothing was changed: {err.message}", hint=hint) from err


def _question(plan: PlanView) -> str:
    return "Make it" if plan.action == "savepoint" else f"{plan.action.capitalize()} it"


def _show_done(action: ActionView, options: ActOptions) -> None:
    run, plan, name, project = action.run, action.plan, options["name"], options["project"]
    if run is None:
        done = "is deleted" if plan.action == "delete" else f"nothing is left to {plan.action}"
        click.echo(f"{name}: {done}")
    else:
        click.echo(f"{name}: run {run.number} {_said(plan)} ({run.phase})")
        click.echo(f"  follow it: rheostat run events {name} -p {project} --follow")
    for warning in plan.warnings:
        click.echo(f"  warning: {plain(warning)}")


def _said(plan: PlanView) -> str:
    match plan.action:
        case "start":
            return "is started"
        case "stop":
            return "is asked to stop"
        case "cancel":
            return "is being canceled"
        case "savepoint":
            return "is asked for a savepoint"
        case "restart":
            return f"is asked to stop; version {plan.version} follows"
        case "delete":
            return "is deleted"
