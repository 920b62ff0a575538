import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import type { JobRow } from "../../api/client";
import { AGES_MS } from "../../api/live";
import { jobCountQuery, jobListQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import type { ActionKind } from "../../parts/action/offer";
import { useKeys } from "../../parts/key/keys";
import { ExplainedButton } from "../../parts/page/ExplainedButton";
import { Empty, Region } from "../../parts/page/States";
import { useMay } from "../../parts/role";
import { Filter } from "./Filter";
import { Selected } from "./Selected";
import { isFiltered, type JobsSearch, toFilter } from "./search";
import { JobTable } from "./Table";
import "./jobs.css";

const NewJob = lazy(() => import("./NewJob"));
const RowAction = lazy(() => import("./RowAction"));
const BulkDialog = lazy(() => import("./BulkDialog"));

/** What was asked for in the list: a new job, an action of one row, or one of many. */
type Asked =
  | { what: "new" }
  | { what: "row"; job: JobRow; kind: ActionKind }
  | { what: "bulk"; jobs: JobRow[]; kind: "start" | "stop" | "savepoint" };

/** Find the jobs that need you, act on many. */
export default function Jobs() {
  const t = useT();
  const { project } = useParams({ from: "/p/$project/jobs" });
  const search = useSearch({ from: "/p/$project/jobs" });
  const navigate = useNavigate({ from: "/p/$project/jobs" });
  const [asked, setAsked] = useState<Asked | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const filter = useMemo(() => toFilter(search), [search]);
  const list = useInfiniteQuery({
    ...jobListQuery(project, filter),
    // That a job was made or deleted is only hinted; a long list says it by its count.
    refetchInterval: (query) => (query.state.data?.pages.length === 1 ? AGES_MS : false),
  });
  const counted = useQuery({
    ...jobCountQuery(project, filter),
    enabled: list.isSuccess,
    staleTime: 5000,
    refetchInterval: list.data?.pages.length === 1 ? false : AGES_MS,
  });
  const jobs = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const whyNotNew = useMay("editor");
  const { refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = list;
  useKeys(useMemo(() => ({ r: () => void refetch(), n: () => setAsked({ what: "new" }) }), [refetch]));
  useEffect(() => {
    document.title = `${t("jobs.title")} · ${project} · ${t("app.name")}`;
  }, [t, project]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list has other rows to choose from
  useEffect(() => setChosen(new Set()), [project, filter]);
  const change = (next: JobsSearch) => void navigate({ search: next, replace: true });
  const act = useCallback((job: JobRow, kind: ActionKind) => setAsked({ what: "row", job, kind }), []);
  const needMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const first = list.data?.pages[0];
  const total = counted.data?.total ?? first?.total ?? 0;
  const isNoJob = first !== undefined && first.items.length === 0 && !isFiltered(search);
  const newButton = (
    <ExplainedButton why={whyNotNew} onClick={() => setAsked({ what: "new" })}>
      {t("jobs.new")}
    </ExplainedButton>
  );
  return (
    <div className="rh-stack">
      <div className="rh-row rh-spread">
        <h1 className="rh-h1">{t("jobs.title")}</h1>
        {!isNoJob && newButton}
      </div>
      {!isNoJob && (
        <Filter
          search={search}
          counts={counted.data?.counts ?? first?.counts ?? {}}
          total={first === undefined ? null : total}
          onChange={change}
        />
      )}
      <Region query={list} height={320}>
        {() =>
          isNoJob ? (
            <Empty title={t("jobs.empty")} text={t("jobs.emptyText")}>
              {newButton}
            </Empty>
          ) : jobs.length === 0 ? (
            <Empty title={t("jobs.noMatch")}>
              <Button variant="default" onClick={() => change({})}>
                {t("jobs.clear")}
              </Button>
            </Empty>
          ) : (
            <>
              {first !== undefined && total !== first.total && (
                <div className="rh-notice rh-tone-calm" role="status">
                  {t("jobs.moved")}
                  <Button size="xs" variant="default" onClick={() => void refetch()}>
                    {t("jobs.refresh")}
                  </Button>
                </div>
              )}
              <Selected
                jobs={jobs}
                chosen={chosen}
                onChange={setChosen}
                onAct={(kind, some) => setAsked({ what: "bulk", kind, jobs: some })}
              />
              <JobTable
                project={project}
                jobs={jobs}
                total={total}
                chosen={chosen}
                onChoose={setChosen}
                onAct={act}
                onNeedMore={needMore}
              />
            </>
          )
        }
      </Region>
      <Suspense>
        {asked?.what === "new" && <NewJob project={project} onClose={() => setAsked(null)} />}
        {asked?.what === "row" && (
          <RowAction project={project} job={asked.job} kind={asked.kind} onClose={() => setAsked(null)} />
        )}
        {asked?.what === "bulk" && (
          <BulkDialog project={project} jobs={asked.jobs} kind={asked.kind} onClose={() => setAsked(null)} />
        )}
      </Suspense>
    </div>
  );
}
