"""Start, stop and cancel: show the plan, ask, do it, wait, and end with the right status."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

import click
import msgspec

from rheostat.cli import exits, output
from rheostat.cli.outcome import render_outcome, render_plan
from rheostat.cli.words import plain, render_duration
from rheostat.client import Ended, Patience, RunKey, Started, Waited
from rheostat.clock import monotonic_s
from rheostat.errors import RheostatError
from rheostat.wire.run import ActionView, RunView

if TYPE_CHECKING:
    from rheostat.client import Client


class ActOptions(TypedDict):
    """What start, stop and cancel take alike."""

    name: str
    project: str
    yes: bool
    dry_run: bool
    wait: bool
    timeout: float | None
    as_json: bool


Ask = Callable[[bool], ActionView]
"""Sends the action; its argument is `dry_run`."""


def act(client: "Client", ask: Ask, options: ActOptions) -> None:
    """Carry an action through; leaves by `ctx.exit` where the status is not 0."""
    if options["dry_run"]:
        _show_dry(ask(True), as_json=options["as_json"])
        return
    if not options["yes"]:
        _confirm(ask(True))
    action = ask(False)
    run = action.run
    waited = None
    if options["wait"] and run is not None:
        waited = _wait(client, action, run, options)
        action = msgspec.structs.replace(action, run=waited.run or run)
    if options["as_json"]:
        output.print_json(action)
    elif waited is None:
        _show_done(action, options)
    if waited is not None:
        _leave(waited, options)


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


def _confirm(action: ActionView) -> None:
    output.show(*render_plan(action.plan), err=True)
    if not click.confirm(f"{action.plan.action.capitalize()} it?", err=True):
        click.echo("Nothing was changed.", err=True)
        click.get_current_context().exit(exits.INTERRUPTED)


def _show_done(action: ActionView, options: ActOptions) -> None:
    run, name, project = action.run, options["name"], options["project"]
    if run is None:
        click.echo(f"{name}: nothing is left to {action.plan.action}")
        return
    verb = {"start": "is started", "stop": "is asked to stop", "cancel": "is being canceled"}
    click.echo(f"{name}: run {run.number} {verb[action.plan.action]} ({run.phase})")
    click.echo(f"  follow it: rheostat run events {name} -p {project} --follow")
    for warning in action.plan.warnings:
        click.echo(f"  warning: {plain(warning)}")


def _wait(client: "Client", action: ActionView, run: RunView, options: ActOptions) -> Waited:
    until = Started() if action.plan.action == "start" else Ended()
    until(run)
    told = Progress()
    key = RunKey(options["project"], options["name"], run.number)
    patience = Patience(tell=told.tell, tell_blind=told.tell_blind)
    try:
        return client.runs.wait(key, until, options["timeout"], patience=patience)
    except KeyboardInterrupt:
        click.echo("The waiting has ended; the job goes on.", err=True)
        raise


class Progress:
    """Says on stderr where a run is, each time that changes."""

    def __init__(self) -> None:
        self._begun_s = monotonic_s()
        self._last: tuple[str, str] | None = None

    def tell(self, run: RunView) -> None:
        """Say phase and reason, if one of them is new."""
        new = (run.phase, run.reason.code)
        if new != self._last:
            self._line(run.phase, run.reason.text)
        self._last = new

    def tell_blind(self, err: RheostatError) -> None:
        """Say once that the server cannot be asked; the waiting goes on."""
        if self._last != ("", err.code):
            self._line("(cannot look)", f"{err.message} Still waiting.")
        self._last = ("", err.code)

    def _line(self, head: str, text: str) -> None:
        spent = render_duration(monotonic_s() - self._begun_s)
        click.echo(f"{spent:>12}  {head:<13} {plain(text)}", err=True)


def _leave(waited: Waited, options: ActOptions) -> None:
    """Say how it ended, and exit with what that means."""
    name, project, run = options["name"], options["project"], waited.run
    ctx = click.get_current_context()
    if waited.ending == "timeout":
        phase = run.phase if run else "not seen"
        click.echo(
            f"error: {name} is {phase} after {options['timeout']:g} s; the waiting is over, the job goes on.",
            err=True,
        )
        click.echo(f"hint: rheostat run show {name} -p {project}", err=True)
        ctx.exit(exits.TIMEOUT)
    if run is None:
        return
    if waited.ending == "reached":
        if not options["as_json"]:
            click.echo(f"{name}: run {run.number} is {run.phase}")
        return
    said = "has failed" if run.phase == "failed" else f"is {run.phase}"
    output.show(f"error: run {run.number} of {name} {said}: {plain(run.reason.text)}", err=True)
    if run.outcome is not None:
        output.show(output.indented(output.facts(render_outcome(run.outcome))), err=True)
    output.show(f"hint: rheostat run logs {name} -p {project} --run {run.number}", err=True)
    ctx.exit(exits.FAILED)
