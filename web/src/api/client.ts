/** The one place that knows how requests are made: same origin, session cookie, errors as classes. */
import createClient, { type Middleware } from "openapi-fetch";
import { learnTime } from "./clock";
import { noteAnswer, noteSilence } from "./contact";
import { AwayError, toError } from "./problem";
import type { components, paths } from "./schema";

type Schemas = components["schemas"];
export type JobView = Schemas["JobView"];
export type RunView = Schemas["RunView"];
export type VersionView = Schemas["VersionView"];
export type ContentView = Schemas["ContentView"];
export type SnapshotView = Schemas["SnapshotView"];
export type EventView = Schemas["EventView"];
export type EvidenceView = Schemas["EvidenceView"];
export type AttemptView = Schemas["AttemptView"];
export type OutcomeView = Schemas["OutcomeView"];
export type RestoreView = Schemas["RestoreView"];
export type PlanView = Schemas["PlanView"];
export type ActionView = Schemas["ActionView"];
export type LogFileView = Schemas["LogFileView"];
export type LogView = Schemas["LogView"];
export type DraftBody = Schemas["DraftBody"];
export type JobBody = Schemas["JobBody"];
export type JobRow = Schemas["JobRow"];
export type JobPage = Schemas["JobPage"];
export type Resources = Schemas["ResourcesView"];
export type Policies = Schemas["PoliciesView"];
export type JarView = Schemas["JarView"];
export type ArtifactView = Schemas["ArtifactView"];
export type PlanLine = Schemas["PlanLine"];
export type Change = Schemas["Change"];
export type ReasonView = Schemas["ReasonView"];
export type LogMatch = Schemas["LogMatch"];
export type ExceptionView = Schemas["ExceptionView"];
export type StartView = Schemas["StartView"];
export type TokenView = Schemas["TokenView"];
export type TokenBody = Schemas["TokenBody"];
export type MeView = Schemas["MeView"];

/** Only a page of ours can set it: a form of another site cannot change anything with our cookie. */
export const REQUEST_HEADER = { "X-Rheostat-Request": "1" };

const contactMiddleware: Middleware = {
  onResponse({ response }) {
    if (response.headers.get("content-type")?.includes("json")) {
      learnTime(response.headers.get("date"));
      noteAnswer(response.status);
    } else if (response.status >= 500) noteSilence();
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    noteSilence();
    return new AwayError(error);
  },
};

export const api = createClient<paths>({ baseUrl: location.origin, headers: REQUEST_HEADER });
api.use(contactMiddleware);

interface Result<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** The answer's body, or an error as a class. */
export async function take<T>(asked: Promise<Result<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok || data === undefined) throw toError(response.status, error);
  return data;
}
