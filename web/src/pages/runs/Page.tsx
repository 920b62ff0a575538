import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { runsQuery } from "../../api/queries";
import { useReader } from "../../i18n/language";
import { tell } from "../../i18n/sentence";
import { Empty, Region } from "../../parts/page/States";
import { PhaseBadge } from "../../parts/status/Badges";
import { isTerminal } from "../../parts/status/vocabulary";
import { Lasted, When } from "../../parts/time/Times";

export default function Runs() {
  const { t, language } = useReader();
  const path = useParams({ from: "/p/$project/jobs/$job" });
  const runs = useInfiniteQuery(runsQuery(path));
  const items = runs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Region query={runs} height={240}>
      {() =>
        items.length === 0 ? (
          <Empty title={t("runs.empty")} text={t("runs.emptyText")} />
        ) : (
          <section className="rh-panel rh-scroll" aria-labelledby="runs">
            <h2 id="runs">{t("runs.title")}</h2>
            <table className="rh-table">
              <thead>
                <tr>
                  <th>{t("runs.run")}</th>
                  <th>{t("runs.status")}</th>
                  <th>{t("runs.version")}</th>
                  <th>{t("runs.started")}</th>
                  <th>{t("runs.lasted")}</th>
                  <th>{t("runs.by")}</th>
                  <th>{t("runs.why")}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((run) => (
                  <tr key={run.id}>
                    <td className="rh-nowrap">
                      <Link
                        className="rh-link"
                        to="/p/$project/jobs/$job/runs/$run"
                        params={{ ...path, run: String(run.number) }}
                      >
                        {t("run.title", { run: run.number })}
                      </Link>
                    </td>
                    <td>
                      <PhaseBadge
                        phase={run.phase}
                        isUnseen={!isTerminal(run.phase) && run.health === "unknown"}
                      />
                    </td>
                    <td className="rh-num">{run.version}</td>
                    <td className="rh-nowrap">
                      <When at={run.created_at} />
                    </td>
                    <td className="rh-nowrap">
                      <Lasted from={run.created_at} to={run.ended_at} />
                    </td>
                    <td>{run.created_by}</td>
                    <td className="rh-runs-why">{tell(run.reason, language, t)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {runs.hasNextPage && (
              <Button
                variant="default"
                size="xs"
                loading={runs.isFetchingNextPage}
                onClick={() => void runs.fetchNextPage()}
              >
                {t("common.more")}
              </Button>
            )}
          </section>
        )
      }
    </Region>
  );
}
