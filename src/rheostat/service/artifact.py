"""Artifacts: JARs of a project. The bytes are kept by `ports.Artifacts`; here is what is known of them."""

import datetime as dt

import sqlalchemy as sa

from rheostat.model.job import Artifact
from rheostat.ports import Received
from rheostat.store import artifact as artifacts
from rheostat.store import project as projects
from rheostat.wire.artifact import ArtifactView
from rheostat.wire.common import Page


def check_project(conn: sa.Connection, project_name: str) -> None:
    """`NotFound` before anything is received for a project that is not there."""
    projects.load_project(conn, project_name)


def record_artifact(
    conn: sa.Connection,
    project_name: str,
    received: Received,
    about: tuple[str, str],
    now: dt.datetime,
) -> tuple[ArtifactView, bool]:
    """Note what was received, by file name and actor; False = the project knew it, under its first name."""
    project = projects.load_project(conn, project_name)
    name, actor = about
    new = Artifact(
        project_id=project.id,
        digest=received.digest,
        name=name,
        size_bytes=received.size_bytes,
        main=received.main,
        created_at=now,
        created_by=actor,
    )
    is_new = artifacts.save_artifact(conn, new)
    return artifact_view(artifacts.load_artifact(conn, project, received.digest)), is_new


def show_artifact(conn: sa.Connection, project_name: str, digest: str) -> ArtifactView:
    """One artifact, or `NotFound`."""
    project = projects.load_project(conn, project_name)
    return artifact_view(artifacts.load_artifact(conn, project, digest))


def list_artifacts(
    conn: sa.Connection, project_name: str, after: str | None, limit: int
) -> Page[ArtifactView]:
    """A page, newest first."""
    project = projects.load_project(conn, project_name)
    found = artifacts.list_artifacts(conn, project, after, limit + 1)
    items = [artifact_view(each) for each in found[:limit]]
    return Page(items=items, next=items[-1].digest if len(found) > limit else None)


def artifact_view(artifact: Artifact) -> ArtifactView:
    """An artifact."""
    return ArtifactView(
        digest=artifact.digest,
        name=artifact.name,
        size_bytes=artifact.size_bytes,
        main=artifact.main,
        created_at=artifact.created_at,
        created_by=artifact.created_by,
    )
