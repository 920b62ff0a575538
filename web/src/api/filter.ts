import type { JobRow } from "./client";

type PhaseWord = NonNullable<JobRow["phase"]> | "never";
type HealthWord = NonNullable<JobRow["health"]>;

/** Which jobs are asked for. The server filters and counts; the address holds the same words. */
export interface JobFilter {
  q?: string;
  phase?: PhaseWord[];
  health?: HealthWord[];
  mode?: "streaming" | "batch";
  kind?: "sql" | "jar";
}
