import { PHASES, type PhaseWord } from "../../parts/status/vocabulary";

export interface JobsSearch {
  q?: string;
  phase?: PhaseWord;
}

/** The filter stands in the address; what is no phase is dropped. */
export function readJobsSearch(search: Record<string, unknown>): JobsSearch {
  const { q, phase } = search;
  const found: JobsSearch = {};
  if (q !== undefined && q !== "") found.q = String(q);
  if (typeof phase === "string" && phase in PHASES) found.phase = phase as PhaseWord;
  return found;
}
