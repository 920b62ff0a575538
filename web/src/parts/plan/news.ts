/** How a plan differs from the one that was shown before: what a person has to look at again. */
import type { PlanView } from "../../api/client";

export interface PlanNews {
  gone: string[];
  come: string[];
}

/** Every fact of a plan as a line; `say` puts one into the reader's language. */
function factsOf(plan: PlanView, say: Say): string[] {
  const { restore } = plan;
  return [
    ...(plan.version === null ? [] : [say.version(plan.version)]),
    ...(restore === null ? [] : [say.restore(restore)]),
    ...plan.lines.map(say.line),
    ...plan.diff.map(say.change),
  ];
}

export interface Say {
  version: (version: number) => string;
  restore: (restore: NonNullable<PlanView["restore"]>) => string;
  line: (line: PlanView["lines"][number]) => string;
  change: (change: PlanView["diff"][number]) => string;
}

export function newsOf(before: PlanView, after: PlanView, say: Say): PlanNews {
  const [old, now] = [factsOf(before, say), factsOf(after, say)];
  return {
    gone: old.filter((fact) => !now.includes(fact)),
    come: now.filter((fact) => !old.includes(fact)),
  };
}
