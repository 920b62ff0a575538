/** Every key of the query cache. A shorter key names all that begins with it. */
import type { JobFilter } from "./filter";

export const keys = {
  projects: () => ["projects"] as const,
  server: () => ["server"] as const,
  tokens: () => ["tokens"] as const,
  jobs: (project: string) => ["jobs", project] as const,
  jobLists: (project: string) => ["jobs", project, "list"] as const,
  jobList: (project: string, filter: JobFilter) => ["jobs", project, "list", filter] as const,
  jobCounts: (project: string) => ["jobs", project, "counts"] as const,
  jobCount: (project: string, filter: JobFilter) => ["jobs", project, "counts", filter] as const,
  found: (project: string, q: string) => ["found", project, q] as const,
  anyJob: (project: string) => ["job", project] as const,
  job: (project: string, job: string) => ["job", project, job] as const,
  versions: (project: string, job: string) => ["job", project, job, "versions"] as const,
  version: (project: string, job: string, number: number) => ["version", project, job, number] as const,
  runs: (project: string, job: string) => ["job", project, job, "runs"] as const,
  run: (project: string, job: string, run: string) => ["job", project, job, "run", run] as const,
  events: (project: string, job: string, run: string) => ["job", project, job, "run", run, "events"] as const,
  begun: (project: string, job: string, run: string) => ["job", project, job, "run", run, "start"] as const,
  exceptions: (project: string, job: string, run: string) =>
    ["job", project, job, "run", run, "exceptions"] as const,
  wishes: (project: string, job: string) => ["job", project, job, "wishes"] as const,
  logs: (project: string, job: string, run: string) => ["job", project, job, "run", run, "logs"] as const,
  /** Not below the job: its text follows its own stream. */
  logSearch: (project: string, job: string, run: string, file: string, q: string) =>
    ["log", project, job, run, file, q] as const,
  snapshots: (project: string, job: string) => ["job", project, job, "snapshots"] as const,
  artifacts: (project: string) => ["artifacts", project] as const,
};
