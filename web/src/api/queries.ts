/** What pages ask the server, each as one description that `useLive` or `useQuery` takes. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type EventView, type JobPage, take } from "./client";
import type { JobFilter } from "./filter";
import { keys } from "./keys";
import { hasCode } from "./problem";

export interface JobPath {
  project: string;
  job: string;
}

const JOBS_ASKED = 200;
const EVENTS_ASKED = 1000;
const EVENTS_HELD = 5000;
const RUNS_ASKED = 100;

export const projectsQuery = queryOptions({
  queryKey: keys.projects(),
  queryFn: async ({ signal }) =>
    (await take(api.GET("/api/v1/projects", { params: { query: { limit: 1000 } }, signal }))).items,
});

export const serverQuery = queryOptions({
  queryKey: keys.server(),
  queryFn: ({ signal }) => take(api.GET("/api/v1/server", { signal })),
});

const askJobs =
  (project: string, filter: JobFilter, more: { after?: string; limit: number }) => (signal: AbortSignal) =>
    take(
      api.GET("/api/v1/projects/{project}/jobs", {
        params: { path: { project }, query: { ...filter, ...more } },
        signal,
      }),
    );

/** The jobs that match, a page at a time, as the server sorts them. */
export const jobListQuery = (project: string, filter: JobFilter) =>
  infiniteQueryOptions({
    queryKey: keys.jobList(project, filter),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal, client }): Promise<JobPage> => {
      const after = pageParam === null ? {} : { after: pageParam };
      const page = await askJobs(project, filter, { ...after, limit: JOBS_ASKED })(signal);
      if (pageParam === null) client.setQueryData(keys.jobCount(project, filter), countsOf(page));
      return page;
    },
    getNextPageParam: (page) => page.next,
  });

const countsOf = ({ total, counts }: JobPage) => ({ total, counts });

/** How many match, and how many of the project are in each phase. It is asked again when events come. */
export const jobCountQuery = (project: string, filter: JobFilter) =>
  queryOptions({
    queryKey: keys.jobCount(project, filter),
    queryFn: async ({ signal }) => countsOf(await askJobs(project, filter, { limit: 1 })(signal)),
  });

/** The first few jobs with these letters in their names. */
export const foundJobsQuery = (project: string, q: string) =>
  queryOptions({
    queryKey: keys.found(project, q),
    queryFn: async ({ signal }) => (await askJobs(project, { q }, { limit: 8 })(signal)).items,
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
  infiniteQueryOptions({
    queryKey: keys.runs(path.project, path.job),
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => {
      const params = { path, query: { limit: RUNS_ASKED, after: pageParam } };
      return take(api.GET("/api/v1/projects/{project}/jobs/{job}/runs", { params, signal }));
    },
    getNextPageParam: (page) => (page.next === null ? null : Number(page.next)),
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

/** How long each step of the newest attempt's start took; null when none was begun. */
export const startQuery = (path: JobPath, run: string) =>
  queryOptions({
    queryKey: keys.begun(path.project, path.job, run),
    queryFn: ({ signal }) =>
      take(
        api.GET("/api/v1/projects/{project}/jobs/{job}/runs/{run}/start", {
          params: { path: { ...path, run } },
          signal,
        }),
      ),
  });

export const exceptionsQuery = (path: JobPath, run: string) =>
  queryOptions({
    queryKey: keys.exceptions(path.project, path.job, run),
    queryFn: ({ signal }) =>
      take(
        api.GET("/api/v1/projects/{project}/jobs/{job}/runs/{run}/exceptions", {
          params: { path: { ...path, run }, query: { limit: 100 } },
          signal,
        }),
      ),
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

export const artifactsQuery = (project: string) =>
  queryOptions({
    queryKey: keys.artifacts(project),
    queryFn: async ({ signal }) => {
      const params = { path: { project }, query: { limit: 200 } };
      return (await take(api.GET("/api/v1/projects/{project}/artifacts", { params, signal }))).items;
    },
  });

export const tokensQuery = queryOptions({
  queryKey: keys.tokens(),
  queryFn: async ({ signal }) => (await take(api.GET("/api/v1/tokens", { signal }))).items,
});
