"""JARs, options of wishes, more about snapshots and tokens."""

import sqlalchemy as sa
from alembic import op

from rheostat.store.columns import Instant, Json

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "artifact",
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("main", sa.Text()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_artifact_project_id_project")
        ),
        sa.PrimaryKeyConstraint("project_id", "digest", name=op.f("pk_artifact")),
    )
    op.add_column("intent", sa.Column("options", Json))
    op.add_column("job", sa.Column("draft_digest", sa.Text()))
    op.add_column("operation", sa.Column("options", Json))
    op.add_column("snapshot", sa.Column("duration_ms", sa.BigInteger()))
    op.add_column("snapshot", sa.Column("aligned", sa.Boolean()))
    op.add_column("snapshot", sa.Column("native", sa.Boolean()))
    op.add_column("snapshot", sa.Column("max_parallelism", sa.Integer()))
    op.add_column("snapshot", sa.Column("metadata_version", sa.Integer()))
    op.add_column("token", sa.Column("created_by", sa.Text()))
    op.add_column("token", sa.Column("expires_at", Instant()))
    op.add_column("token", sa.Column("used_at", Instant()))
