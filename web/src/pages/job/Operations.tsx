import { Button } from "@mantine/core";
import { useInfiniteQuery, useQueries } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { RunView } from "../../api/client";
import { eventsQuery, type JobPath, runsQuery } from "../../api/queries";
import { useReader, useT } from "../../i18n/language";
import { tell } from "../../i18n/sentence";
import { Empty, Loading, Region } from "../../parts/page/States";
import { Badge } from "../../parts/status/Badges";
import { Lasted, When } from "../../parts/time/Times";
import { LOOKS, type Wished, wishesOf } from "./wishes";

/** What people asked of this job, and what came of it; open wishes first. */
export default function Operations() {
  const t = useT();
  const path = useParams({ from: "/p/$project/jobs/$job" });
  const runs = useInfiniteQuery(runsQuery(path));
  const items = runs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Region query={runs} height={240}>
      {() =>
        items.length === 0 ? (
          <Empty title={t("operations.empty")} text={t("runs.emptyText")} />
        ) : (
          <History
            path={path}
            runs={items}
            more={
              runs.hasNextPage && (
                <Button
                  variant="default"
                  size="xs"
                  loading={runs.isFetchingNextPage}
                  onClick={() => void runs.fetchNextPage()}
                >
                  {t("common.more")}
                </Button>
              )
            }
          />
        )
      }
    </Region>
  );
}

/** More runs than these are not read for one page. */
const RUNS_READ = 20;

function History({ path, runs, more }: { path: JobPath; runs: RunView[]; more: React.ReactNode }) {
  const t = useT();
  const read = runs.slice(0, RUNS_READ);
  const histories = useQueries({ queries: read.map((run) => eventsQuery(path, String(run.number))) });
  const wishes = read.flatMap((run, index) => wishesOf(run, histories[index]?.data ?? []));
  wishes.sort((a, b) => Number(b.state === "open") - Number(a.state === "open") || b.id - a.id);
  if (histories.some((each) => each.isPending)) return <Loading height={240} />;
  return (
    <section className="rh-panel rh-scroll" aria-labelledby="operations">
      <h2 id="operations">{t("operations.title")}</h2>
      <table className="rh-table">
        <thead>
          <tr>
            <th>{t("operations.what")}</th>
            <th>{t("operations.state")}</th>
            <th>{t("operations.by")}</th>
            <th>{t("operations.at")}</th>
            <th className="rh-end">{t("operations.took")}</th>
            <th>{t("runs.run")}</th>
            <th>{t("operations.end")}</th>
          </tr>
        </thead>
        <tbody>
          {wishes.map((wish) => (
            <Line key={wish.id} path={path} wish={wish} />
          ))}
        </tbody>
      </table>
      {runs.length > RUNS_READ && <p className="rh-muted">{t("operations.newest", { count: RUNS_READ })}</p>}
      {runs.length <= RUNS_READ && more}
    </section>
  );
}

function Line({ path, wish }: { path: JobPath; wish: Wished }) {
  const { t, language } = useReader();
  const look = LOOKS[wish.state];
  return (
    <tr>
      <td className="rh-nowrap">{t(`operation.${wish.kind}`)}</td>
      <td>
        <Badge tone={look.tone} icon={look.icon} text={t(`operations.${wish.state}`)} />
      </td>
      <td>{wish.actor ?? "—"}</td>
      <td className="rh-nowrap">
        <When at={wish.at} />
      </td>
      <td className="rh-end rh-nowrap">
        {wish.state === "open" || wish.endedAt !== null ? <Lasted from={wish.at} to={wish.endedAt} /> : "—"}
      </td>
      <td className="rh-nowrap">
        <Link
          className="rh-link"
          to="/p/$project/jobs/$job/runs/$run"
          params={{ ...path, run: String(wish.run) }}
        >
          {t("run.title", { run: wish.run })}
        </Link>
      </td>
      <td className="rh-runs-why">{wish.end === null ? "—" : tell(wish.end, language, t)}</td>
    </tr>
  );
}
