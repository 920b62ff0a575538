import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useLayoutEffect, useRef, useState } from "react";
import type { JobView } from "../../api/client";
import { useT } from "../../i18n/language";
import { HealthBadge, PhaseBadge } from "../../parts/status/Badges";
import { healthOf, isTerminal, phaseOf } from "../../parts/status/vocabulary";
import { When } from "../../parts/time/Times";

const ROW_PX = 44;

/** Only the rows in sight are in the document; the counts for screen readers are those of all rows. */
export function JobTable({ project, jobs }: { project: string; jobs: JobView[] }) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(box.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count: jobs.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: top,
  });
  return (
    <div
      className="rh-panel rh-jobs"
      role="table"
      aria-label={t("jobs.title")}
      aria-rowcount={jobs.length + 1}
    >
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="rh-jobs-row rh-jobs-head">
          <span role="columnheader">{t("jobs.name")}</span>
          <span role="columnheader">{t("jobs.status")}</span>
          <span role="columnheader">{t("jobs.health")}</span>
          <span role="columnheader">{t("jobs.version")}</span>
          <span role="columnheader">{t("jobs.run")}</span>
          <span role="columnheader">{t("jobs.mode")}</span>
          <span role="columnheader">{t("jobs.created")}</span>
        </div>
      </div>
      <div
        role="rowgroup"
        ref={box}
        onKeyDown={walk}
        style={{ height: virtual.getTotalSize(), position: "relative" }}
      >
        {virtual.getVirtualItems().map((item) => {
          const job = jobs[item.index];
          if (job === undefined) return null;
          return <Row key={job.id} project={project} job={job} index={item.index} top={item.start - top} />;
        })}
      </div>
    </div>
  );
}

/** Arrows and j, k go from row to row; Enter on the link opens it. */
function walk(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>("a[data-row]")].sort(
    (a, b) => Number(a.dataset["row"]) - Number(b.dataset["row"]),
  );
  const next = links[links.indexOf(document.activeElement as HTMLAnchorElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

interface RowProps {
  project: string;
  job: JobView;
  index: number;
  top: number;
}

const Row = memo(function Row({ project, job, index, top }: RowProps) {
  const t = useT();
  const phase = phaseOf(job);
  const health = job.phase === null || isTerminal(job.phase) ? null : healthOf(job.health);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="rh-jobs-row"
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" className="rh-jobs-name">
        <Link
          className="rh-link"
          to="/p/$project/jobs/$job"
          params={{ project, job: job.name }}
          data-row={index}
          title={job.name}
        >
          {job.name}
        </Link>
      </span>
      <span role="cell">
        <PhaseBadge phase={phase} isUnseen={health === "unknown"} />
      </span>
      <span role="cell">{health === null ? "—" : <HealthBadge health={health} />}</span>
      <span role="cell" className="rh-num">
        {job.version ?? "—"}
      </span>
      <span role="cell" className="rh-num">
        {job.run ?? "—"}
      </span>
      <span role="cell">{t(`mode.${job.mode}`)}</span>
      <span role="cell" className="rh-muted">
        <When at={job.created_at} />
      </span>
    </div>
  );
});
