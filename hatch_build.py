"""Put the agent JAR into wheel and sdist; an editable install needs neither JDK nor Maven for this."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AgentJarHook(BuildHookInterface[Any]):
    """Builds `src/rheostat/_jvm/agent.jar` in a checkout; an unpacked sdist carries it already."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing, then name it to hatchling."""
        if version == "editable":
            return
        root = Path(self.root)
        jar = root / "src/rheostat/_jvm/agent.jar"
        if not (root / "PKG-INFO").exists():
            maven = shutil.which("mvn")
            if maven is None:
                raise RuntimeError(
                    "Maven is needed to build from a checkout: install it, or use a release"
                )
            self.app.display_info("mvn package in jvm")
            command = [maven, "-q", "-B", "-ntp", "-DskipTests", "package"]
            subprocess.run(command, cwd=root / "jvm", check=True)
            jar.parent.mkdir(exist_ok=True)
            shutil.copyfile(root / "jvm/agent/target/agent.jar", jar)
        if not jar.is_file():
            raise RuntimeError(
                "the agent JAR is missing: build from a checkout with JDK 17 and Maven"
            )
        build_data["artifacts"].append("/src/rheostat/_jvm/")
