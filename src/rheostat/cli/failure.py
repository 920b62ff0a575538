"""How an error is said: to people on stderr, to programs as a problem on stdout too."""

import json

import click

from rheostat.cli.exits import find_exit
from rheostat.cli.words import plain
from rheostat.errors import RheostatError, Unauthenticated

TOKEN_HINT = "Set RHEOSTAT_TOKEN, or RHEOSTAT_TOKEN_FILE to the file of `serve --admin-token-file`."


def show_failure(err: RheostatError, *, as_json: bool) -> int:
    """Say what happened, where, and what to do; return the exit status."""
    status = find_exit(err)
    hint = err.hint or (TOKEN_HINT if isinstance(err, Unauthenticated) else None)
    click.echo(f"{click.style('error:', fg='red', bold=True)} {plain(err.message)}", err=True)
    for fault in err.problems:
        click.echo(f"  {plain(fault.where)}: {plain(fault.message)}", err=True)
    if hint:
        click.echo(f"{click.style('hint:', bold=True)} {plain(hint)}", err=True)
    if as_json:
        click.echo(json.dumps(_problem(err, hint, status), indent=2, ensure_ascii=False))
    return status


def _problem(err: RheostatError, hint: str | None, status: int) -> dict[str, object]:
    """Render RFC 9457 members as the server names them, with our exit status for the HTTP one."""
    return {
        "title": (type(err).__doc__ or "").strip(),
        "code": err.code,
        "detail": err.message,
        "hint": hint,
        "errors": [{"where": fault.where, "message": fault.message} for fault in err.problems],
        "exit": status,
    }
