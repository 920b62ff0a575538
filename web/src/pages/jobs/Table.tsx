import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { JobRow } from "../../api/client";
import { useT } from "../../i18n/language";
import type { ActionKind } from "../../parts/action/offer";
import { lettersAreOn } from "../../parts/key/keys";
import { Row } from "./Row";

const ROW_PX = 44;
/** So many rows before the end of what is known, more is asked for. */
const AHEAD = 60;

interface Props {
  project: string;
  jobs: JobRow[];
  total: number;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  onAct: (job: JobRow, kind: ActionKind) => void;
  onNeedMore: () => void;
}

/** Only the rows in sight are in the document; the counts for screen readers are those of all rows. */
export function JobTable({ project, jobs, total, chosen, onChoose, onAct, onNeedMore }: Props) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const last = useRef<number | null>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const now = box.current?.offsetTop ?? 0;
    setTop((old) => (old === now ? old : now));
  });
  const virtual = useWindowVirtualizer({
    count: jobs.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: top,
  });
  const items = virtual.getVirtualItems();
  const end = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (end >= jobs.length - AHEAD) onNeedMore();
  }, [end, jobs.length, onNeedMore]);
  const now = useRef({ chosen, jobs });
  useEffect(() => {
    now.current = { chosen, jobs };
  }, [chosen, jobs]);
  const choose = useCallback(
    (index: number, isRange: boolean) => {
      const { chosen: old, jobs: all } = now.current;
      const from = isRange && last.current !== null ? last.current : index;
      last.current = index;
      const next = new Set(old);
      const wanted = !old.has(all[index]?.id ?? "");
      for (const job of all.slice(Math.min(from, index), Math.max(from, index) + 1)) {
        if (wanted) next.add(job.id);
        else next.delete(job.id);
      }
      onChoose(next);
    },
    [onChoose],
  );
  return (
    <div className="rh-panel rh-jobs" role="table" aria-label={t("jobs.title")} aria-rowcount={total + 1}>
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="rh-jobs-row rh-jobs-head">
          <span role="columnheader">
            <span className="rh-hear">{t("bulk.mark")}</span>
          </span>
          <span role="columnheader">{t("jobs.name")}</span>
          <span role="columnheader">{t("jobs.status")}</span>
          <span role="columnheader">{t("jobs.health")}</span>
          <span role="columnheader">{t("jobs.version")}</span>
          <span role="columnheader">{t("jobs.kind")}</span>
          <span role="columnheader">{t("jobs.mode")}</span>
          <span role="columnheader">{t("new.flink")}</span>
          <span role="columnheader">{t("jobs.created")}</span>
          <span role="columnheader">
            <span className="rh-hear">{t("action.more")}</span>
          </span>
        </div>
      </div>
      <div
        role="rowgroup"
        ref={box}
        onKeyDown={(event) => walk(event, choose)}
        style={{ height: virtual.getTotalSize(), position: "relative" }}
      >
        {items.map((item) => {
          const job = jobs[item.index];
          if (job === undefined) return null;
          return (
            <Row
              key={job.id}
              project={project}
              job={job}
              index={item.index}
              top={item.start - top}
              isChosen={chosen.has(job.id)}
              onChoose={choose}
              onAct={onAct}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Arrows and j, k go from row to row; x marks one, Shift-x all up to it; Enter on the link opens it. */
function walk(event: KeyboardEvent<HTMLDivElement>, choose: (index: number, isRange: boolean) => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isLetter = event.key.length === 1;
  if (isLetter && !lettersAreOn()) return;
  const here = document.activeElement;
  const row = here?.closest<HTMLElement>("[data-index]");
  if (event.key.toLowerCase() === "x" && row !== null && row !== undefined) {
    event.preventDefault();
    choose(Number(row.dataset["index"]), event.shiftKey);
    return;
  }
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step === undefined || here === null || here.closest("[role=menu]") !== null) return;
  const next = event.currentTarget.querySelector<HTMLElement>(
    `[data-index="${Number(row?.dataset["index"] ?? -1) + step}"] a[data-row]`,
  );
  if (next === null) return;
  event.preventDefault();
  next.focus();
}
