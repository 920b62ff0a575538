import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { JobView, RunView } from "../../api/client";
import { versionQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { isSameContent } from "../../parts/diff/same";
import { EvidencePill } from "../../parts/evidence/EvidencePill";
import { HealthBadge, PhaseBadge } from "../../parts/status/Badges";
import { isTerminal, phaseOf } from "../../parts/status/vocabulary";
import { Lasted } from "../../parts/time/Times";
import { Actions } from "./Actions";

interface HeadProps {
  job: JobView;
  run: RunView | null;
  /** False while nothing is known about runs: no action is offered on a guess. */
  isKnown: boolean;
}

/** How the job stands, what can be done, and where its pages are. */
export function Head({ job, run, isKnown }: HeadProps) {
  const t = useT();
  const path = { project: job.project, job: job.name };
  const hasEnded = run !== null && isTerminal(run.phase);
  const isUnseen = run !== null && !hasEnded && run.health === "unknown";
  return (
    <header className="rh-head">
      <div className="rh-row rh-spread">
        <div className="rh-row">
          <h1 className="rh-h1">{job.name}</h1>
          <PhaseBadge phase={run?.phase ?? phaseOf(job)} isUnseen={isUnseen} />
          {run !== null && !hasEnded && (
            <span className="rh-muted">
              <Lasted from={run.since} to={run.ended_at} />
            </span>
          )}
          {run !== null && !hasEnded && <HealthBadge health={run.health} />}
          {run !== null && <EvidencePill evidence={run.evidence} hasEnded={hasEnded} />}
        </div>
        <Actions job={job} run={run} isKnown={isKnown} />
      </div>
      <Facts job={job} run={run} />
      <nav className="rh-tabs" aria-label={t("tab.label")}>
        <Link to="/p/$project/jobs/$job" params={path} activeOptions={{ exact: true }}>
          {t("tab.overview")}
        </Link>
        <Link to="/p/$project/jobs/$job/edit" params={path}>
          {t("tab.edit")}
        </Link>
        <Link to="/p/$project/jobs/$job/versions" params={path}>
          {t("tab.versions")}
        </Link>
        <Link to="/p/$project/jobs/$job/runs" params={path}>
          {t("tab.runs")}
        </Link>
        <Link to="/p/$project/jobs/$job/operations" params={path}>
          {t("tab.operations")}
        </Link>
        <Link to="/p/$project/jobs/$job/snapshots" params={path}>
          {t("tab.snapshots")}
        </Link>
      </nav>
    </header>
  );
}

function Facts({ job, run }: { job: JobView; run: RunView | null }) {
  const t = useT();
  const path = { project: job.project, job: job.name };
  const newest = useQuery({ ...versionQuery(path, job.version ?? 1), enabled: job.version !== null });
  const facts = [
    job.version === null
      ? t("job.noVersion")
      : t("job.newestVersion", { version: run?.version ?? job.version }),
    `${t(`mode.${job.mode}`)} ${t(`jobkind.${job.kind}`)}`,
    t("job.flink", { flink: job.draft.flink }),
    ...(run === null ? [] : [t("job.run", { run: run.number })]),
  ];
  const differs = newest.data !== undefined && !isSameContent(newest.data.content, job.draft);
  return (
    <p className="rh-muted rh-head-facts">
      {facts.join(" · ")}
      {differs && (
        <>
          {" · "}
          <Link
            className="rh-link"
            to="/p/$project/jobs/$job/versions/$number"
            params={{ ...path, number: String(job.version) }}
            search={{ with: "draft" }}
          >
            {t("job.draftDiffers", { version: job.version ?? 1 })}
          </Link>
        </>
      )}
    </p>
  );
}
