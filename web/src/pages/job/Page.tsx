import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { JobView, RunView } from "../../api/client";
import { useLive } from "../../api/live";
import { type JobPath, jobQuery, latestRunQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Empty, Region } from "../../parts/page/States";
import { usePlanner } from "../../parts/plan/planner";
import { Recent } from "../../parts/run/Recent";
import { RunFacts } from "../../parts/run/RunFacts";
import { StartSteps } from "../../parts/run/StartSteps";
import { isTerminal } from "../../parts/status/vocabulary";

/** Is it all right, and if not, why. */
export default function Overview() {
  const path = useParams({ from: "/p/$project/jobs/$job" });
  const job = useQuery(jobQuery(path));
  const run = useLive(latestRunQuery(path));
  return (
    <Region query={job}>
      {(view) => (
        <Region query={run} height={240}>
          {(latest) =>
            latest === null ? (
              <NeverRan path={path} job={view} />
            ) : (
              <>
                <RunFacts path={path} run={latest} />
                <StartSteps path={path} run={String(latest.number)} />
                <Recent path={path} run={latest} />
                <Next path={path} run={latest} />
              </>
            )
          }
        </Region>
      )}
    </Region>
  );
}

function NeverRan({ path, job }: { path: JobPath; job: JobView }) {
  const t = useT();
  const planner = usePlanner();
  if (job.version === null) {
    return (
      <Empty title={t("job.neverRan")} text={t("job.neverRanDraft")}>
        <Link className="rh-link" to="/p/$project/jobs/$job/edit" params={path}>
          {t("versions.toEditor")}
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title={t("job.neverRan")} text={t("job.neverRanVersion", { version: job.version })}>
      <Button onClick={() => planner("start")}>{t("action.start")}</Button>
    </Empty>
  );
}

/** What makes sense now; the actions themselves are the buttons above. */
function Next({ path, run }: { path: JobPath; run: RunView }) {
  const t = useT();
  const number = String(run.number);
  const hasEnded = isTerminal(run.phase);
  return (
    <section className="rh-panel" aria-labelledby="next">
      <h2 id="next">{t("job.next")}</h2>
      <div className="rh-row">
        <Link className="rh-link" to="/p/$project/jobs/$job/runs/$run" params={{ ...path, run: number }}>
          {t("job.next.timeline")}
        </Link>
        <Link className="rh-link" to="/p/$project/jobs/$job/runs/$run/logs" params={{ ...path, run: number }}>
          {t("job.next.logs")}
        </Link>
        {run.phase === "failed" && (
          <Link
            className="rh-link"
            to="/p/$project/jobs/$job/runs/$run/exceptions"
            params={{ ...path, run: number }}
          >
            {t("job.next.exceptions")}
          </Link>
        )}
        {run.phase === "failed" && (
          <Link className="rh-link" to="/p/$project/jobs/$job/edit" params={path}>
            {t("job.next.edit")}
          </Link>
        )}
        {hasEnded && run.mode === "streaming" && (
          <Link className="rh-link" to="/p/$project/jobs/$job/snapshots" params={path}>
            {t("job.next.snapshots")}
          </Link>
        )}
      </div>
    </section>
  );
}
