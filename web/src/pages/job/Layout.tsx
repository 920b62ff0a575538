import { Link, Outlet, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { useLive } from "../../api/live";
import { jobQuery, latestRunQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Region } from "../../parts/page/States";
import type { Asked } from "../../parts/plan/ActionHost";
import { type Planner, PlannerContext } from "../../parts/plan/planner";
import { isTerminal, PHASES, phaseOf } from "../../parts/status/vocabulary";
import { Head } from "./Head";
import "./job.css";

const ActionHost = lazy(async () => ({ default: (await import("../../parts/plan/ActionHost")).ActionHost }));

/** Around every page of one job: how it stands, what can be done, and where its pages are. */
export default function JobLayout() {
  const t = useT();
  const path = useParams({ from: "/p/$project/jobs/$job" });
  const job = useLive(jobQuery(path));
  const latest = latestRunQuery(path);
  const run = useLive(latest, { isLive: job.data?.phase == null || !isTerminal(job.data.phase) });
  const [asked, setAsked] = useState<Asked | null>(null);
  const planner = useCallback<Planner>((kind, preset = {}) => setAsked({ kind, preset }), []);
  const phase = job.data === undefined ? null : phaseOf(job.data);
  useEffect(() => {
    const word = phase === null ? "" : ` · ${t(PHASES[phase].text)}`;
    document.title = `${path.job}${word} · ${t("app.name")}`;
  }, [path.job, phase, t]);
  const toJobs = (text: string) => (
    <Link className="rh-link" to="/p/$project/jobs" params={{ project: path.project }}>
      {text}
    </Link>
  );
  return (
    <div className="rh-stack">
      <nav aria-label={t("nav.here")} className="rh-crumbs">
        {toJobs(t("jobs.title"))}
        <span aria-hidden="true">{"/"}</span>
        <span>{path.job}</span>
      </nav>
      <Region query={job} isPage notFound={toJobs(t("error.toJobs"))}>
        {(view) => (
          <PlannerContext value={planner}>
            <Head job={view} run={run.data ?? null} isKnown={run.data !== undefined} />
            <Outlet />
            {asked !== null && (
              <Suspense>
                <ActionHost path={path} job={view} asked={asked} onClose={() => setAsked(null)} />
              </Suspense>
            )}
          </PlannerContext>
        )}
      </Region>
    </div>
  );
}
