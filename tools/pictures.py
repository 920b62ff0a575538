"""Take the README's pictures from the pages of a real demo, into `docs/pictures`. Called by `make pictures`.

The demo runs on its month, in a folder whose name may be seen in the pictures. Before the plan is shown, a second
version of the job is published, so that it has something to say.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs/pictures"
DEMO = Path(tempfile.gettempdir(), "rheostat-demo")
RHEOSTAT = str(Path(sys.executable).with_name("rheostat"))
READY = "this link signs one browser in"
PATIENCE_S = 300
LIMIT_BYTES = 150_000


def main() -> None:
    """Start the demo, take the pictures, end the demo."""
    log = DEMO.with_suffix(".log")
    command = [RHEOSTAT, "demo", "--month", "--data-dir", str(DEMO)]
    with log.open("wb") as out:
        demo = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        said = _wait_for(log, demo)
        url = re.findall(r"RHEOSTAT_URL=(\S+)", said)[-1]
        token = (DEMO / "admin-token").read_text().strip()
        environment = os.environ | {"RHEOSTAT_URL": url, "RHEOSTAT_TOKEN": token}
        for words in (
            ("job", "edit", "flights", "--parallelism", "2"),
            ("job", "publish", "flights"),
        ):
            subprocess.run([RHEOSTAT, *words, "-p", "demo"], env=environment, check=True)
        OUT.mkdir(parents=True, exist_ok=True)
        node = ["node", "tools/pictures.mjs", str(OUT)]
        subprocess.run(node, cwd=ROOT, env=environment, check=True, timeout=120)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(120)
        shutil.rmtree(DEMO, ignore_errors=True)
        log.unlink(missing_ok=True)
    for picture in sorted(OUT.glob("*.png")):
        size = picture.stat().st_size
        print(f"{picture.relative_to(ROOT)}: {size:,} bytes")
        if size > LIMIT_BYTES:
            sys.exit(f"more than {LIMIT_BYTES:,} bytes")


def _wait_for(log: Path, demo: "subprocess.Popen[bytes]") -> str:
    end = time.monotonic() + PATIENCE_S
    while READY not in (text := log.read_text(errors="replace")):
        if demo.poll() is not None or time.monotonic() > end:
            sys.exit(f"the demo did not come up:\n{text[-3000:]}")
        time.sleep(0.5)
    return text


if __name__ == "__main__":
    main()
