"""Put agent JAR and web UI into wheel and sdist; nothing is built here, and an editable install needs neither."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PARTS = {
    "the agent JAR": "src/rheostat/_jvm/agent.jar",
    "the web UI": "src/rheostat/_web/index.html",
}


class PartsHook(BuildHookInterface[Any]):
    """Takes along what `make` has built; an unpacked sdist carries it already."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the built parts to hatchling, which leaves out what git ignores."""
        if version == "editable":
            return
        missing = [name for name, file in PARTS.items() if not Path(self.root, file).is_file()]
        if missing:
            what = " and ".join(missing)
            raise SystemExit(f"Not built yet: {what}. Run `make wheel`, which builds all of it.")
        build_data["artifacts"] += ["/src/rheostat/_jvm/agent.jar", "/src/rheostat/_web/"]
