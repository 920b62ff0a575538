import { NativeSelect } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { RunView } from "../../api/client";
import { useLive } from "../../api/live";
import { eventsQuery, type JobPath, runQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { CopyButton } from "../../parts/page/CopyButton";
import { Region } from "../../parts/page/States";
import { Events, isImportant } from "../../parts/run/Events";
import { RunFacts } from "../../parts/run/RunFacts";
import { StartSteps } from "../../parts/run/StartSteps";
import { isTerminal } from "../../parts/status/vocabulary";
import { RunHead } from "./RunHead";

/** One run: how it stands or ended, how it started, and everything that happened. */
export default function RunPage() {
  const { run, ...path } = useParams({ from: "/p/$project/jobs/$job/runs/$run" });
  const query = useLive(runQuery(path, run), { isLive: true });
  return (
    <div className="rh-stack">
      <RunHead path={path} run={run} view={query.data} />
      <Region query={query} height={320}>
        {(found) => (
          <>
            <RunFacts path={path} run={found} />
            <StartSteps path={path} run={String(found.number)} />
            <History path={path} run={found} />
          </>
        )}
      </Region>
    </div>
  );
}

function History({ path, run }: { path: JobPath; run: RunView }) {
  const t = useT();
  const { show } = useSearch({ from: "/p/$project/jobs/$job/runs/$run" });
  const navigate = useNavigate({ from: "/p/$project/jobs/$job/runs/$run" });
  const query = useLive(eventsQuery(path, String(run.number)), { isLive: !isTerminal(run.phase) });
  return (
    <Region query={query}>
      {(all) => (
        <section className="rh-panel" aria-labelledby="timeline">
          <div className="rh-row rh-spread">
            <h2 id="timeline" className="rh-h2">
              {t("run.timeline")}
            </h2>
            <div className="rh-row">
              <CopyButton
                text={all.map((event) => JSON.stringify(event)).join("\n")}
                label={t("timeline.copyAll")}
              />
              <NativeSelect
                size="xs"
                aria-label={t("timeline.level")}
                value={show ?? "important"}
                data={[
                  { value: "important", label: t("timeline.important") },
                  { value: "all", label: t("timeline.all") },
                ]}
                onChange={(event) => {
                  const search = event.currentTarget.value === "all" ? ({ show: "all" } as const) : {};
                  void navigate({ search, replace: true });
                }}
              />
            </div>
          </div>
          {all.length === 0 ? (
            <p className="rh-muted">{t("timeline.empty")}</p>
          ) : (
            <Events
              events={show === "all" ? all : all.filter(isImportant)}
              label={t("timeline.label", { run: run.number })}
            />
          )}
        </section>
      )}
    </Region>
  );
}
