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
import { ExplainedButton } from "../../parts/page/ExplainedButton";
import { ErrorPanel, Region } from "../../parts/page/States";
import { usePlanner } from "../../parts/plan/planner";
import { useMay } from "../../parts/role";
import { isTerminal } from "../../parts/status/vocabulary";
import { Configuration, Settings } from "./Configuration";
import { Conflict } from "./Conflict";
import { doubleKeys } from "./draft";
import { JarEditor } from "./JarEditor";
import { ProblemList } from "./ProblemList";
import { PolicyForm, ResourceForm } from "./Sizes";
import { type Draft, useDraft } from "./useDraft";
import "./editor.css";

export default function EditorPage() {
  const path = useParams({ from: "/p/$project/jobs/$job" });
  const job = useQuery(jobQuery(path));
  return <Region query={job}>{(view) => <Editor key={view.id} path={path} job={view} />}</Region>;
}

function Editor({ path, job }: { path: JobPath; job: JobView }) {
  const t = useT();
  const { line, kind } = useSearch({ from: "/p/$project/jobs/$job/edit" });
  const draft = useDraft(path, job, kind);
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
          <KindSwitch kind={fields.kind} onPick={(kind) => change({ kind })} />
          {fields.kind === "sql" ? (
            <>
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
            </>
          ) : (
            <JarEditor
              project={path.project}
              jar={fields.jar}
              faults={problems.fields}
              onChange={(jar) => change({ jar })}
            />
          )}
          <ProblemList problems={problems} onGo={setGoTo} />
        </div>
        <div className="rh-stack">
          <Settings fields={fields} onChange={change} />
          <ResourceForm fields={fields} mode={job.mode} faults={problems.fields} onChange={change} />
          <PolicyForm fields={fields} mode={job.mode} faults={problems.fields} onChange={change} />
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
            <Button
              variant="default"
              onClick={() => {
                draft.discard();
                blocker.proceed();
              }}
            >
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

const KINDS = ["sql", "jar"] as const;

/** A script or a program: what the other one held is kept until the draft is saved. */
function KindSwitch({ kind, onPick }: { kind: "sql" | "jar"; onPick: (kind: "sql" | "jar") => void }) {
  const t = useT();
  return (
    <fieldset className="rh-switch rh-kinds">
      <legend className="rh-hear">{t("jobs.kind")}</legend>
      {KINDS.map((each) => (
        <button key={each} type="button" aria-pressed={each === kind} onClick={() => onPick(each)}>
          {t(`jobkind.${each}`)}
        </button>
      ))}
    </fieldset>
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
  const whyNot = useMay("editor");
  const blocked = hasDouble ? t("editor.doubleKey") : draft.theirs !== null ? t("error.stale") : null;
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
          <ExplainedButton
            variant={isDirty ? "filled" : "default"}
            why={whyNot ?? (isDirty ? blocked : t("editor.nothingToSave"))}
            loading={save.isPending}
            onClick={() => {
              if (canSave) save.mutate();
            }}
          >
            {t("editor.save")}
          </ExplainedButton>
          <ExplainedButton
            variant={isDirty || isPublished ? "default" : "filled"}
            why={whyNot ?? blocked}
            loading={release.isPending}
            onClick={() => release.mutate()}
          >
            {t("editor.publish")}
          </ExplainedButton>
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
            onClick={() => planner(isLive ? "restart" : "start", { version: published.version })}
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
