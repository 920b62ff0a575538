import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useBlocker, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import type { JobView } from "../../api/client";
import { hasCode } from "../../api/problem";
import { type JobPath, jobQuery, latestRunQuery, versionQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { type Place, SqlEditor } from "../../parts/code/SqlEditor";
import { Dialog } from "../../parts/dialog/Dialog";
import { isSameContent } from "../../parts/diff/same";
import { ErrorPanel, Region } from "../../parts/page/States";
import { usePlanner } from "../../parts/plan/planner";
import { isTerminal } from "../../parts/status/vocabulary";
import { Configuration, Settings } from "./Configuration";
import { Conflict } from "./Conflict";
import { doubleKeys } from "./draft";
import { ProblemList } from "./ProblemList";
import { type Draft, useDraft } from "./useDraft";
import "./editor.css";

export default function EditorPage() {
  const path = useParams({ from: "/p/$project/jobs/$job" });
  const job = useQuery(jobQuery(path));
  return <Region query={job}>{(view) => <Editor key={view.id} path={path} job={view} />}</Region>;
}

function Editor({ path, job }: { path: JobPath; job: JobView }) {
  const t = useT();
  const { line } = useSearch({ from: "/p/$project/jobs/$job/edit" });
  const draft = useDraft(path, job);
  const [goTo, setGoTo] = useState<Place | null>(() => (line === undefined ? null : { line, column: 1 }));
  const { fields, problems, change, isDirty, save } = draft;
  const double = useMemo(() => doubleKeys(fields.rows), [fields.rows]);
  const canSave = isDirty && double.size === 0 && draft.theirs === null && !save.isPending;
  useSaveKey(canSave, () => save.mutate());
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  return (
    <div className="rh-stack">
      <Bar draft={draft} path={path} job={job} canSave={canSave} hasDouble={double.size > 0} />
      {draft.theirs !== null && <Conflict draft={draft} theirs={draft.theirs} />}
      <Failures draft={draft} />
      <div className="rh-editor">
        <div className="rh-editor-main">
          <div className="rh-editor-sql">
            <SqlEditor
              label={t("editor.sql")}
              value={fields.sql}
              onChange={(sql) => change({ sql })}
              problems={problems.sql}
              goTo={goTo}
            />
          </div>
          <p className="rh-muted rh-editor-foot">{t("editor.escape")}</p>
          <ProblemList problems={problems} onGo={setGoTo} />
        </div>
        <div className="rh-stack">
          <Settings fields={fields} onChange={change} />
          <Configuration
            rows={fields.rows}
            double={double}
            faults={problems.keys}
            onChange={(rows) => change({ rows })}
          />
        </div>
      </div>
      {blocker.status === "blocked" && (
        <Dialog title={t("editor.leave")} isOpen onClose={() => blocker.reset()} size="md">
          <p>{t("editor.leaveText")}</p>
          <div className="rh-dialog-end">
            <Button variant="default" onClick={() => blocker.proceed()}>
              {t("editor.discard")}
            </Button>
            <Button onClick={() => blocker.reset()} data-autofocus>
              {t("editor.stay")}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

/** Ctrl-S saves, wherever the focus is. */
function useSaveKey(canSave: boolean, onSave: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (canSave) onSave();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  });
}

interface BarProps {
  draft: Draft;
  path: JobPath;
  job: JobView;
  canSave: boolean;
  hasDouble: boolean;
}

/** Where the draft is on its way, and the next step as the one primary button. */
function Bar({ draft, path, job, canSave, hasDouble }: BarProps) {
  const t = useT();
  const { isDirty, save, release, base, published } = draft;
  const planner = usePlanner();
  const run = useQuery(latestRunQuery(path));
  const isLive = run.data != null && !isTerminal(run.data.phase);
  const newest = useQuery({ ...versionQuery(path, job.version ?? 1), enabled: job.version !== null });
  const isPublished = newest.data !== undefined && isSameContent(newest.data.content, base.content);
  const state = save.isPending
    ? t("editor.saving")
    : isDirty
      ? t("editor.unsaved")
      : t("editor.saved", { revision: base.revision });
  return (
    <>
      <div className="rh-row rh-spread">
        <div className="rh-row">
          <span role="status" className={isDirty ? "rh-unsaved" : "rh-muted"}>
            {state}
          </span>
          <span className="rh-muted">{t("editor.publishHint")}</span>
        </div>
        <div className="rh-row">
          <Button
            variant={isDirty ? "filled" : "default"}
            disabled={!canSave}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {t("editor.save")}
          </Button>
          <Button
            variant={isDirty || isPublished ? "default" : "filled"}
            disabled={hasDouble || draft.theirs !== null || save.isPending}
            loading={release.isPending}
            onClick={() => release.mutate()}
          >
            {t("editor.publish")}
          </Button>
        </div>
      </div>
      {published !== null && (
        <div className="rh-notice rh-tone-ok" role="status">
          {published.isNew
            ? t("editor.published", { version: published.version })
            : t("editor.unchanged", { version: published.version })}
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              isLive
                ? planner.chooseRestart(published.version)
                : planner.chooseStart({ version: published.version })
            }
          >
            {isLive ? t("version.run") : t("editor.startIt")}
          </Button>
        </div>
      )}
    </>
  );
}

/** What went wrong and is neither a list of problems nor a conflict: those have their own places. */
function Failures({ draft }: { draft: Draft }) {
  const shown = [draft.save.error, draft.release.error].find(
    (error) => error !== null && !hasCode(error, "invalid") && !hasCode(error, "stale"),
  );
  return shown == null ? null : <ErrorPanel error={shown} />;
}
