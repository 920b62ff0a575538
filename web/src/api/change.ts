/** What changes the server: each takes what the person decided, and says what came of it. */
import type { QueryClient } from "@tanstack/react-query";
import {
  type ActionView,
  api,
  type DraftBody,
  type JobBody,
  type JobView,
  take,
  type VersionView,
} from "./client";
import { keys } from "./keys";
import type { JobPath } from "./queries";

export type Wish =
  | { kind: "start"; from: string; version: number | null }
  | { kind: "restart"; version: number | null }
  | { kind: "stop" | "savepoint" | "cancel" | "delete" };

export const createProject = (name: string) => take(api.POST("/api/v1/projects", { body: { name } }));

export const createJob = (project: string, body: JobBody): Promise<JobView> =>
  take(api.POST("/api/v1/projects/{project}/jobs", { params: { path: { project } }, body }));

export const saveDraft = (path: JobPath, revision: number, body: DraftBody): Promise<JobView> =>
  take(
    api.PATCH("/api/v1/projects/{project}/jobs/{job}/draft", {
      params: { path, header: { "If-Match": `"${revision}"` } },
      body,
    }),
  );

export const publish = (path: JobPath): Promise<VersionView> =>
  take(api.POST("/api/v1/projects/{project}/jobs/{job}/versions", { params: { path } }));

/** What a wish would do. Nothing changes. */
export const makePlan = (path: JobPath, wish: Wish): Promise<ActionView> => send(path, wish, { isDry: true });

/**
 * Do what the plan with this hash said, or be refused because it would be another by now. The key makes a
 * second click, or a repeat after a lost answer, the same one start.
 */
export const applyPlan = (path: JobPath, wish: Wish, plan: string, key: string): Promise<ActionView> =>
  send(path, wish, { isDry: false, plan, key });

interface How {
  isDry: boolean;
  plan?: string;
  key?: string;
}

function send(path: JobPath, wish: Wish, { isDry, plan, key }: How): Promise<ActionView> {
  const query = { dry_run: isDry };
  const named = plan === undefined ? {} : { plan };
  const params = { path, query };
  switch (wish.kind) {
    case "start": {
      const header = key === undefined ? {} : { "Idempotency-Key": key };
      const body = { from: wish.from, version: wish.version, ...named };
      return take(
        api.POST("/api/v1/projects/{project}/jobs/{job}/start", { params: { path, query, header }, body }),
      );
    }
    case "restart": {
      const body = { version: wish.version, ...named };
      return take(api.POST("/api/v1/projects/{project}/jobs/{job}/restart", { params, body }));
    }
    case "stop":
      return take(api.POST("/api/v1/projects/{project}/jobs/{job}/stop", { params, body: named }));
    case "savepoint":
      return take(api.POST("/api/v1/projects/{project}/jobs/{job}/savepoint", { params, body: named }));
    case "cancel":
      return take(api.POST("/api/v1/projects/{project}/jobs/{job}/cancel", { params, body: named }));
    case "delete":
      return take(
        api.DELETE("/api/v1/projects/{project}/jobs/{job}", {
          params: { path, query: { ...query, ...named } },
        }),
      );
  }
}

/** After a change of a job: everything that is shown about it is asked for again. */
export async function refreshJob(client: QueryClient, path: JobPath): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: keys.job(path.project, path.job) }),
    client.invalidateQueries({ queryKey: keys.jobs(path.project) }),
  ]);
}

/** A deleted job is nowhere any more. */
export async function forgetJob(client: QueryClient, path: JobPath): Promise<void> {
  client.removeQueries({ queryKey: keys.job(path.project, path.job) });
  await client.invalidateQueries({ queryKey: keys.jobs(path.project) });
}
