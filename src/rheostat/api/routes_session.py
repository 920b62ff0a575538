"""Routes that sign a browser in and out. The page never holds a token: a cookie that it cannot read does."""

import datetime as dt

from litestar import Response, delete, post
from litestar.datastructures import Cookie, State
from litestar.params import JSONBody

from rheostat import clock
from rheostat.api.access import COOKIE, Asking, Permission, check, principal_of
from rheostat.api.routes_job import server_of
from rheostat.errors import FieldProblem, Invalid, NotFound, Unauthenticated
from rheostat.store.token import (
    Principal,
    delete_session,
    find_principal,
    find_token,
    insert_code,
    insert_session,
    take_code,
    tell_refusal,
)
from rheostat.wire.access import MeView, SignInBody, SignInLinkBody, SignInLinkView

SESSION_LIFE = dt.timedelta(days=7)
CODE_LIFE = dt.timedelta(minutes=15)
SELF = SignInLinkBody()


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
    return Response(MeView(name=principal.name, role=principal.role.value), cookies=[cookie])


@delete("/session", permission=Permission.SELF, operation_id="signOut", status_code=204)
async def sign_out(state: State, request: Asking) -> Response[None]:
    """Sign this browser out: its session is over at once."""
    secret = request.cookies.get(COOKIE)
    if secret is not None:
        await server_of(state).db.write(delete_session, secret)
    answer = Response(None, status_code=204)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@post("/session/links", permission=Permission.SELF, operation_id="makeSignInLink")
async def make_link(
    state: State, request: Asking, data: JSONBody[SignInLinkBody] = SELF
) -> SignInLinkView:
    """Make a link that signs one browser in, once, within 15 minutes: yours, or as admin anybody's."""
    db, principal, now = server_of(state).db, principal_of(request), clock.now()
    token_id = data.token or principal.token_id
    if token_id != principal.token_id:
        check(principal, Permission.ADMIN)
        found = await db.read(find_token, token_id)
        if found is None or not found.is_valid(now):
            raise NotFound("there is no such token", hint="list them: rheostat token list")
    secret, until = clock.new_token(), now + CODE_LIFE
    await db.write(insert_code, secret, token_id, until)
    return SignInLinkView(path=f"/signin?code={secret}", expires_at=until)


async def _recognise(state: State, body: SignInBody) -> Principal:
    db = server_of(state).db
    if (body.token is None) == (body.code is None):
        raise Invalid(problems=(FieldProblem("token", "give either a token or a code"),))
    if body.token is not None:
        found = await db.read(find_principal, body.token, clock.now())
    else:
        found = await db.write(take_code, body.code or "", clock.now())
    if found is None:
        what = "this link was used, or is too old"
        if body.token is not None:
            what = await db.read(tell_refusal, body.token, clock.now())
        raise Unauthenticated(what, hint="make a new link: rheostat signin")
    return found


ROUTES = [sign_in, sign_out, make_link]
