"""Options that several commands share, and what they all need: examples, a connection."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from rheostat.errors import Invalid

if TYPE_CHECKING:
    from rheostat.client import Client

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_URL = "http://127.0.0.1:8642"


def examples(*lines: str) -> str:
    """Render an epilog that click leaves unwrapped."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def project_option(command: F) -> F:
    """Add -p, with its environment variable."""
    return click.option(
        "-p",
        "--project",
        required=True,
        envvar="RHEOSTAT_PROJECT",
        show_envvar=True,
        metavar="PROJECT",
        help="The project.",
    )(command)


def json_option(command: F) -> F:
    """Add --json. That it was given is remembered for whoever reports an error."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        callback=_remember,
        is_eager=True,
        help="JSON for programs; an error is also a JSON problem on stdout.",
    )(command)


def run_option(command: F) -> F:
    """Add --run."""
    return click.option(
        "--run",
        "run_number",
        type=click.IntRange(min=1),
        metavar="N",
        help="The run's number; default: the newest.",
    )(command)


def settings_option(command: F) -> F:
    """Add --set, which may be repeated, as a dict."""
    return click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="KEY=VALUE",
        callback=_parse_settings,
        help="Flink configuration; may be repeated.",
    )(command)


def _remember(ctx: click.Context, _param: click.Parameter, value: bool) -> bool:  # noqa: FBT001 -- click's order
    ctx.meta["json"] = value
    return value


def _parse_settings(
    _ctx: click.Context, _param: click.Parameter, pairs: tuple[str, ...]
) -> dict[str, str]:
    settings = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise click.BadParameter(f"{pair!r} is not KEY=VALUE")
        settings[key.strip()] = value.strip()
    return settings


def connect() -> "Client":
    """Open a client to the server that the environment names.

    A caller that runs commands itself may put a function that makes a client into `ctx.obj`.
    """
    make = click.get_current_context().find_root().obj
    client: Client = make() if make else _client_of_environment()
    click.get_current_context().call_on_close(client.close)
    return client


def _client_of_environment() -> "Client":
    from rheostat.client import Client

    return Client(os.environ.get("RHEOSTAT_URL") or DEFAULT_URL, _load_token())


def _load_token() -> str | None:
    token = os.environ.get("RHEOSTAT_TOKEN")
    file = os.environ.get("RHEOSTAT_TOKEN_FILE")
    if token or not file:
        return token
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as err:
        raise Invalid(
            f"The token file {file} cannot be read: {err}.",
            hint="RHEOSTAT_TOKEN_FILE names it; the server writes it with --admin-token-file.",
        ) from err
