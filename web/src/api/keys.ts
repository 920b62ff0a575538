/** Every key of the query cache. A shorter key names all that begins with it. */
export const keys = {
  projects: () => ["projects"] as const,
  server: () => ["server"] as const,
  jobs: (project: string) => ["jobs", project] as const,
  job: (project: string, job: string) => ["job", project, job] as const,
  versions: (project: string, job: string) => ["job", project, job, "versions"] as const,
  version: (project: string, job: string, number: number) => ["version", project, job, number] as const,
  runs: (project: string, job: string) => ["job", project, job, "runs"] as const,
  run: (project: string, job: string, run: string) => ["job", project, job, "run", run] as const,
  events: (project: string, job: string, run: string) => ["job", project, job, "run", run, "events"] as const,
  logs: (project: string, job: string, run: string) => ["job", project, job, "run", run, "logs"] as const,
  log: (project: string, job: string, run: string, attempt: number, name: string, tail: number) =>
    ["job", project, job, "run", run, "log", attempt, name, tail] as const,
  snapshots: (project: string, job: string) => ["job", project, job, "snapshots"] as const,
};
