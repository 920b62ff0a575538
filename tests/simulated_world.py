"""A world simple enough to read: one JobManager, one TaskManager, a second a step, troubles on top.

For the pure half of the evidence table: what three sources would say each second is built from it, goes
through `join`, `draw_facts`, `notice` and `decide` as the loop does it, and what is decided changes the
world. It starts no process and stands behind no port; the real half is in tests/integration.
"""

import datetime as dt
from dataclasses import dataclass, field, replace

from rheostat.control.record import changed_attempt, changed_run
from rheostat.core.agreement import join
from rheostat.core.before_launch import LOST_WINDOW
from rheostat.core.lifecycle import decide
from rheostat.core.notice import count_losses, notice
from rheostat.core.pushed import ALIVE, fold_push, hear
from rheostat.core.witness import draw_facts
from rheostat.model.action import NAMES
from rheostat.model.ids import AttemptId
from rheostat.model.observation import (
    Asked,
    Look,
    Looked,
    Observed,
    OperationFact,
    PermitState,
    ProcessFact,
    ProcessState,
    Watched,
)
from rheostat.model.phase import Phase
from rheostat.model.run import (
    Attempt,
    Intent,
    IntentKind,
    Operation,
    OperationKind,
    OperationState,
    Run,
    Stage,
)
from tests.builders import (
    EMPTY,
    NOW,
    SECOND,
    make_attempt,
    make_intent,
    make_operation,
    make_recorded,
    make_run,
)
from tests.simulated_engine import BEAT_S, UP_S, Engine

AWAY_S = 5
"""How long the server is away when it was killed."""
REST = {
    "REST hangs": "no answer within 3 s",
    "REST cut": "the connection broke",
    "REST answers HTML": "answered something that is not Flink's",
    "REST answers nothing": "answered something that is not Flink's",
    "REST answers 500": "answered 500",
}


@dataclass
class World:
    """The world and our records of it."""

    t: int = 0
    troubles: frozenset[str] = frozenset()
    engine: Engine | None = None
    run: Run = field(default_factory=lambda: make_run(phase=Phase.QUEUED))
    attempts: list[Attempt] = field(default_factory=list)
    observed: Observed = field(default_factory=Observed)
    intent: Intent | None = None
    operation: Operation | None = None
    away_until: int = -1
    path: list[Phase] = field(default_factory=list)
    beat_s: int = 0

    @property
    def now(self) -> dt.datetime:
        return NOW + self.t * SECOND

    def wish(self, kind: IntentKind) -> None:
        """A person's wish."""
        self.intent = replace(make_intent(kind), at=self.now)

    def begin(self, trouble: str) -> None:
        """Kills happen once; what lasts is looked up in `troubles`."""
        engine = self.engine
        self.troubles |= {trouble}
        if trouble == "server killed":
            self.away_until = self.t + AWAY_S
        if engine is None:
            return
        if trouble == "kill JobManager":
            engine.jobmanager = ProcessState.DEAD
        elif trouble == "kill TaskManager":
            engine.taskmanager, engine.tm_since_s = ProcessState.DEAD, self.t
        elif trouble == "stop JobManager":
            engine.is_jm_stopped = True
        elif trouble == "stop TaskManager":
            engine.is_tm_stopped, engine.tm_since_s = True, self.t

    def mend(self) -> None:
        """Whatever lasts is over."""
        self.troubles = frozenset()
        if self.engine is not None:
            self.engine.is_jm_stopped = self.engine.is_failing = False
            if self.engine.is_tm_stopped:
                self.engine.is_tm_stopped, self.engine.tm_since_s = False, self.t

    def pass_second(self) -> None:
        """The engine moves, the agent speaks, the server looks, decides and acts."""
        self.t += 1
        if self.engine is not None:
            self.engine.pass_second(self.t, self.now)
            self._agent_second(self.engine)
        if self.t > self.away_until:
            self._step()

    # the agent

    def _agent_second(self, engine: Engine) -> None:
        is_alive = engine.jobmanager is ProcessState.ALIVE and not engine.is_jm_stopped
        is_away = self.t <= self.away_until
        if not is_alive or is_away or "push cut" in self.troubles or engine.age_s < UP_S:
            return
        status = engine.status(self.t)
        bodies: list[dict[str, object]] = []
        if "hello" not in engine.said:
            bodies.append({"kind": "hello", "beat_ms": BEAT_S * 1000})
        if status is not None and "submitted" not in engine.said:
            bodies.append({"kind": "submitted"})
        if status != engine.last_status and status is not None:
            stamp = engine.changed_at.isoformat()
            bodies.append({"kind": "status", "new": status, "at": stamp})
        if engine.end is not None and "outcome" not in engine.said:
            bodies.append({"kind": "outcome", "status": engine.end})
        engine.said += tuple(str(each["kind"]) for each in bodies)
        engine.last_status = status
        if not bodies and self.t - self.beat_s >= BEAT_S:
            bodies = [dict(ALIVE)]
        for body in bodies:
            self.beat_s = self.t
            pushed = fold_push(self.observed.pushed, "i", body, self.now)
            self.observed = replace(self.observed, pushed=pushed)

    # the server

    def _watch(self) -> Watched:
        engine = self.engine
        look = Look(looked=Looked.OK, at=self.now, ok_at=self.now)
        if engine is None:
            return Watched(look=look)
        return Watched(
            look=look,
            permit=PermitState.CLAIMED,
            jobmanager=ProcessFact(
                name="jobmanager", state=engine.jobmanager, is_suspended=engine.is_jm_stopped
            ),
            taskmanagers=(
                ProcessFact(
                    name="taskmanager-0",
                    state=engine.taskmanager,
                    is_suspended=engine.is_tm_stopped,
                ),
            ),
        )

    def _ask(self) -> Asked:
        engine = self.engine
        if engine is None or engine.jobmanager is not ProcessState.ALIVE:
            return self._failed("there is no JobManager process")
        if engine.is_jm_stopped:
            return self._failed("no answer within 3 s")
        if engine.age_s < UP_S:
            return self._failed("connection refused")
        for trouble, why in REST.items():
            if trouble in self.troubles:
                return self._failed(why)
        look = Look(looked=Looked.OK, at=self.now, ok_at=self.now)
        if "REST of another cluster" in self.troubles:
            return Asked(look=look)
        status = engine.status(self.t)
        tasks = {"running": engine.running_tasks(self.t), "total": 2} if status else {}
        return Asked(
            look=look,
            status=status,
            tasks=tasks,
            modified_at=engine.changed_at,
            operation=self._answer(engine),
            cause="boom" if status == "RESTARTING" else None,
        )

    def _failed(self, why: str) -> Asked:
        return Asked(look=Look(looked=Looked.FAILED, at=self.now, why=why))

    def _answer(self, engine: Engine) -> OperationFact | None:
        if self.operation is None or self.operation.state is not OperationState.PENDING:
            return None
        return OperationFact(status="COMPLETED" if engine.has_savepoint else "IN_PROGRESS")

    def _step(self) -> None:
        attempt = self.attempts[-1] if self.attempts else None
        if self.run.phase.is_terminal:
            return
        if attempt is not None and attempt.stage in (Stage.LAUNCHING, Stage.LAUNCHED, Stage.ENDING):
            before = self.observed
            self.observed = join(before, self._ask(), self._watch(), self.now)
            facts = draw_facts(
                self.observed, self.run.mode, was_running=attempt.running_at is not None
            )
            attempt, _ = notice(attempt, before, self.observed, facts, self.now)
        recorded = make_recorded(
            run=self.run,
            attempt=attempt,
            intent=self.intent,
            operation=self.operation,
            lost=count_losses(self.attempts, self.now, LOST_WINDOW),
            checkpoint_interval=600 * SECOND,
            savepoint_checkpoint_id=9 if self.operation and self.operation.location else None,
        )
        decision = decide(recorded.desired, recorded, self.observed, self.now)
        if decision.phase is not self.run.phase:
            self.path.append(decision.phase)
        self.run = changed_run(self.run, decision, self.now)
        if attempt is not None:
            changed = changed_attempt(attempt, decision)
            assert changed is not None
            self.attempts[-1] = changed
        if decision.intent_result:
            self.intent = None
        done = all(self._act(NAMES[type(action)]) for action in decision.actions)
        if done and decision.stage_after is not None:
            self._move(decision.stage_after)

    def _move(self, stage: Stage) -> None:
        moved = replace(self.attempts[-1], stage=stage)
        if stage is Stage.LAUNCHED:
            moved = replace(moved, launched_at=moved.launched_at or self.now)
        if stage is Stage.GONE:
            moved = replace(moved, ended_at=self.now)
            self.engine = None
        self.attempts[-1] = moved

    def _act(self, name: str) -> bool:
        engine = self.engine
        match name:
            case "resolve_restore":
                self.run = replace(self.run, resolved=EMPTY)
            case "write_attempt":
                self._write_attempt()
            case "launch":
                self._launch()
            case "terminate" if engine is not None:
                engine.jobmanager = engine.taskmanager = ProcessState.DEAD
                engine.is_jm_stopped = engine.is_tm_stopped = False
            case "trigger_stop" | "trigger_savepoint":
                return self._trigger(name)
            case "cancel" if engine is not None:
                if self._ask().look.looked is not Looked.OK:
                    return False
                engine.end, engine.changed_at = "CANCELED", self.now
            case "list_snapshots" if self.operation is not None:
                if engine is not None and engine.has_savepoint:
                    self.operation = replace(
                        self.operation, state=OperationState.COMPLETED, location="file:///s"
                    )
        return True

    def _write_attempt(self) -> None:
        ordinal = len(self.attempts) + 1
        self.run = replace(self.run, resolved=None)
        self.observed, self.operation = Observed(), None
        self.attempts.append(
            make_attempt(
                id=AttemptId(f"{ordinal:032x}"),
                ordinal=ordinal,
                stage=Stage.PLANNED,
                created_at=self.now,
                launched_at=None,
                running_at=None,
                checkpoint_at=None,
                last_seen_processing_at=None,
            )
        )

    def _launch(self) -> None:
        engine = self.engine
        if engine is None:
            self.engine = Engine(launched_s=self.t, tm_since_s=self.t)
        elif engine.taskmanager is ProcessState.DEAD and engine.jobmanager is ProcessState.ALIVE:
            engine.taskmanager, engine.tm_since_s = ProcessState.ALIVE, self.t

    def _trigger(self, name: str) -> bool:
        kind = OperationKind.STOP if name == "trigger_stop" else OperationKind.SAVEPOINT
        if self.operation is None:
            self.operation = make_operation(
                kind=kind, created_at=self.now, attempt_id=self.attempts[-1].id
            )
        if self._ask().look.looked is not Looked.OK or self.engine is None:
            return False
        self.engine.has_savepoint = True
        if kind is OperationKind.STOP:
            self.engine.end, self.engine.changed_at = "FINISHED", self.now
        return True

    # what is shown

    def reachable(self, source: str) -> bool:
        """As the status page says it."""
        attempt = self.attempts[-1]
        if attempt.stage is Stage.GONE:
            return source == "watched"
        looks = {
            "pushed": hear(self.observed.pushed, self.now),
            "asked": self.observed.asked.look,
            "watched": self.observed.watched.look,
        }
        return looks[source].looked is Looked.OK


def at_phase(phase: str) -> World:
    """A world in which a run has come to a phase, or has a wish open, by itself."""
    world = World()
    wanted = Phase.STARTING if phase == "starting" else Phase.RUNNING
    while world.run.phase is not wanted:
        world.pass_second()
        assert world.t < 60, world.run
    if phase == "starting":
        world.pass_second()
    else:
        for _ in range(3):
            world.pass_second()
    if phase == "restarting" and world.engine is not None:
        world.engine.is_failing = True
        for _ in range(3):
            world.pass_second()
        assert world.run.phase is Phase.RESTARTING
    return world


WISHES = {
    "stop": IntentKind.STOP,
    "cancel": IntentKind.CANCEL,
    "savepoint": IntentKind.SAVEPOINT,
}
"""The wish is made in the same second as the trouble, and right after it."""
