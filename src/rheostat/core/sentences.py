"""One English sentence for each reason and action code: what people read. Codes are for programs.

A code without a sentence fails a test. The sentence may name the reason's fields in braces.
"""

from collections.abc import Mapping

from rheostat.model.phase import Reason

SENTENCES: dict[str, str] = {
    # before the launch
    "requested": "started by {actor}",
    "no_room": "waits for room: as many runs are live as this machine's memory carries",
    "resolving_restore_point": "the restore point is being chosen and proven",
    "planning_attempt": "the next attempt is being written down",
    "launching": "attempt {attempt} is being launched",
    "nothing_launched": "ended before anything was launched",
    "closing": "is being closed",
    "records_contradict": "the records contradict each other: {wanted} cannot follow; a person must look",
    "launch_failed": "could not be launched: {message}",
    "artifact_gone": "the JAR cannot be used: {message}",
    "engine_missing": "the engine is not installed: {message}",
    # restore points
    "chosen_by_person": "chosen by {actor}",
    "started_empty": "started without state, as {actor} chose",
    "no_snapshot_yet": "there is no snapshot to start from yet",
    "newest_proven": "the newest proven snapshot of this job",
    "newest_of_branch": "the newest proven snapshot since the branch began",
    "base_again": "no snapshot was made since the branch began, so its base again",
    "bounded_restart": "the last run finished its input, so this one starts without state",
    "snapshot_unreadable": "the snapshot could not be read, so an older one is tried: {message}",
    "restore_interrupted": "the restore broke off, and the same snapshot is tried again: {message}",
    "version_does_not_fit": "the version does not fit the snapshot: {message}",
    "restore_not_proven": "the chosen snapshot is not proven: {fault}",
    "nothing_proven": "the job had state, and none of its snapshots is proven: {fault}",
    "rewind_too_large": "the newest proven snapshot would read {rewind} again, more than {limit}",
    "drained": "run {run} was drained: its result is final, so this one starts without state",
    "line_not_proven": "run {run} left state, and none of it is proven: {fault}",
    "line_gone": "run {run} left state, and none of it is there any more",
    "snapshot_of_newer_flink": "{snapshot} was made by Flink {made_by}, and Flink {flink} cannot read it",
    "unaligned_other_flink": "{snapshot} is an unaligned checkpoint of Flink {made_by}: Flink {flink} must"
    " not start from it",
    "parallelism_above_max": "parallelism {parallelism} is above {max}, the maximum parallelism of {snapshot}",
    "backend_changed": "{snapshot} is bound to the state backend {before}, and this version has {after}",
    # the steps of plans
    "plan_start_empty": "start version {version} without state",
    "plan_start_from": "start version {version} from {kind} {name}",
    "plan_start_from_stop": "start version {version} from that savepoint",
    "plan_start_newest": "start version {version} from the newest snapshot proven by then, now {kind} {name}",
    "plan_start_newest_none": "start version {version} from the newest snapshot proven by then; there is none"
    " yet",
    "plan_launch": "launch a JobManager and its TaskManagers of Flink {flink}",
    "plan_stop": "stop run {run} with a {format} savepoint, and prove it",
    "plan_drain": "let every window of run {run} fire, stop it with a {format} savepoint, and prove it",
    "plan_cancel": "cancel run {run}",
    "plan_end": "end its JobManager and TaskManagers; keep their logs",
    "plan_savepoint": "make a {format} savepoint of run {run}, and prove it; the job runs on",
    "plan_later_stop": "a later start resumes from that savepoint",
    "plan_later_drained": "a later start begins without state, unless it names that savepoint",
    "plan_later_from": "a later start resumes from {kind} {name}, or from a newer checkpoint",
    "plan_later_empty": "a later start begins without state",
    "plan_delete": "remove {job} from the lists, with {versions} versions and {runs} runs",
    "plan_keep_snapshots": "leave its {count} snapshots on disk",
    # the warnings of plans
    "draft_differs": "the draft has changes that this version does not have",
    "state_not_used": "the job has state, and it is not used: {kind} {name}",
    "resumes_drained": "the job was drained when this savepoint was made: its windows have fired, and"
    " would fire once more for what comes late",
    "rewind_large": "{rewind} of work would be read again",
    "drops_state": "state that this version has no operator for is left behind",
    "drain_is_final": "to drain is to end the stream: every window fires, complete or not",
    "replaces_wish": "it takes the place of the {intent} that {actor} wanted",
    "batch_has_no_savepoints": "a batch job has no savepoints: to stop it is to cancel it",
    "no_savepoint_is_made": "no savepoint is made; what came after the last checkpoint is read again",
    "goes_back": "this goes back: version {version} runs now",
    "cannot_be_undone": "this cannot be undone by command",
    # wishes that are refused
    "nothing_replaces_cancel": "it is being canceled, and nothing replaces a cancel",
    "wish_under_way": "a {intent} is under way, and a {kind} does not replace it",
    "savepoint_under_way": "a {intent} with a {format} savepoint is under way: cancel it, or ask for the same",
    # starting
    "engine_coming": "the JobManager is starting",
    "compiling": "the JobManager is up and prepares the job",
    "job_starting": "{processing} of {total} tasks run",
    "no_process_came": "no JobManager process has shown itself; the server's log says why",
    "tasks_never_ran": "{processing} of {total} tasks run, and no more came for ten minutes",
    "no_job_submitted": "no job was submitted in time; the events (a thread dump) and the log say why",
    # running
    "running": "every task runs",
    "job_restarting": "Flink restarts the job",
    "job_failing": "Flink is failing the job",
    "job_manager_silent": "the JobManager does not answer",
    "no_look_succeeded": "nothing could be looked at",
    "taskmanager_lost": "a TaskManager is lost and is being replaced",
    "taskmanager_suspended": "stopped by a signal, and lost to Flink until it goes on: {names}",
    "tasks_not_running": "{processing} of {total} tasks run",
    "no_checkpoint": "no checkpoint has completed since {since}",
    "sources_disagree": "the sources contradict each other ({one}; {other}): looked at again and again",
    "code_overrides": "the job's code overrides {key}: {theirs}, not {ours}",
    "parallelism_lower": "it runs with parallelism {parallelism} of {wanted}: there are too few slots",
    "no_checkpoint_since_start": "no checkpoint has completed since the start at {since}",
    # losses
    "engine_lost": "the JobManager is gone without a word",
    "engine_lost_at_start": "the JobManager ended before its job ran",
    "engine_lost_while_stopping": "the JobManager is gone while it was being stopped",
    "backing_off": "waits before the next attempt, after {lost} losses in a row",
    "too_many_losses": "{lost} attempts in a row were lost: a person must look",
    "batch_ended_unseen": "the batch job's JobManager is gone without a word: whether it finished is not known",
    "unknown_outcome": "whether the batch job finished is not known, and nobody has said what to do",
    "probably_finished": "the JobManager is gone and its checkpoints with it, as after a job that finished",
    "job_failed_resuming": "Flink failed the job, and the policy resumes it ({failed} of {limit}): {message}",
    "guard_failed": "the JobManager was lost, and the guard's policy says: fail",
    "guard_held": "the JobManager was lost, and the guard's policy says: hold",
    # leaving
    "canceling": "Flink is asked to cancel the job",
    "ending_by_force": "the engine is ended by force",
    "savepoint_pending": "the savepoint is being made",
    "savepoint_made": "the savepoint is made; the job ends",
    "stop_waits_for_job": "the stop waits until the job runs",
    "stop_waits_unseen": "the stop waits: the JobManager does not answer",
    "stop_failed": "the stop failed and the job runs on: {message}",
    "stop_interrupted": "the JobManager was lost under the stop: cancel, then start from the newest snapshot",
    "stop_unproven": "the job ended for the stop, and its savepoint cannot be proven: {fault}",
    "stop_answer_checked": "Flink says that the stop failed; its folder is read before that is believed",
    "no_checkpointing": "the JobManager was lost, and the job takes no checkpoints: a person must choose",
    "stop_waited_in_vain": "the job restarts again and again and cannot be stopped with a savepoint: cancel it",
    "trigger_forgotten": "the JobManager has forgotten the savepoint; its folder is read before another is made",
    "stopped_after_loss": "the savepoint is proven, and nothing was written after it",
    "collecting_logs": "the job has ended; the engine is being ended and its logs are kept",
    "engine_will_not_end": "the engine does not end; a person must look",
    # ends
    "run_stopped": "stopped, with a savepoint",
    "run_canceled": "canceled",
    "run_finished": "finished: its input ended",
    "run_failed": "failed: {message}",
    # the agent's and Flink's words on a job that never came to be
    "sql_invalid": "the SQL is not valid: {message}",
    "sql_refused": "the script cannot run as one job: {message}",
    "reserved_key": "a reserved key is set: {message}",
    "missing_class": "a class or connector is missing: {message}",
    "restore_failed": "the job could not be restored: {message}",
    "submit_failed": "the job could not be submitted: {message}",
    "no_job": "the script starts no job: {message}",
    "main_threw": "the program's main threw: {message}",
    "no_main": "the program has no main that can be called: {message}",
    "second_execute": "the program executes a second job: {message}",
    "exited": "the program ended the JobManager: {message}",
    "runner_failed": "the runner failed: {message}",
    # what happened, as events
    "run_created": "a run was started by {actor}",
    "phase_changed": "{before} → {after}: {text}",
    "intent_stop": "{actor} wants it stopped with a savepoint",
    "intent_cancel": "{actor} wants it canceled",
    "intent_savepoint": "{actor} wants a savepoint",
    "intent_restart": "{actor} wants version {version} to run in its place, from {from}",
    "intent_void": "the {intent} no longer applies: the run has ended",
    "restarted": "run {next} of version {version} follows",
    "restart_unfollowed": "no run follows: {why}",
    "restarted_from": "the savepoint of run {run}, as {actor} chose",
    "intent_failed": "the {intent} failed; the job runs on: {cause}",
    "action_begun": "{action} begins",
    "action_done": "{action} is done",
    "action_failed": "{action} failed: {message}",
    "hello": "the JobManager's agent says hello",
    "compiled": "the SQL is compiled",
    "submitted": "the job is submitted",
    "tasks_running": "every task runs",
    "taskmanager_ended": "{name} has ended: {why}",
    "first_checkpoint": "the first checkpoint is complete",
    "restored": "Flink restored {path}",
    "outcome_learnt": "the outcome is {status}, said by {source}",
    "status": "Flink's job status: {old} → {new}",
    "failed": "the job was not submitted: {message}",
    "waiting": "the job is not submitted yet after {ms} ms; a thread dump was taken",
    "outcome": "the agent's last word: {status}",
    "bye": "the JobManager's agent says goodbye",
    "snapshot_broken": "{path} does not hold and is passed over: {fault}",
    "snapshot_sampled": "{path} is proven by sample: {note}",
    "snapshot_recorded": "{kind} {checkpoint_id} is recorded, proven to level {proven}",
}


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def tell(code: str, fields: Mapping[str, object]) -> str:
    """The sentence for a code; an unknown code is its own sentence, a missing field a question mark."""
    known = {key: str(value) for key, value in fields.items()}
    return SENTENCES.get(code, code.replace("_", " ")).format_map(_Blank(known))


def tell_reason(reason: Reason) -> str:
    """The sentence for a reason."""
    return tell(reason.code, reason.fields)
