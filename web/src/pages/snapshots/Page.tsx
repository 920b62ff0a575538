import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { JobView, SnapshotView } from "../../api/client";
import { useLive } from "../../api/live";
import { type JobPath, jobQuery, latestRunQuery, snapshotsQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { offer } from "../../parts/action/offer";
import { formatBytes } from "../../parts/format";
import { CopyButton } from "../../parts/page/CopyButton";
import { ExplainedButton } from "../../parts/page/ExplainedButton";
import { Empty, Region } from "../../parts/page/States";
import { usePlanner } from "../../parts/plan/planner";
import { Badge } from "../../parts/status/Badges";
import { When } from "../../parts/time/Times";

/** What can I start from. */
export default function Snapshots() {
  const t = useT();
  const path = useParams({ from: "/p/$project/jobs/$job" });
  const { kind } = useSearch({ from: "/p/$project/jobs/$job/snapshots" });
  const navigate = useNavigate({ from: "/p/$project/jobs/$job/snapshots" });
  const job = useQuery(jobQuery(path));
  const snapshots = useLive(snapshotsQuery(path));
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
  const t = useT();
  const planner = usePlanner();
  const run = useQuery(latestRunQuery(path));
  const whyNot = run.data === undefined ? t("common.loading") : offer(job, run.data, t).start;
  return (
    <div className="rh-scroll">
      <table className="rh-table">
        <thead>
          <tr>
            <th>{t("snapshots.kind")}</th>
            <th>{t("snapshots.made")}</th>
            <th className="rh-end">{t("snapshots.size")}</th>
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
              <td className="rh-nowrap">{t("snapshots.run", { run: each.run, attempt: each.attempt })}</td>
              <td>
                <Proof snapshot={each} />
              </td>
              <td>
                <span className="rh-row rh-path">
                  <code title={each.path}>{each.path.split("/").at(-1)}</code>
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
                  aria-label={t("snapshots.startNamed", {
                    kind: t(`kind.${each.kind}`),
                    id: String(each.checkpoint_id),
                  })}
                  onClick={() => planner.chooseStart({ snapshot: each.id })}
                >
                  {t("snapshots.start")}
                </ExplainedButton>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Proof({ snapshot }: { snapshot: SnapshotView }) {
  const t = useT();
  if (snapshot.fault !== null)
    return <Badge tone="bad" icon="octagon" text={t("proven.bad")} title={snapshot.fault} />;
  if (snapshot.proven === 0)
    return <Badge tone="blind" icon="eye" text={t("proven.0")} title={t("proven.0hint")} />;
  const level = snapshot.proven;
  return (
    <Badge
      tone={level === 2 ? "ok" : "work"}
      icon={level === 2 ? "check" : "shield"}
      text={t(`proven.${level}`)}
      title={t(`proven.${level}hint`)}
    />
  );
}
