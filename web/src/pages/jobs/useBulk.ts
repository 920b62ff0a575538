/** One wish for many jobs: each is planned by itself, then each that may is applied. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { applyPlan, makePlan, type Wish } from "../../api/change";
import type { JobRow, PlanView } from "../../api/client";
import { newKey } from "../../api/key";
import { keys } from "../../api/keys";

/** So many at a time: the server answers others, too. */
const AT_ONCE = 4;

export type State =
  | { step: "asking" | "applying" }
  | { step: "ready"; plan: PlanView }
  | { step: "refused" | "failed"; error: unknown }
  | { step: "done"; run: number | null };

export interface Child {
  job: JobRow;
  key: string;
  state: State;
}

export type BulkKind = "start" | "stop" | "savepoint";

export function wishOf(kind: BulkKind, job: JobRow): Wish {
  if (kind === "start")
    return {
      kind,
      from: job.mode === "batch" ? "empty" : "newest",
      version: null,
      allowDropped: false,
    };
  return kind === "stop" ? { kind, drain: false, format: "canonical" } : { kind, format: "canonical" };
}

/** Works through a list, a few at a time, and goes on when one fails. */
export async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const work = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
}

export function useBulk(project: string, jobs: JobRow[], kind: BulkKind) {
  const client = useQueryClient();
  const [children, setChildren] = useState<Child[]>(() =>
    jobs.map((job) => ({ job, key: newKey(), state: { step: "asking" } })),
  );
  const [first] = useState(children);
  const put = useCallback(
    (id: string, state: State) =>
      setChildren((old) => old.map((each) => (each.job.id === id ? { ...each, state } : each))),
    [],
  );
  useEffect(() => {
    let isOver = false;
    void eachOf(first, async ({ job }) => {
      if (isOver) return;
      const next = await makePlan({ project, job: job.name }, wishOf(kind, job)).then(
        ({ plan }): State => ({ step: "ready", plan }),
        (error: unknown): State => ({ step: "refused", error }),
      );
      if (!isOver) put(job.id, next);
    });
    return () => {
      isOver = true;
    };
  }, [first, project, kind, put]);
  const apply = async () => {
    await eachOf(children, async ({ job, key, state }) => {
      if (state.step !== "ready") return;
      put(job.id, { step: "applying" });
      const path = { project, job: job.name };
      const next = await applyPlan(path, wishOf(kind, job), state.plan.hash, key).then(
        ({ run }): State => ({ step: "done", run: run?.number ?? null }),
        (error: unknown): State => ({ step: "failed", error }),
      );
      put(job.id, next);
    });
    await client.invalidateQueries({ queryKey: keys.jobs(project) });
  };
  return { children, apply };
}
