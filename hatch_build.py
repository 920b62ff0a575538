"""Put agent JAR and web UI into wheel and sdist; an editable install needs no tool for this."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PartsHook(BuildHookInterface[Any]):
    """Builds what is not Python in a checkout; an unpacked sdist carries it already."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing, then name it to hatchling."""
        if version == "editable":
            return
        root = Path(self.root)
        jar, web = root / "src/rheostat/_jvm/agent.jar", root / "src/rheostat/_web"
        if not (root / "PKG-INFO").exists():
            self.run("mvn", "-q", "-B", "-ntp", "-DskipTests", "package", cwd=root / "jvm")
            jar.parent.mkdir(exist_ok=True)
            shutil.copyfile(root / "jvm/agent/target/agent.jar", jar)
            self.run("npm", "ci", "--no-audit", "--no-fund", "--silent", cwd=root / "web")
            self.run("npm", "run", "--silent", "build", cwd=root / "web")
            shutil.rmtree(web, ignore_errors=True)
            shutil.copytree(root / "web/dist", web)
        if not (jar.is_file() and (web / "index.html").is_file()):
            raise RuntimeError("agent JAR or web UI is missing: build from a checkout")
        build_data["artifacts"] += ["/src/rheostat/_jvm/", "/src/rheostat/_web/"]

    def run(self, *command: str, cwd: Path) -> None:
        """Run a tool; say plainly when it is missing."""
        program = shutil.which(command[0])
        if program is None:
            raise RuntimeError(f"{command[0]} is needed to build from a checkout")
        self.app.display_info(f"{' '.join(command)} in {cwd.name}")
        subprocess.run([program, *command[1:]], cwd=cwd, check=True)
