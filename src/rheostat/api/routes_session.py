"""Routes that sign a browser in and out. The page never holds a token: a cookie that it cannot read does."""

import datetime as dt

from litestar import Response, delete, post
from litestar.datastructures import Cookie, State
from litestar.params import JSONBody

from rheostat import clock
from rheostat.api.access import COOKIE, Asking, Permission, principal_of
from rheostat.api.routes_job import server_of
from rheostat.errors import FieldProblem, Invalid, Unauthenticated
from rheostat.store.token import (
    Principal,
    delete_session,
    find_principal,
    insert_code,
    insert_session,
    take_code,
)
from rheostat.wire.access import MeView, SignInBody, SignInLinkView

SESSION_LIFE = dt.timedelta(days=7)
CODE_LIFE = dt.timedelta(minutes=15)


@post("/session", permission=Permission.PUBLIC, operation_id="signIn", status_code=200)
async def sign_in(state: State, request: Asking, data: JSONBody[SignInBody]) -> Response[MeView]:
    """Sign a browser in: by an API token, or by a one-time code."""
    principal = await _recognise(state, data)
    secret = clock.new_token()
    await server_of(state).db.write(
        insert_session, secret, principal.token_id, clock.now(), SESSION_LIFE
    )
    cookie = Cookie(
        key=COOKIE,
        value=secret,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return Response(MeView(name=principal.name, role="admin"), cookies=[cookie])


@delete("/session", permission=Permission.SELF, operation_id="signOut", status_code=204)
async def sign_out(state: State, request: Asking) -> Response[None]:
    """Sign this browser out: its session is over at once."""
    secret = request.cookies.get(COOKIE)
    if secret is not None:
        await server_of(state).db.write(delete_session, secret)
    answer = Response(None, status_code=204)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@post("/session/links", permission=Permission.OPERATE, operation_id="makeSignInLink")
async def make_link(state: State, request: Asking) -> SignInLinkView:
    """Make a link that signs one browser in as whoever asks, once, within 15 minutes."""
    secret, until = clock.new_token(), clock.now() + CODE_LIFE
    await server_of(state).db.write(insert_code, secret, principal_of(request).token_id, until)
    return SignInLinkView(path=f"/signin?code={secret}", expires_at=until)


async def _recognise(state: State, body: SignInBody) -> Principal:
    db = server_of(state).db
    if (body.token is None) == (body.code is None):
        raise Invalid(problems=(FieldProblem("token", "give either a token or a code"),))
    if body.token is not None:
        found = await db.read(find_principal, body.token)
    else:
        found = await db.write(take_code, body.code or "", clock.now())
    if found is None:
        what = "token is not known" if body.token is not None else "link was used, or is too old"
        raise Unauthenticated(f"this {what}", hint="make a new link: rheostat signin")
    return found


ROUTES = [sign_in, sign_out, make_link]
