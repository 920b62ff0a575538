import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { JobView, SnapshotView } from "../../api/client";
import { useLive } from "../../api/live";
import { type JobPath, jobQuery, latestRunQuery, snapshotsQuery } from "../../api/queries";
import { useReader, useT } from "../../i18n/language";
import type { Translate } from "../../i18n/t";
import { narrow, offer, standingOf } from "../../parts/action/offer";
import { formatBytes, formatDuration } from "../../parts/format";
import { CopyButton } from "../../parts/page/CopyButton";
import { ExplainedButton } from "../../parts/page/ExplainedButton";
import { Empty, Region } from "../../parts/page/States";
import { usePlanner } from "../../parts/plan/planner";
import { useMay } from "../../parts/role";
import { Proof } from "../../parts/snapshot/Proof";
import { isTerminal } from "../../parts/status/vocabulary";
import { When } from "../../parts/time/Times";

/** What can I start from. */
export default function Snapshots() {
  const t = useT();
  const path = useParams({ from: "/p/$project/jobs/$job" });
  const { kind } = useSearch({ from: "/p/$project/jobs/$job/snapshots" });
  const navigate = useNavigate({ from: "/p/$project/jobs/$job/snapshots" });
  const job = useQuery(jobQuery(path));
  const snapshots = useLive(snapshotsQuery(path), { isLive: false });
  return (
    <Region query={job}>
      {(view) => (
        <Region query={snapshots} height={240}>
          {(all) => {
            if (all.length === 0) {
              const text = view.mode === "batch" ? t("snapshots.emptyBatch") : t("snapshots.emptyText");
              return <Empty title={t("snapshots.empty")} text={text} />;
            }
            const items = kind === undefined ? all : all.filter((each) => each.kind === kind);
            return (
              <section className="rh-panel" aria-labelledby="snapshots">
                <div className="rh-row rh-spread">
                  <h2 id="snapshots" className="rh-h2">
                    {t("snapshots.title")}
                  </h2>
                  <div className="rh-row">
                    <span className="rh-muted">{t("snapshots.count", { count: items.length })}</span>
                    <NativeSelect
                      size="xs"
                      aria-label={t("snapshots.kind")}
                      value={kind ?? ""}
                      data={[
                        { value: "", label: t("snapshots.anyKind") },
                        { value: "savepoint", label: t("kind.savepoint") },
                        { value: "checkpoint", label: t("kind.checkpoint") },
                      ]}
                      onChange={(event) => {
                        const value = event.currentTarget.value;
                        const search =
                          value === "savepoint" || value === "checkpoint" ? ({ kind: value } as const) : {};
                        void navigate({ search, replace: true });
                      }}
                    />
                  </div>
                </div>
                <p className="rh-muted">{t("snapshots.hint")}</p>
                {items.length === 0 ? (
                  <div className="rh-row">
                    <span>{t("snapshots.noMatch")}</span>
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => void navigate({ search: {}, replace: true })}
                    >
                      {t("jobs.clear")}
                    </Button>
                  </div>
                ) : (
                  <Table path={path} job={view} items={items} />
                )}
              </section>
            );
          }}
        </Region>
      )}
    </Region>
  );
}

function Table({ path, job, items }: { path: JobPath; job: JobView; items: SnapshotView[] }) {
  const { t, language } = useReader();
  const planner = usePlanner();
  const run = useQuery(latestRunQuery(path));
  const may = { operate: useMay("operator"), write: useMay("editor") };
  const can = run.data === undefined ? null : narrow(offer(standingOf(job, run.data), t), may);
  const isLive = run.data != null && !isTerminal(run.data.phase);
  const kind = isLive ? "restart" : "start";
  const word = isLive ? t("snapshots.restart") : t("snapshots.start");
  const whyNot = can === null ? t("common.loading") : can[kind];
  return (
    <div className="rh-scroll">
      <table className="rh-table rh-snapshots">
        <thead>
          <tr>
            <th>{t("snapshots.kind")}</th>
            <th>{t("snapshots.made")}</th>
            <th className="rh-end">{t("snapshots.size")}</th>
            <th className="rh-end">{t("snapshots.took")}</th>
            <th>{t("snapshots.how")}</th>
            <th>{t("snapshots.madeBy")}</th>
            <th>{t("snapshots.proven")}</th>
            <th>{t("snapshots.path")}</th>
            <th>
              <span className="rh-hear">{t("snapshots.start")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((each) => (
            <tr key={each.id}>
              <td className="rh-nowrap">{`${t(`kind.${each.kind}`)} ${each.checkpoint_id}`}</td>
              <td className="rh-nowrap">
                <When at={each.completed_at} />
              </td>
              <td className="rh-end rh-nowrap">
                {each.size_bytes === null ? "—" : formatBytes(each.size_bytes)}
              </td>
              <td className="rh-end rh-nowrap">
                {each.duration_ms === null ? "—" : formatDuration(each.duration_ms / 1000, language)}
              </td>
              <td className="rh-nowrap">{howOf(each, t)}</td>
              <td className="rh-nowrap">{t("snapshots.run", { run: each.run, attempt: each.attempt })}</td>
              <td>
                <Proof snapshot={each} />
                {each.fault !== null && <div className="rh-snapshot-fault">{each.fault}</div>}
              </td>
              <td>
                <span className="rh-row rh-path">
                  <code title={each.path}>{shortened(each.path.split("/").at(-1) ?? "")}</code>
                  <CopyButton text={each.path} label={t("common.copy")} />
                </span>
              </td>
              <td className="rh-end rh-nowrap">
                <ExplainedButton
                  size="xs"
                  variant="default"
                  why={
                    each.proven === 0
                      ? t("snapshots.unproven", { fault: each.fault ?? t("snapshots.unread") })
                      : whyNot
                  }
                  aria-label={t(isLive ? "snapshots.restartNamed" : "snapshots.startNamed", {
                    kind: t(`kind.${each.kind}`),
                    id: String(each.checkpoint_id),
                  })}
                  onClick={() => planner(kind, { snapshot: each.id })}
                >
                  {word}
                </ExplainedButton>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const LONGEST = 26;

/** The beginning and the end of a name; all of it is in its title and in what is copied. */
function shortened(name: string): string {
  return name.length <= LONGEST ? name : `${name.slice(0, 16)}…${name.slice(-8)}`;
}

/** Aligned or not, canonical or native: what is not known is not said. */
function howOf({ aligned, native, kind }: SnapshotView, t: Translate): string {
  const words = [
    ...(native === null || kind === "checkpoint" ? [] : [t(native ? "format.native" : "format.canonical")]),
    ...(aligned === null ? [] : [t(aligned ? "snapshots.aligned" : "snapshots.unaligned")]),
  ];
  return words.length === 0 ? "—" : words.join(" · ");
}
