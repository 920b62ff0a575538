/** The draft as it is being edited: what the fields hold, and what the server would be sent. */
import type { ContentView, DraftBody, JarView, Policies, Resources } from "../../api/client";
import type { ProblemError } from "../../api/problem";
import type { SqlProblem } from "../../parts/code/SqlEditor";

export interface Row {
  id: number;
  key: string;
  value: string;
}

/** Numbers are texts while they are typed. */
export type ResourceFields = Record<keyof Resources, string>;

export interface Fields {
  kind: "sql" | "jar";
  sql: string;
  jar: JarView | null;
  rows: Row[];
  flink: string;
  guard: ContentView["guard"];
  resources: ResourceFields;
  policies: Policies;
}

const NUMBERS: ReadonlySet<keyof Resources> = new Set([
  "parallelism",
  "slots",
  "jobmanager_cpu",
  "taskmanager_cpu",
]);

export const RESOURCES: readonly (keyof Resources)[] = [
  "parallelism",
  "slots",
  "jobmanager_memory",
  "taskmanager_memory",
  "jobmanager_cpu",
  "taskmanager_cpu",
];

export function toFields(content: ContentView): Fields {
  const { kind, sql, jar, flink, guard, policies } = content;
  const rows = Object.entries(content.flink_configuration).map(([key, value], id) => ({ id, key, value }));
  const resources = Object.fromEntries(
    RESOURCES.map((name) => [name, content.resources[name] === null ? "" : String(content.resources[name])]),
  ) as ResourceFields;
  return { kind, sql, jar, rows, flink, guard, resources, policies };
}

/** An empty field is not set. What is no number is sent as it is: the server says what is wrong with it. */
function toResources(fields: ResourceFields): Resources {
  const numberOrText = (name: keyof Resources) => {
    const text = fields[name].trim();
    if (text === "") return null;
    return NUMBERS.has(name) && !Number.isNaN(Number(text)) ? Number(text) : text;
  };
  return Object.fromEntries(RESOURCES.map((name) => [name, numberOrText(name)])) as Resources;
}

/** A row without a key is not sent: it was begun and not filled. The other kind's text is let go. */
export function toContent(fields: Fields): ContentView {
  const filled = fields.rows.filter((row) => row.key.trim() !== "");
  const isSql = fields.kind === "sql";
  return {
    kind: fields.kind,
    sql: isSql ? fields.sql : "",
    jar: isSql ? null : fields.jar,
    flink: fields.flink,
    guard: fields.guard,
    flink_configuration: Object.fromEntries(filled.map((row) => [row.key.trim(), row.value])),
    resources: toResources(fields.resources),
    policies: fields.policies,
  };
}

/** The same as a request: a JAR is named by its digest. */
export function toBody(fields: Fields): DraftBody {
  const { kind: _, jar, ...rest } = toContent(fields);
  const named = jar === null ? null : { artifact: jar.artifact, main: jar.main, args: jar.args };
  return { ...rest, jar: named };
}

/** Keys that stand there twice: one of them would be lost without a word. */
export function doubleKeys(rows: Row[]): Set<string> {
  const seen = new Set<string>();
  const double = new Set<string>();
  for (const { key } of rows) {
    const name = key.trim();
    if (name !== "" && seen.has(name)) double.add(name);
    seen.add(name);
  }
  return double;
}

export interface Problems {
  sql: SqlProblem[];
  keys: Map<string, string>;
  /** By the field's path in the request, such as `resources.slots`. */
  fields: Map<string, string>;
  other: { where: string; message: string }[];
}

export const NO_PROBLEMS: Problems = { sql: [], keys: new Map(), fields: new Map(), other: [] };

const POSITION = /^(\d+):(\d+)$/;
const CONFIGURATION = "flink_configuration.";
const FIELD = /^(resources|policies|jar)(\.|$)/;

/** Each fault goes to where it can be mended: a place in the SQL, a key, a field, or the page. */
export function sortProblems(error: ProblemError): Problems {
  const found: Problems = { sql: [], keys: new Map(), fields: new Map(), other: [] };
  for (const { where, message } of error.problem.errors ?? []) {
    const position = POSITION.exec(where);
    if (position !== null)
      found.sql.push({ line: Number(position[1]), column: Number(position[2]), message });
    else if (where.startsWith(CONFIGURATION)) {
      found.keys.set(where.slice(CONFIGURATION.length).replace(/^'(.*)'$/, "$1"), message);
    } else if (FIELD.test(where)) found.fields.set(where, message);
    else found.other.push({ where, message });
  }
  return found;
}
