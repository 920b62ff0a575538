"""The options that say what a job's draft holds: its program, resources, policies, settings."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from rheostat.cli.options import settings_option

if TYPE_CHECKING:
    from rheostat.wire.job import GuardWord, UnseenBatchWord

F = TypeVar("F", bound=Callable[..., Any])

GUARDS = ("resume_latest_proven", "fail_and_alert", "hold")
UNSEEN = ("hold", "rerun", "fail")


class ContentOptions(TypedDict):
    """What a draft was told to hold; None and empty: nothing was said."""

    sql: str | None
    jar: str | None
    main: str | None
    args: tuple[str, ...]
    settings: dict[str, str]
    flink: str | None
    guard: "GuardWord | None"
    parallelism: int | None
    slots: int | None
    jobmanager_memory: str | None
    taskmanager_memory: str | None
    jobmanager_cpu: float | None
    taskmanager_cpu: float | None
    unseen_batch: "UnseenBatchWord | None"
    resume_failed: int | None
    max_rewind_s: int | None
    is_stateless: bool | None


_COUNT = click.IntRange(1, 1024)
_CORES = click.FloatRange(0, min_open=True)

_OPTIONS: tuple[Callable[[F], F], ...] = (
    click.option(
        "--sql",
        type=click.Path(exists=True, dir_okay=False, allow_dash=True),
        metavar="FILE",
        help="The script, in Flink SQL; - is stdin.",
    ),
    click.option(
        "--jar",
        type=click.Path(exists=True, dir_okay=False),
        metavar="FILE",
        help="The program, as a JAR; uploaded unless the project has it.",
    ),
    click.option(
        "--main", metavar="CLASS", help="The JAR's main class; default: what its manifest names."
    ),
    click.option(
        "--arg",
        "args",
        multiple=True,
        metavar="TEXT",
        help="An argument of the program; repeat it for each, in order.",
    ),
    click.option("--flink", metavar="VERSION", help="The Flink version, such as 2.3 or 1.20."),
    click.option("--parallelism", type=_COUNT, metavar="N", help="Subtasks of each operator."),
    click.option("--slots", type=_COUNT, metavar="N", help="Task slots of one TaskManager."),
    click.option(
        "--jobmanager-memory", metavar="SIZE", help="The whole JobManager process, such as 1g."
    ),
    click.option(
        "--taskmanager-memory", metavar="SIZE", help="One whole TaskManager process, such as 1g."
    ),
    click.option(
        "--jobmanager-cpu", type=_CORES, metavar="CORES", help="Not enforced on this machine."
    ),
    click.option(
        "--taskmanager-cpu", type=_CORES, metavar="CORES", help="Not enforced on this machine."
    ),
    settings_option,
    click.option(
        "--guard", type=click.Choice(GUARDS), help="What happens when the JobManager is lost."
    ),
    click.option(
        "--unseen-batch",
        type=click.Choice(UNSEEN),
        help="What happens to a batch run whose JobManager is lost without a word.",
    ),
    click.option(
        "--resume-failed",
        type=click.IntRange(0, 10),
        metavar="N",
        help="How often in 30 minutes a run that Flink gave up is resumed; default: 0.",
    ),
    click.option(
        "--max-rewind",
        "max_rewind_s",
        type=click.IntRange(0),
        metavar="SECONDS",
        help="The most that is read again without asking; default: 3600.",
    ),
    click.option(
        "--stateless/--stateful",
        "is_stateless",
        default=None,
        help="A stateless job without checkpoints starts anew after a loss.",
    ),
)


def is_nothing_said(options: ContentOptions) -> bool:
    """Whether no option says anything of the draft."""
    values: Mapping[str, object] = {**options}
    return all(values[key] in (None, (), {}) for key in ContentOptions.__annotations__)


def content_options(command: F) -> F:
    """Add what create and edit take alike."""
    for each in reversed(_OPTIONS):
        command = each(command)
    return command
