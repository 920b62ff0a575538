/** The draft as it is being edited: what the fields hold, and what the server would be sent. */
import type { ContentView } from "../../api/client";
import type { ProblemError } from "../../api/problem";
import type { SqlProblem } from "../../parts/code/SqlEditor";

export interface Row {
  id: number;
  key: string;
  value: string;
}

export interface Fields {
  sql: string;
  rows: Row[];
  flink: string;
  guard: ContentView["guard"];
}

export function toFields(content: ContentView): Fields {
  const rows = Object.entries(content.flink_configuration).map(([key, value], id) => ({ id, key, value }));
  return { sql: content.sql, rows, flink: content.flink, guard: content.guard };
}

/** A row without a key is not sent: it was begun and not filled. */
export function toContent(fields: Fields): ContentView {
  const filled = fields.rows.filter((row) => row.key.trim() !== "");
  return {
    sql: fields.sql,
    flink: fields.flink,
    guard: fields.guard,
    flink_configuration: Object.fromEntries(filled.map((row) => [row.key.trim(), row.value])),
  };
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
  other: { where: string; message: string }[];
}

export const NO_PROBLEMS: Problems = { sql: [], keys: new Map(), other: [] };

const POSITION = /^(\d+):(\d+)$/;
const CONFIGURATION = "flink_configuration.";

/** Each fault goes to where it can be mended: a place in the SQL, a key, or the page. */
export function sortProblems(error: ProblemError): Problems {
  const found: Problems = { sql: [], keys: new Map(), other: [] };
  for (const { where, message } of error.problem.errors ?? []) {
    const position = POSITION.exec(where);
    if (position !== null)
      found.sql.push({ line: Number(position[1]), column: Number(position[2]), message });
    else if (where.startsWith(CONFIGURATION)) {
      found.keys.set(where.slice(CONFIGURATION.length).replace(/^'(.*)'$/, "$1"), message);
    } else found.other.push({ where, message });
  }
  return found;
}
