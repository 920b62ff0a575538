"""A server whose JobManagers answer behind a proxy of the test's: the one seam that trouble on REST needs.

Started as a program of its own, like `rheostat serve`. Between the loop and the local target stands an
adapter that gives an attempt the proxy's port as its `rest` port, which is what is recorded and asked, and
the engine another one, which is what Flink binds. Product code knows nothing of it.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from rheostat.app.data_dir import DataDir
from rheostat.app.serve import Parts, build, serve
from rheostat.local.material import choose_free_ports
from rheostat.ports import Engines, LaunchSpec
from rheostat.settings import Settings, default_engines_dir

PROXY_PORT = "RHEOSTAT_TEST_PROXY_PORT"
PROXY_FILE = "RHEOSTAT_TEST_PROXY_FILE"
"""Where the ports that the engines bind are written, by attempt, the newest last."""


class ProxiedEngines:
    """Engines whose `rest` port is not the one that is recorded."""

    def __init__(self, engines: Engines, port: int, file: Path) -> None:
        self._engines = engines
        self._port = port
        self._file = file

    async def choose_ports(self) -> Mapping[str, int]:
        """The proxy's port for REST."""
        return {**await self._engines.choose_ports(), "rest": self._port}

    async def materialise(self, spec: LaunchSpec) -> None:
        """With the port that Flink binds."""
        await self._engines.materialise(self._behind(spec))

    async def launch(self, spec: LaunchSpec) -> None:
        """With the same port, also after a restart of the server."""
        await self._engines.launch(self._behind(spec))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engines, name)

    def _behind(self, spec: LaunchSpec) -> LaunchSpec:
        ports = read_ports(self._file)
        port = ports.get(spec.attempt_id)
        if port is None:
            port = choose_free_ports()["rest"]
            self._file.write_text(json.dumps({**ports, spec.attempt_id: port}))
        return replace(spec, ports={**spec.ports, "rest": port})


def read_ports(file: Path) -> dict[str, int]:
    """By attempt; empty before the first."""
    if not file.exists():
        return {}
    found: dict[str, int] = json.loads(file.read_text())
    return found


def build_proxied(settings: Settings, data: DataDir) -> Parts:
    """As the product builds it, with the adapter in between."""
    parts = build(settings, data)
    file = Path(os.environ[PROXY_FILE])
    proxied = ProxiedEngines(parts.world.engines, int(os.environ[PROXY_PORT]), file)
    parts.world = replace(parts.world, engines=cast("Engines", proxied))
    return parts


def main() -> None:
    """`… serve --data-dir D --port P`, as `RunningServer` calls it."""
    options = dict(zip(sys.argv[2::2], sys.argv[3::2], strict=True))
    settings = Settings(
        data_dir=Path(options["--data-dir"]),
        port=int(options["--port"]),
        engines_dir=default_engines_dir(),
        runs_limit=4,
    )
    serve(settings, build_proxied)
