import { Link, Outlet, useParams } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import type { Wish } from "../../api/change";
import { useLive } from "../../api/live";
import { jobQuery, latestRunQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Region } from "../../parts/page/States";
import { PlanDialog } from "../../parts/plan/PlanDialog";
import { type Planner, PlannerContext, type StartPreset } from "../../parts/plan/planner";
import { RestartDialog } from "../../parts/plan/RestartDialog";
import { StartDialog } from "../../parts/plan/StartDialog";
import { PHASES, phaseOf } from "../../parts/status/vocabulary";
import { Head } from "./Head";
import "./job.css";

/** Around every page of one job: how it stands, what can be done, and where its pages are. */
export default function JobLayout() {
  const t = useT();
  const path = useParams({ from: "/p/$project/jobs/$job" });
  const job = useLive(jobQuery(path));
  const run = useLive(latestRunQuery(path));
  const [wish, setWish] = useState<Wish | null>(null);
  const [preset, setPreset] = useState<StartPreset | null>(null);
  const [restart, setRestart] = useState<{ version: number | null } | null>(null);
  const planner = useMemo<Planner>(
    () => ({
      plan: setWish,
      chooseStart: (given = {}) => setPreset(given),
      chooseRestart: (version) => setRestart({ version: version ?? null }),
    }),
    [],
  );
  const phase = job.data === undefined ? null : phaseOf(job.data);
  useEffect(() => {
    const word = phase === null ? "" : ` · ${t(PHASES[phase].text)}`;
    document.title = `${path.job}${word} · ${t("app.name")}`;
  }, [path.job, phase, t]);
  return (
    <div className="rh-stack">
      <nav aria-label={t("nav.here")} className="rh-crumbs">
        <Link className="rh-link" to="/p/$project/jobs" params={{ project: path.project }}>
          {t("jobs.title")}
        </Link>
        <span aria-hidden="true">{"/"}</span>
        <span>{path.job}</span>
      </nav>
      <Region
        query={job}
        isPage
        notFound={
          <Link className="rh-link" to="/p/$project/jobs" params={{ project: path.project }}>
            {t("error.toJobs")}
          </Link>
        }
      >
        {(view) => (
          <PlannerContext value={planner}>
            <Head job={view} run={run.data ?? null} isKnown={run.data !== undefined} planner={planner} />
            <Outlet />
            {preset !== null && wish === null && (
              <StartDialog
                path={path}
                job={view}
                preset={preset}
                onPlan={setWish}
                onClose={() => setPreset(null)}
              />
            )}
            {restart !== null && wish === null && (
              <RestartDialog
                path={path}
                job={view}
                first={restart.version}
                onPlan={setWish}
                onClose={() => setRestart(null)}
              />
            )}
            {wish !== null && (
              <PlanDialog
                path={path}
                mode={view.mode}
                wish={wish}
                onClose={() => {
                  setWish(null);
                  setPreset(null);
                  setRestart(null);
                }}
              />
            )}
          </PlannerContext>
        )}
      </Region>
    </div>
  );
}
