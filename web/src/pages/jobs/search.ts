import type { JobFilter } from "../../api/filter";
import { HEALTHS, type HealthWord, isPhase, type Phase } from "../../parts/status/vocabulary";

/** The filter as it stands in the address: `phase` may be one word or several. */
export interface JobsSearch {
  q?: string;
  phase?: State[];
  health?: HealthWord;
  mode?: "streaming" | "batch";
  kind?: "sql" | "jar";
}

export type State = Phase | typeof NEVER;

/** The word for jobs that never ran, beside the phases. */
export const NEVER = "never";

const isState = (word: unknown): word is State =>
  typeof word === "string" && (word === NEVER || isPhase(word));

/** What means nothing is dropped. */
export function readJobsSearch(search: Record<string, unknown>): JobsSearch {
  const found: JobsSearch = {};
  const { q, phase, health, mode, kind } = search;
  if (q !== undefined && q !== "") found.q = String(q);
  const phases = (Array.isArray(phase) ? phase : [phase]).filter(isState);
  if (phases.length > 0) found.phase = [...new Set(phases)];
  if (typeof health === "string" && health in HEALTHS) found.health = health as HealthWord;
  if (mode === "streaming" || mode === "batch") found.mode = mode;
  if (kind === "sql" || kind === "jar") found.kind = kind;
  return found;
}

/** The search without one filter, or with it changed: one filter never replaces another. */
export function withFilter<K extends keyof JobsSearch>(
  search: JobsSearch,
  name: K,
  value: JobsSearch[K] | undefined,
): JobsSearch {
  const { [name]: _, ...rest } = search;
  const isNone = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  return (isNone ? rest : { ...rest, [name]: value }) as JobsSearch;
}

export const isFiltered = (search: JobsSearch): boolean => Object.keys(search).length > 0;

export function toFilter({ health, ...rest }: JobsSearch): JobFilter {
  return health === undefined ? rest : { ...rest, health: [health] };
}
