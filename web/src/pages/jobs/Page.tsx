import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import type { JobView } from "../../api/client";
import { useLive } from "../../api/live";
import { jobsQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Empty, Region } from "../../parts/page/States";
import { PHASES, type PhaseWord, phaseOf } from "../../parts/status/vocabulary";
import { NewJob } from "./NewJob";
import type { JobsSearch } from "./search";
import { JobTable } from "./Table";
import "./jobs.css";

/** Free text over the name, and the phase: both must fit. */
export function matches(job: JobView, { q, phase }: JobsSearch): boolean {
  if (phase !== undefined && phaseOf(job) !== phase) return false;
  return q === undefined || job.name.toLowerCase().includes(q.toLowerCase());
}

export default function Jobs() {
  const t = useT();
  const { project } = useParams({ from: "/p/$project/jobs" });
  const search = useSearch({ from: "/p/$project/jobs" });
  const navigate = useNavigate({ from: "/p/$project/jobs" });
  const [isNew, setNew] = useState(false);
  const query = useLive(jobsQuery(project));
  const items = query.data?.items;
  const shown = useMemo(() => (items ?? []).filter((job) => matches(job, search)), [items, search]);
  useEffect(() => {
    document.title = `${t("jobs.title")} · ${project} · ${t("app.name")}`;
  }, [t, project]);
  const change = (next: JobsSearch) => void navigate({ search: next, replace: true });
  return (
    <div className="rh-stack">
      <div className="rh-row rh-spread">
        <h1 className="rh-h1">{t("jobs.title")}</h1>
        <Button onClick={() => setNew(true)}>{t("jobs.new")}</Button>
      </div>
      <Region query={query} height={320}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty title={t("jobs.empty")} text={t("jobs.emptyText")}>
              <Button onClick={() => setNew(true)}>{t("jobs.new")}</Button>
            </Empty>
          ) : (
            <>
              <Filter
                jobs={data.items}
                isWhole={data.isWhole}
                shown={shown.length}
                search={search}
                onChange={change}
              />
              {shown.length === 0 ? (
                <Empty title={t("jobs.noMatch")}>
                  <Button variant="default" onClick={() => change({})}>
                    {t("jobs.clear")}
                  </Button>
                </Empty>
              ) : (
                <JobTable project={project} jobs={shown} />
              )}
            </>
          )
        }
      </Region>
      {isNew && <NewJob project={project} onClose={() => setNew(false)} />}
    </div>
  );
}

interface FilterProps {
  jobs: JobView[];
  isWhole: boolean;
  shown: number;
  search: JobsSearch;
  onChange: (next: JobsSearch) => void;
}

function Filter({ jobs, isWhole, shown, search, onChange }: FilterProps) {
  const t = useT();
  const counts = new Map<PhaseWord, number>();
  for (const job of jobs) counts.set(phaseOf(job), (counts.get(phaseOf(job)) ?? 0) + 1);
  const options = (Object.keys(PHASES) as PhaseWord[])
    .filter((phase) => counts.has(phase) || phase === search.phase)
    .map((phase) => ({ value: phase, label: `${t(PHASES[phase].text)} (${counts.get(phase) ?? 0})` }));
  const isFiltered = search.q !== undefined || search.phase !== undefined;
  const count = isFiltered
    ? t("jobs.count", { shown, count: jobs.length })
    : isWhole
      ? t("jobs.countAll", { count: jobs.length })
      : t("jobs.countMore", { count: jobs.length });
  return (
    <search className="rh-row">
      <TextInput
        type="search"
        aria-label={t("jobs.filter")}
        placeholder={t("jobs.filter")}
        value={search.q ?? ""}
        onChange={(event) => {
          const { q: _, ...rest } = search;
          const q = event.currentTarget.value;
          onChange(q === "" ? rest : { ...rest, q });
        }}
        className="rh-filter"
      />
      <NativeSelect
        aria-label={t("jobs.phase")}
        value={search.phase ?? ""}
        data={[{ value: "", label: t("jobs.anyPhase") }, ...options]}
        onChange={(event) => {
          const { phase: _, ...rest } = search;
          const phase = event.currentTarget.value;
          onChange(phase === "" ? rest : { ...rest, phase: phase as PhaseWord });
        }}
      />
      {isFiltered && (
        <Button variant="subtle" size="xs" onClick={() => onChange({})}>
          {t("jobs.clear")}
        </Button>
      )}
      <span className="rh-muted" role="status">
        {count}
      </span>
    </search>
  );
}
