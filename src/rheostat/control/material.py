"""Make the launch spec of an attempt: the same value for the same attempt, always."""

from rheostat.control.load import Loaded
from rheostat.control.world import World
from rheostat.core.effective import launch_conf
from rheostat.core.token import attempt_token
from rheostat.model.job import Mode
from rheostat.model.run import Attempt
from rheostat.ports import LaunchSpec


def launch_spec(world: World, loaded: Loaded, attempt: Attempt) -> LaunchSpec:
    """All that the engine is made from."""
    content, job = loaded.version.content, loaded.job
    return LaunchSpec(
        attempt_id=attempt.id,
        flink_job_id=attempt.flink_job_id,
        flink=content.flink,
        job_name=f"{job.project.name}.{job.name}",
        is_streaming=job.mode is Mode.STREAMING,
        sql=content.sql,
        jar=content.jar,
        flink_configuration=launch_conf(content),
        restore=attempt.restore,
        checkpoint_dir=world.checkpoint_dir(job.id),
        savepoint_dir=world.savepoint_dir(job.id),
        ports=attempt.ports,
        token=attempt_token(world.ingest_key, attempt.id),
    )
