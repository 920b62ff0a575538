"""Join the routes into one ASGI application."""

import msgspec
from litestar import Litestar, Response, Router, get
from litestar.datastructures import State
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from litestar.handlers.base import BaseRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from rheostat import __version__
from rheostat.api import (
    problem,
    routes_artifact,
    routes_job,
    routes_log,
    routes_row,
    routes_run,
    routes_server,
    routes_session,
    routes_stream,
    routes_token,
    routes_wish,
)
from rheostat.api.access import Asking, Connection, Permission, guard
from rheostat.api.contract import render_document
from rheostat.api.server import Server
from rheostat.api.static import make_static_route
from rheostat.errors import RheostatError


@get("/api/openapi.json", permission=Permission.PUBLIC, operation_id="getOpenApi")
async def get_openapi(request: Asking) -> Response[bytes]:
    """Describe every route, in OpenAPI 3.1."""
    state = request.app.state
    if "document" not in state:
        state["document"] = msgspec.json.encode(render_document(request.app))
    return Response(state["document"], media_type="application/json")


def _hide(_: Connection, __: BaseRouteHandler) -> None:
    """Litestar's own document lacks half of what ours says: it is made from, and served to nobody."""
    raise NotFoundException


def make_app(server: Server) -> Litestar:
    """The application around one server."""
    api = Router(
        "/api/v1",
        route_handlers=[
            *routes_job.ROUTES,
            *routes_artifact.ROUTES,
            *routes_row.ROUTES,
            *routes_run.ROUTES,
            *routes_log.ROUTES,
            *routes_stream.ROUTES,
            *routes_wish.ROUTES,
            *routes_session.ROUTES,
            *routes_token.ROUTES,
        ],
    )
    return Litestar(
        route_handlers=[api, *routes_server.ROUTES, get_openapi, make_static_route()],
        guards=[guard],
        state=State({"server": server}),
        response_headers=problem.SECURITY_HEADERS,
        exception_handlers={
            RheostatError: problem.on_own,
            ValidationException: problem.on_invalid,
            HTTPException: problem.on_http,
            UnicodeDecodeError: problem.on_unreadable,
            RecursionError: problem.on_unreadable,
            Exception: problem.on_any,
        },
        openapi_config=OpenAPIConfig(
            "Rheostat",
            __version__,
            description="A control plane for Apache Flink.",
            openapi_router=Router(
                "/api/raw",
                route_handlers=[],
                include_in_schema=False,
                opt={"permission": Permission.PUBLIC},
                guards=[_hide],
            ),
            use_handler_docstrings=True,
            render_plugins=[JsonRenderPlugin()],
            components=Components(
                security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}
            ),
            security=[{"token": []}],
        ),
        logging_config=None,
    )
