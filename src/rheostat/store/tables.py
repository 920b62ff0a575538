"""The tables. Migrations in `migrations/` lead here; a test compares the two."""

import sqlalchemy as sa

from rheostat.store.columns import BigId, Instant, Json

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

installation = sa.Table(
    "installation",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
)

leader = sa.Table(
    "leader",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("since", Instant, nullable=False),
)

token = sa.Table(
    "token",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", sa.Text),
    sa.Column("expires_at", Instant),
    sa.Column("used_at", Instant),
    sa.Column("revoked_at", Instant),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("token_id", sa.Text, sa.ForeignKey("token.id"), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)

signin_code = sa.Table(
    "signin_code",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("token_id", sa.Text, sa.ForeignKey("token.id"), nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

project = sa.Table(
    "project",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
)

artifact = sa.Table(
    "artifact",
    metadata,
    sa.Column("project_id", sa.Text, sa.ForeignKey("project.id"), primary_key=True),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("main", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
)

job = sa.Table(
    "job",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("project.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("draft", Json, nullable=False),
    sa.Column("draft_digest", sa.Text),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("deleted_at", Instant),
    sa.UniqueConstraint("project_id", "name"),
)

version = sa.Table(
    "version",
    metadata,
    sa.Column("job_id", sa.Text, sa.ForeignKey("job.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", Json, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
)

run = sa.Table(
    "run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("job_id", sa.Text, sa.ForeignKey("job.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("reason", Json, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("reason_since", Instant, nullable=False),
    sa.Column("base", Json, nullable=False),
    sa.Column("health", Json, nullable=False),
    sa.Column("outcome", Json),
    sa.Column("resolved", Json),
    sa.Column("unresolved", Json),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("ended_at", Instant),
    sa.UniqueConstraint("job_id", "number"),
    sa.Index("ix_run_ended_at", "ended_at"),
)

intent = sa.Table(
    "intent",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("run_id", sa.Text, sa.ForeignKey("run.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("version", sa.Integer),
    sa.Column("options", Json),
    sa.Column("closed_at", Instant),
    sa.Column("result", sa.Text),
    sa.Index(
        "uq_intent_open",
        "run_id",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("run_id", sa.Text, sa.ForeignKey("run.id"), nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("flink_job_id", sa.Text, nullable=False, unique=True),
    sa.Column("ports", Json, nullable=False),
    sa.Column("restore", Json, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("launched_at", Instant),
    sa.Column("running_at", Instant),
    sa.Column("checkpoint_at", Instant),
    sa.Column("last_seen_processing_at", Instant),
    sa.Column("outcome", Json),
    sa.Column("trouble", Json),
    sa.Column("ended_at", Instant),
    sa.UniqueConstraint("run_id", "ordinal"),
)

operation = sa.Table(
    "operation",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("attempt_id", sa.Text, sa.ForeignKey("attempt.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("directory", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("location", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("options", Json),
    sa.Index("ix_operation_attempt_id", "attempt_id"),
)

snapshot = sa.Table(
    "snapshot",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("job_id", sa.Text, sa.ForeignKey("job.id"), nullable=False),
    sa.Column("run_id", sa.Text, sa.ForeignKey("run.id"), nullable=False),
    sa.Column("attempt_id", sa.Text, sa.ForeignKey("attempt.id"), nullable=False),
    sa.Column("attempt_ordinal", sa.Integer, nullable=False),
    sa.Column("flink_job_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("checkpoint_id", sa.BigInteger, nullable=False),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    sa.Column("completed_at", Instant, nullable=False),
    sa.Column("size_bytes", sa.BigInteger),
    sa.Column("proven", sa.Integer, nullable=False),
    sa.Column("fault", sa.Text),
    sa.Column("duration_ms", sa.BigInteger),
    sa.Column("aligned", sa.Boolean),
    sa.Column("native", sa.Boolean),
    sa.Column("max_parallelism", sa.Integer),
    sa.Column("metadata_version", sa.Integer),
    sa.Column("gone_at", Instant),
    sa.Index("ix_snapshot_job_id", "job_id"),
    sa.Index("ix_snapshot_run_id", "run_id"),
    sa.Index("ix_snapshot_attempt_id", "attempt_id"),
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("run_id", sa.Text, sa.ForeignKey("run.id"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer),
    sa.Column("actor", sa.Text),
    sa.Column("duration_ms", sa.Float),
    sa.Column("fields", Json, nullable=False),
    sa.Index("ix_event_run_id_id", "run_id", "id"),
)

push = sa.Table(
    "push",
    metadata,
    sa.Column("attempt_id", sa.Text, sa.ForeignKey("attempt.id"), primary_key=True),
    sa.Column("incarnation", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("body", Json, nullable=False),
)

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("attempt_id", sa.Text, sa.ForeignKey("attempt.id"), primary_key=True),
    sa.Column("pushed", Json),
    sa.Column("seen", Json),
    sa.Column("seen_at", Instant),
)
