/** What pages ask the server, each as one description that `useLive` or `useQuery` takes. */
import { queryOptions } from "@tanstack/react-query";
import { api, type EventView, type JobView, take } from "./client";
import { keys } from "./keys";
import { hasCode } from "./problem";

export interface JobPath {
  project: string;
  job: string;
}

/** More than this is not held in the browser; the page says so. */
export const JOBS_HELD = 2000;
const JOBS_ASKED = 1000;
const EVENTS_ASKED = 1000;
const EVENTS_HELD = 5000;

export const projectsQuery = queryOptions({
  queryKey: keys.projects(),
  queryFn: async ({ signal }) =>
    (await take(api.GET("/api/v1/projects", { params: { query: { limit: 1000 } }, signal }))).items,
});

export const serverQuery = queryOptions({
  queryKey: keys.server(),
  queryFn: ({ signal }) => take(api.GET("/api/v1/server", { signal })),
});

export const jobsQuery = (project: string) =>
  queryOptions({
    queryKey: keys.jobs(project),
    queryFn: async ({ signal }) => {
      const items: JobView[] = [];
      let after: string | null = null;
      do {
        const query: { limit: number; after?: string } = { limit: JOBS_ASKED };
        if (after !== null) query.after = after;
        const params = { path: { project }, query };
        const page = await take(api.GET("/api/v1/projects/{project}/jobs", { params, signal }));
        items.push(...page.items);
        after = page.next;
      } while (after !== null && items.length < JOBS_HELD);
      return { items, isWhole: after === null };
    },
  });

export const jobQuery = (path: JobPath) =>
  queryOptions({
    queryKey: keys.job(path.project, path.job),
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/projects/{project}/jobs/{job}", { params: { path }, signal })),
  });

export const versionsQuery = (path: JobPath) =>
  queryOptions({
    queryKey: keys.versions(path.project, path.job),
    queryFn: async ({ signal }) => {
      const params = { path, query: { limit: 1000 } };
      return (await take(api.GET("/api/v1/projects/{project}/jobs/{job}/versions", { params, signal })))
        .items;
    },
  });

/** A version never changes: once read it is never asked for again. */
export const versionQuery = (path: JobPath, number: number) =>
  queryOptions({
    queryKey: keys.version(path.project, path.job, number),
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => {
      const params = { path: { ...path, number } };
      return take(api.GET("/api/v1/projects/{project}/jobs/{job}/versions/{number}", { params, signal }));
    },
  });

export const runsQuery = (path: JobPath) =>
  queryOptions({
    queryKey: keys.runs(path.project, path.job),
    queryFn: async ({ signal }) => {
      const params = { path, query: { limit: 200 } };
      return take(api.GET("/api/v1/projects/{project}/jobs/{job}/runs", { params, signal }));
    },
  });

export const runQuery = (path: JobPath, run: string) =>
  queryOptions({
    queryKey: keys.run(path.project, path.job, run),
    queryFn: ({ signal }) =>
      take(
        api.GET("/api/v1/projects/{project}/jobs/{job}/runs/{run}", {
          params: { path: { ...path, run } },
          signal,
        }),
      ),
  });

/** The newest run, or null: a job that never ran is no error. */
export const latestRunQuery = (path: JobPath) =>
  queryOptions({
    queryKey: keys.run(path.project, path.job, "latest"),
    queryFn: async ({ signal }) => {
      const params = { path: { ...path, run: "latest" } };
      try {
        return await take(api.GET("/api/v1/projects/{project}/jobs/{job}/runs/{run}", { params, signal }));
      } catch (error) {
        if (hasCode(error, "not_found")) return null;
        throw error;
      }
    },
  });

export const eventsQuery = (path: JobPath, run: string) =>
  queryOptions({
    queryKey: keys.events(path.project, path.job, run),
    queryFn: async ({ client, queryKey, signal }) => {
      // Events are only ever added: ask for those after the last one that is known.
      const known = client.getQueryData<EventView[]>(queryKey) ?? [];
      const items = [...known];
      for (;;) {
        const query = { after: items.at(-1)?.id ?? 0, limit: EVENTS_ASKED };
        const params = { path: { ...path, run }, query };
        const page = await take(
          api.GET("/api/v1/projects/{project}/jobs/{job}/runs/{run}/events", { params, signal }),
        );
        items.push(...page.items);
        if (page.next === null || page.items.length === 0 || items.length >= EVENTS_HELD) break;
      }
      return items.length === known.length ? known : items;
    },
  });

export const logsQuery = (path: JobPath, run: string) =>
  queryOptions({
    queryKey: keys.logs(path.project, path.job, run),
    queryFn: async ({ signal }) => {
      const params = { path: { ...path, run } };
      return (
        await take(api.GET("/api/v1/projects/{project}/jobs/{job}/runs/{run}/logs", { params, signal }))
      ).items;
    },
  });

export interface LogPlace {
  run: string;
  attempt: number;
  name: string;
}

export const readLog = (path: JobPath, place: LogPlace, tail: number, signal?: AbortSignal) =>
  take(
    api.GET("/api/v1/projects/{project}/jobs/{job}/runs/{run}/logs/{attempt}/{name}", {
      params: { path: { ...path, ...place }, query: { tail_bytes: tail } },
      ...(signal === undefined ? {} : { signal }),
    }),
  );

export const logQuery = (path: JobPath, place: LogPlace, tail: number) =>
  queryOptions({
    queryKey: keys.log(path.project, path.job, place.run, place.attempt, place.name, tail),
    queryFn: ({ signal }) => readLog(path, place, tail, signal),
  });

export const snapshotsQuery = (path: JobPath) =>
  queryOptions({
    queryKey: keys.snapshots(path.project, path.job),
    queryFn: async ({ signal }) => {
      const params = { path, query: { limit: 1000 } };
      return (await take(api.GET("/api/v1/projects/{project}/jobs/{job}/snapshots", { params, signal })))
        .items;
    },
  });
