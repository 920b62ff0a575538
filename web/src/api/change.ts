/** What changes the server: each takes what the person decided, and says what came of it. */
import type { QueryClient } from "@tanstack/react-query";
import {
  type ActionView,
  api,
  type DraftBody,
  type JobBody,
  type JobView,
  type TokenBody,
  take,
  type VersionView,
} from "./client";
import { keys } from "./keys";
import { toError } from "./problem";
import type { JobPath } from "./queries";

export type Format = "canonical" | "native";

/** What a person wants of a job, as a plan and an apply are asked for. */
export type Wish =
  | { kind: "start"; from: string; version: number | null; allowDropped: boolean }
  | { kind: "restart"; from: string; version: number | null; allowDropped: boolean; format: Format }
  | { kind: "stop"; drain: boolean; format: Format }
  | { kind: "savepoint"; format: Format }
  | { kind: "cancel" | "delete" };

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

const ONE = "/api/v1/projects/{project}/jobs/{job}";

function send(path: JobPath, wish: Wish, { isDry, plan, key }: How): Promise<ActionView> {
  const query = { dry_run: isDry };
  const named = plan === undefined ? {} : { plan };
  const params = { path, query };
  switch (wish.kind) {
    case "start": {
      const header = key === undefined ? {} : { "Idempotency-Key": key };
      const { from, version, allowDropped } = wish;
      const body = { from, version, allow_dropped: allowDropped, ...named };
      return take(api.POST(`${ONE}/start`, { params: { path, query, header }, body }));
    }
    case "restart": {
      const { from, version, format, allowDropped } = wish;
      const body = { from, version, format, allow_dropped: allowDropped, ...named };
      return take(api.POST(`${ONE}/restart`, { params, body }));
    }
    case "stop": {
      const body = { drain: wish.drain, format: wish.format, ...named };
      return take(api.POST(`${ONE}/stop`, { params, body }));
    }
    case "savepoint":
      return take(api.POST(`${ONE}/savepoint`, { params, body: { format: wish.format, ...named } }));
    case "cancel":
      return take(api.POST(`${ONE}/cancel`, { params, body: named }));
    case "delete":
      return take(api.DELETE(ONE, { params: { path, query: { ...query, ...named } } }));
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

export const createToken = (body: TokenBody) => take(api.POST("/api/v1/tokens", { body }));

export async function revokeToken(token: string): Promise<void> {
  const { response, error } = await api.DELETE("/api/v1/tokens/{token}", { params: { path: { token } } });
  if (!response.ok) throw toError(response.status, error);
}
