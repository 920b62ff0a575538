"""Waiting at the terminal: say each phase once, then how it ended, and exit with what that means."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from rheostat.cli import exits, output
from rheostat.cli.outcome import render_outcome
from rheostat.cli.words import plain, render_duration
from rheostat.client import Ended, Patience, Restarted, RunKey, Saved, Started, Waited
from rheostat.client.wait import wait
from rheostat.clock import monotonic_s
from rheostat.errors import RheostatError
from rheostat.wire.run import ActionView, RunView

if TYPE_CHECKING:
    from rheostat.client import Client


@dataclass(frozen=True, slots=True)
class Ending:
    """How the waiting for an action ended."""

    key: RunKey
    """Of the run that the action was about."""
    waited: Waited
    until: Started | Ended | Saved | Restarted
    timeout_s: float | None


class Progress:
    """Says on stderr where a run is, each time that changes."""

    def __init__(self, number: int) -> None:
        """`number` is of the run that the action was about; another one is named."""
        self._begun_s = monotonic_s()
        self._number = number
        self._last: tuple[int, str, str] | None = None

    def tell(self, run: RunView) -> None:
        """Say phase and reason, if one of them, or the run, is new."""
        new = (run.number, run.phase, run.reason.code)
        if new != self._last:
            which = "" if run.number == self._number else f"run {run.number}: "
            self._line(run.phase, which + run.reason.text)
        self._last = new

    def tell_blind(self, err: RheostatError) -> None:
        """Say once that the server cannot be asked; the waiting goes on."""
        if self._last != (0, "", err.code):
            self._line("(cannot look)", f"{err.message} Still waiting.")
        self._last = (0, "", err.code)

    def _line(self, head: str, text: str) -> None:
        spent = render_duration(monotonic_s() - self._begun_s)
        click.echo(f"{spent:>12}  {head:<13} {plain(text)}", err=True)


def wait_for(
    client: "Client",
    action: ActionView,
    run: RunView,
    job: tuple[str, str],
    timeout_s: float | None,
) -> Ending:
    """Wait until what the action wished of its run is there, or will not come."""
    key = RunKey(*job, run.number)
    until = _until(client, action, key)
    until(run)
    look = until.look if isinstance(until, Saved | Restarted) else lambda: client.runs.get(key)
    told = Progress(run.number)
    patience = Patience(tell=told.tell, tell_blind=told.tell_blind)
    try:
        return Ending(key, wait(look, until, timeout_s, patience), until, timeout_s)
    except KeyboardInterrupt:
        click.echo("The waiting has ended; the job goes on.", err=True)
        raise


def _until(
    client: "Client", action: ActionView, key: RunKey
) -> Started | Ended | Saved | Restarted:
    match action.plan.action:
        case "start":
            return Started()
        case "savepoint":
            return Saved(client, key)
        case "restart":
            return Restarted(client, key)
        case "stop" | "cancel" | "delete":
            return Ended()


def leave(ending: Ending, *, as_json: bool) -> None:
    """Say how it ended, and exit with what that means."""
    name, project, run = ending.key.job, ending.key.project, ending.waited.run
    ctx = click.get_current_context()
    if ending.waited.ending == "timeout":
        phase = run.phase if run else "not seen"
        click.echo(
            f"error: {name} is {phase} after {ending.timeout_s:g} s;"
            " the waiting is over, the job goes on.",
            err=True,
        )
        click.echo(f"hint: rheostat run show {name} -p {project}", err=True)
        ctx.exit(exits.TIMEOUT)
    if run is None:
        return
    if ending.waited.ending == "reached":
        if not as_json:
            output.show(_reached(ending, run))
        return
    output.show(f"error: {_missed(ending, run)}: {plain(run.reason.text)}", err=True)
    if run.outcome is not None:
        output.show(output.indented(output.facts(render_outcome(run.outcome))), err=True)
    noun = "events" if isinstance(ending.until, Saved) else "logs"
    output.show(f"hint: rheostat run {noun} {name} -p {project} --run {run.number}", err=True)
    ctx.exit(exits.FAILED)


def _reached(ending: Ending, run: RunView) -> str:
    name, until = ending.key.job, ending.until
    if isinstance(until, Saved) and until.savepoint is not None:
        return f"{name}: savepoint {plain(until.savepoint.path)} of run {run.number} is made"
    return f"{name}: run {run.number} is {run.phase}"


def _missed(ending: Ending, run: RunView) -> str:
    name, said = ending.key.job, "has failed" if run.phase == "failed" else f"is {run.phase}"
    if isinstance(ending.until, Saved):
        return f"no savepoint of {name} was made; run {run.number} {said}"
    if isinstance(ending.until, Restarted) and run.number == ending.key.number:
        return f"{name} was not restarted; run {run.number} {said}"
    return f"run {run.number} of {name} {said}"
