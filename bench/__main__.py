"""`python -m bench [--quick] [--out DIR]`: measure everything, write `results.json` and `RESULTS.md`."""

import argparse
import json
from pathlib import Path

from bench.ingest import measure_ingest
from bench.lists import measure_lists
from bench.machine import describe_machine
from bench.report import render_report
from bench.starts import measure_starts


def main() -> None:
    """Measure; with `--quick` once each, to see that it works."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="once each, to see that it works")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, metavar="DIR")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    is_quick = options.quick
    results = {"machine": describe_machine(), "is_quick": is_quick}
    print("starts …", flush=True)
    results["starts"] = measure_starts(*((1, 1) if is_quick else (20, 10)))
    print("lists …", flush=True)
    results["lists"] = measure_lists(*((60, 3) if is_quick else (10_000, 50)))
    print("ingest …", flush=True)
    results["ingest"] = measure_ingest(160 if is_quick else 4_000)
    (options.out / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    report = render_report(results)
    (options.out / "RESULTS.md").write_text(report)
    print(report)


if __name__ == "__main__":
    main()
