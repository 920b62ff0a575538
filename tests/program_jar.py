"""The JAR of `tests/integration/programs`, compiled against an installed engine."""

import subprocess
import zipfile
from pathlib import Path

from rheostat.settings import default_engines_dir

SOURCES = Path(__file__).parent / "integration" / "programs"


def make_program(folder: Path, flink: str, main: str = "") -> Path:
    """Compile with `javac` for Java 11, as the agent is; `main` goes into the manifest."""
    classes = folder / f"classes-{flink}"
    classes.mkdir(parents=True, exist_ok=True)
    command = ["javac", "-nowarn", "--release", "11", "-d", str(classes)]
    libraries = str(default_engines_dir() / flink / "lib" / "*")
    sources = [str(each) for each in sorted(SOURCES.rglob("*.java"))]
    done = subprocess.run(
        [*command, "-cp", libraries, *sources], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    path = folder / f"programs-{flink}{main.rpartition('$')[2]}.jar"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as jar:
        named = f"Main-Class: {main}\n" if main else ""
        jar.writestr("META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\n{named}\n")
        for each in sorted(classes.rglob("*.class")):
            if each.name != "Library.class":
                jar.write(each, str(each.relative_to(classes)))
    return path
