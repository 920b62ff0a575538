"""`rheostat token`: create, list, revoke."""

from typing import TYPE_CHECKING, TypedDict

import click
from typing_extensions import Unpack

from rheostat.cli.options import connect, examples, json_option

if TYPE_CHECKING:
    from rheostat.client import Client
    from rheostat.wire.token import RoleWord, TokenView

STARTING = ("operator", "editor", "admin")
"""Roles that may start jobs; the only target so far runs them as the server's own account."""


@click.group(
    "token",
    epilog=examples(
        "rheostat token create airflow --role operator",
        "rheostat token list",
        "rheostat token revoke airflow",
    ),
)
def command() -> None:
    """API tokens: who may do what. For administrators.

    viewer reads; operator also starts and stops; editor also changes and publishes jobs; admin also
    makes and revokes tokens.
    """


class CreateOptions(TypedDict):
    """What create was told."""

    name: str
    role: "RoleWord"
    days: int | None
    as_json: bool


@command.command(
    "create",
    epilog=examples(
        "rheostat token create airflow --role operator --expires-in-days 90",
        "rheostat token create ann --role editor --json | jq -r .secret",
    ),
)
@click.argument("name")
@click.option(
    "--role",
    required=True,
    type=click.Choice(["viewer", "operator", "editor", "admin"]),
    help="What it allows.",
)
@click.option(
    "--expires-in-days",
    "days",
    type=click.IntRange(1, 3650),
    metavar="N",
    help="Default: it does not expire.",
)
@json_option
def create(**options: Unpack[CreateOptions]) -> None:
    """Make a token, and print it: it is shown this once.

    Its name is told as the actor of what is done with it.

    Jobs of the local target run as the server's account: whoever may start one that they edited, or another's
    JAR, can read the server's data folder. Give operator, editor and admin only to people to whom you would
    give a shell there.
    """
    from rheostat.cli.output import print_json
    from rheostat.wire.token import TokenBody

    body = TokenBody(name=options["name"], role=options["role"], expires_in_days=options["days"])
    made = connect().tokens.create(body)
    if options["as_json"]:
        print_json(made)
        return
    click.echo(made.secret)
    until = made.token.expires_at
    ends = f"until {until.astimezone():%Y-%m-%d %H:%M}" if until else "until it is revoked"
    click.echo(
        f"token {made.token.name}, {made.token.role}, {ends}; keep it: it is not shown again",
        err=True,
    )
    if made.token.role in STARTING:
        click.echo(
            "its jobs run as the server's account and can read its data folder: give it only to whom"
            " you would give a shell there",
            err=True,
        )


@command.command("list", epilog=examples("rheostat token list", "rheostat token list --json"))
@click.option("--all", "with_ended", is_flag=True, help="The revoked and expired ones, too.")
@json_option
def list_(*, with_ended: bool, as_json: bool) -> None:
    """List tokens. USED is to the minute."""
    from rheostat.cli import output
    from rheostat.cli.words import render_since
    from rheostat.clock import now

    moment = now()
    views = [view for view in connect().tokens.list() if with_ended or _ending(view) != "ended"]
    if as_json:
        output.print_json(views)
        return
    rows = [
        (
            f"{view.name} (yours)" if view.is_yours else view.name,
            view.role,
            render_since(view.used_at, moment),
            render_since(view.created_at, moment),
            view.created_by,
            _state(view),
            view.id,
        )
        for view in views
    ]
    heads = ("TOKEN", "ROLE", "USED", "MADE", "BY", "ENDS", "ID")
    output.show(output.table(heads, rows))


def _ending(view: "TokenView") -> str:
    from rheostat.clock import now

    is_over = view.expires_at is not None and view.expires_at <= now()
    return "ended" if is_over or view.revoked_at is not None else "open"


def _state(view: "TokenView") -> str:
    if view.revoked_at is not None:
        return f"revoked {view.revoked_at.astimezone():%Y-%m-%d %H:%M}"
    if view.expires_at is None:
        return "never"
    word = "expired" if _ending(view) == "ended" else "expires"
    return f"{word} {view.expires_at.astimezone():%Y-%m-%d %H:%M}"


@command.command(
    "revoke",
    epilog=examples("rheostat token revoke airflow", "rheostat token revoke airflow --yes"),
)
@click.argument("name")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@json_option
def revoke(*, name: str, yes: bool, as_json: bool) -> None:
    """Revoke a token by its name or id: it, and browsers signed in with it, are out at once."""
    from rheostat.cli.output import print_json

    client = connect()
    view = _find(client, name)
    if not yes and not as_json:
        yours = ", the one that you are using now" if view.is_yours else ""
        click.confirm(f"Revoke the token {view.name} ({view.role}){yours}?", abort=True)
    client.tokens.revoke(view.id)
    if as_json:
        print_json(view)
    else:
        click.echo(f"token {view.name} is revoked")


def _find(client: "Client", name: str) -> "TokenView":
    """By id, or the valid one of a name."""
    from rheostat.errors import NotFound

    for view in client.tokens.list():
        if view.id == name or (view.name == name and _ending(view) == "open"):
            return view
    raise NotFound(f"There is no valid token {name}.", hint="List them: rheostat token list --all")
