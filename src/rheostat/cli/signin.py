"""`rheostat signin`: a link that signs a browser in."""

import click

from rheostat.cli.options import connect, examples, json_option


@click.command("signin", epilog=examples("rheostat signin", "rheostat signin --json | jq -r .url"))
@click.option("--token", metavar="ID", help="Whom: a token's id. Default: you. For administrators.")
@json_option
def command(*, token: str | None, as_json: bool) -> None:
    """Make a link that signs a browser in as you.

    It opens once, within 15 minutes. Whoever has it first is signed in: show it to nobody.
    """
    from rheostat.cli.output import print_json
    from rheostat.clock import now

    client = connect()
    link = client.sign_in_link(token)
    url = f"{client.url}{link.path}"
    if as_json:
        print_json({"url": url, "path": link.path, "expires_at": link.expires_at})
        return
    minutes = max(round((link.expires_at - now()).total_seconds() / 60), 0)
    until = link.expires_at.astimezone().strftime("%H:%M:%S")
    click.echo(url)
    click.echo(f"  opens once, within {minutes} minutes: until {until}")
