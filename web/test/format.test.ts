import { describe, expect, test } from "vitest";
import type { JobView, RunView } from "../src/api/client";
import { ProblemError } from "../src/api/problem";
import { makeTranslate } from "../src/i18n/t";
import { doubleKeys, sortProblems, toContent, toFields } from "../src/pages/editor/draft";
import { readJobsSearch } from "../src/pages/jobs/search";
import { offer } from "../src/parts/action/offer";
import { diffLines } from "../src/parts/diff/lines";
import { formatAge, formatBytes, formatDuration, formatInstant } from "../src/parts/format";
import { chooseLines, cutAt, splitLog } from "../src/parts/log/lines";
import { commandOf } from "../src/parts/plan/command";
import { phaseOf } from "../src/parts/status/vocabulary";

describe("numbers and times", () => {
  test.each([
    [0, "0 s", "0 秒"],
    [0.0008, "0.8 ms", "0.8 毫秒"],
    [0.84, "840 ms", "840 毫秒"],
    [7.1, "7.1 s", "7.1 秒"],
    [59.6, "1 min", "1 分"],
    [200, "3 min 20 s", "3 分 20 秒"],
    [3600, "1 h", "1 小时"],
    [187_200, "2 d 4 h", "2 天 4 小时"],
    [-5, "0 s", "0 秒"],
  ])("%d seconds", (seconds, en, zh) => {
    expect(formatDuration(seconds, "en")).toBe(en);
    expect(formatDuration(seconds, "zh")).toBe(zh);
  });

  test("an age is never younger than the truth", () => {
    expect(formatAge(119, "en")).toBe("1 min");
    expect(formatAge(119, "zh")).toBe("1 分钟");
    expect(formatAge(0.5, "en")).toBeNull();
    expect(formatAge(-40, "en")).toBeNull();
  });

  test("bytes are binary", () => {
    expect(formatBytes(0)).toBe("0 B");
    expect(formatBytes(1023)).toBe("1023 B");
    expect(formatBytes(1024 ** 2 - 1)).toBe("1.0 MiB");
    expect(formatBytes(4.2 * 1024 ** 3)).toBe("4.2 GiB");
  });

  test("the year stands there when it is another one", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    const style = { language: "en", zone: "utc", now } as const;
    expect(formatInstant("2026-11-22T04:03:11Z", style)).toBe("11-22 04:03:11");
    expect(formatInstant("2025-12-31T23:59:59Z", style)).toBe("2025-12-31 23:59:59");
  });
});

describe("the draft", () => {
  const content = { sql: "SELECT 1", flink: "2.3", guard: "hold", flink_configuration: { a: "1" } } as const;

  test("goes through its fields unchanged; a row without a key is not sent", () => {
    const fields = toFields(content);
    expect(toContent(fields)).toEqual(content);
    expect(toContent({ ...fields, rows: [...fields.rows, { id: 9, key: " ", value: "x" }] })).toEqual(
      content,
    );
  });

  test("a key that stands twice is found", () => {
    const rows = ["a", "b", " a", "", ""].map((key, id) => ({ id, key, value: "" }));
    expect([...doubleKeys(rows)]).toEqual(["a"]);
  });

  test("each fault goes to its place", () => {
    const errors = [
      { where: "12:5", message: "no such column" },
      { where: "flink_configuration.rest.port", message: "is ours" },
      { where: "If-Match", message: "must be the job's ETag" },
    ];
    const problem = { type: "", title: "", status: 422, code: "invalid", detail: null, hint: null, errors };
    const sorted = sortProblems(new ProblemError(422, problem));
    expect(sorted.sql).toEqual([{ line: 12, column: 5, message: "no such column" }]);
    expect(sorted.keys.get("rest.port")).toBe("is ours");
    expect(sorted.other.map((each) => each.where)).toEqual(["If-Match"]);
  });

  test("a comparison says which lines go and which come", () => {
    const lines = diffLines("a\nb\nc", "a\nx\nc\nd").map(({ kind, text }) => `${kind[0]}${text}`);
    expect(lines).toEqual(["sa", "rb", "ax", "sc", "ad"]);
    expect(diffLines("same", "same")).toEqual([{ kind: "same", text: "same" }]);
  });
});

describe("what a job allows", () => {
  const t = makeTranslate("en");
  const job = { version: 1, mode: "streaming", phase: null } as JobView;
  const run = (part: Partial<RunView>): RunView =>
    ({
      number: 3,
      phase: "running",
      mode: "streaming",
      intent: null,
      attempt: { stage: "launched" },
      ...part,
    }) as RunView;
  const allowed = (view: JobView, latest: RunView | null): string =>
    Object.entries(offer(view, latest, t))
      .filter(([, why]) => why === null)
      .map(([kind]) => kind)
      .join(" ");

  test.each([
    ["never published", { ...job, version: null }, null, "delete"],
    ["published", job, null, "start delete"],
    ["running", job, run({}), "stop savepoint restart cancel"],
    ["stop under way", job, run({ intent: "stop" }), "cancel"],
    ["savepoint under way", job, run({ intent: "savepoint" }), "stop restart cancel"],
    ["cancel under way", job, run({ intent: "cancel" }), ""],
    ["batch", job, run({ mode: "batch" }), "restart cancel"],
    ["held without engine", job, run({ phase: "held", attempt: null }), "cancel"],
    ["failed", job, run({ phase: "failed" }), "start delete"],
  ] as const)("%s", (_, view, latest, kinds) => {
    expect(allowed(view as JobView, latest)).toBe(kinds);
  });

  test("a job without a run is a draft until something is published", () => {
    expect(phaseOf({ phase: null, version: null })).toBe("draft");
    expect(phaseOf({ phase: null, version: 2 })).toBe("published");
    expect(phaseOf({ phase: "held", version: 2 })).toBe("held");
  });

  test("the command does the same as the button", () => {
    const path = { project: "shop", job: "orders" };
    expect(commandOf(path, { kind: "start", from: "file:///a b", version: 2 })).toBe(
      "rheostat job start orders -p shop --from 'file:///a b' --version 2",
    );
    expect(commandOf(path, { kind: "stop" })).toBe("rheostat job stop orders -p shop");
  });

  test("a filter that means nothing is dropped", () => {
    expect(readJobsSearch({ q: "dau", phase: "running" })).toEqual({ q: "dau", phase: "running" });
    expect(readJobsSearch({ q: "", phase: "sleeping" })).toEqual({});
  });
});

describe("logs", () => {
  const text =
    "2026-11-22 10:00:00 INFO a\n2026-11-22 10:00:01 ERROR b\n\tat x\n2026-11-22 10:00:02 INFO ERROR-free\n";

  test("a stack trace belongs to the line above it", () => {
    const lines = splitLog(text);
    expect(lines.map((line) => line.level)).toEqual(["other", "error", "error", "other"]);
    expect(chooseLines(lines, { query: "", isErrorsOnly: true }).map((line) => line.number)).toEqual([2, 3]);
    expect(chooseLines(lines, { query: "error", isErrorsOnly: false }).map((line) => line.number)).toEqual([
      2, 4,
    ]);
  });

  test("every hit is marked, and nothing is lost", () => {
    const parts = cutAt("a.b.A", "a");
    expect(parts.map((part) => part.text).join("")).toBe("a.b.A");
    expect(parts.filter((part) => part.isHit)).toHaveLength(2);
  });
});
