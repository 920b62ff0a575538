import { describe, expect, test } from "vitest";
import type { JobView, RunView } from "../src/api/client";
import { ProblemError } from "../src/api/problem";
import { makeTranslate } from "../src/i18n/t";
import { doubleKeys, sortProblems, toContent, toFields } from "../src/pages/editor/draft";
import { readJobsSearch } from "../src/pages/jobs/search";
import { offer, standingOf } from "../src/parts/action/offer";
import { diffLines, pairLines } from "../src/parts/diff/lines";
import { formatAge, formatBytes, formatDuration, formatInstant } from "../src/parts/format";
import { cutAt, lineAt, onlyTroubles, splitLog } from "../src/parts/log/lines";
import { append, MOST_CHARS, prepend } from "../src/parts/log/window";
import { commandOf, pythonOf } from "../src/parts/plan/command";
import { phaseOf } from "../src/parts/status/vocabulary";
import { makeContent, NO_RESOURCES } from "./fixtures";

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
  const content = makeContent({ flink_configuration: { a: "1" }, resources: { ...NO_RESOURCES, slots: 2 } });

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
      { where: "resources.slots", message: "must be a number" },
      { where: "If-Match", message: "must be the job's ETag" },
    ];
    const problem = { type: "", title: "", status: 422, code: "invalid", detail: null, hint: null, errors };
    const sorted = sortProblems(new ProblemError(422, problem));
    expect(sorted.sql).toEqual([{ line: 12, column: 5, message: "no such column" }]);
    expect(sorted.keys.get("rest.port")).toBe("is ours");
    expect(sorted.fields.get("resources.slots")).toBe("must be a number");
    expect(sorted.other.map((each) => each.where)).toEqual(["If-Match"]);
  });

  test("a comparison says which lines go and which come", () => {
    const lines = diffLines("a\nb\nc", "a\nx\nc\nd").map(({ kind, text }) => `${kind[0]}${text}`);
    expect(lines).toEqual(["sa", "rb", "ax", "sc", "ad"]);
    expect(pairLines(diffLines("a\nb\nc", "a\nx\ny\nc")).map(([l, r]) => `${l?.text}|${r?.text}`)).toEqual([
      "a|a",
      "b|x",
      "undefined|y",
      "c|c",
    ]);
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
    Object.entries(offer(standingOf(view, latest), t))
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
    const start = { kind: "start", from: "file:///a b", version: 2, allowDropped: true } as const;
    expect(commandOf(path, start)).toBe(
      "rheostat job start orders -p shop --from 'file:///a b' --version 2 --allow-dropped",
    );
    const stop = { kind: "stop", drain: true, format: "native" } as const;
    expect(commandOf(path, stop)).toBe("rheostat job stop orders -p shop --drain --native");
    expect(commandOf(path, { kind: "cancel" })).toBe("rheostat job cancel orders -p shop");
    expect(pythonOf(path, stop, "http://here")).toContain(
      'client.jobs.stop("shop", "orders", drain=True, format="native")',
    );
    expect(pythonOf(path, { kind: "cancel" }, "http://here")).toContain(
      'client.jobs.cancel("shop", "orders")\n',
    );
    expect(pythonOf(path, start, "http://here")).toContain(
      'client.jobs.start("shop", "orders", StartBody(from_="file:///a b", version=2, allow_dropped=True))',
    );
  });

  test("a filter that means nothing is dropped", () => {
    const both = { q: "dau", phase: ["running", "never"], health: "degraded", mode: "batch", kind: "jar" };
    expect(readJobsSearch(both)).toEqual(both);
    expect(readJobsSearch({ phase: "running" })).toEqual({ phase: ["running"] });
    expect(readJobsSearch({ q: "", phase: "sleeping", health: "x", mode: "y", kind: 3 })).toEqual({});
  });
});

describe("logs", () => {
  const text =
    "2026-11-22 10:00:00 INFO a\n2026-11-22 10:00:01 ERROR b\n\tat x\n2026-11-22 10:00:02 INFO ERROR-free\n";

  test("a stack trace belongs to the line above it", () => {
    const lines = splitLog(text);
    expect(lines.map((line) => line.level)).toEqual(["other", "error", "error", "other"]);
    expect(onlyTroubles(lines).map((line) => line.text.slice(0, 19).trim())).toEqual([
      "2026-11-22 10:00:01",
      "at x",
    ]);
  });

  test("a line knows its place in the file, also behind letters of several bytes", () => {
    const lines = splitLog("作业\nab\n\nc", 100);
    expect(lines.map((line) => line.at)).toEqual([100, 107, 110, 111]);
    expect([99, 100, 106, 107, 200].map((at) => lineAt(lines, at))).toEqual([-1, 0, 0, 1, 3]);
  });

  test("a window grows at both ends, and starts anew with a new file", () => {
    const held = { text: "b\n", start: 2, end: 4, size: 4 };
    const piece = { text: "c\n", offset: 4, next_offset: 6, rolled: false };
    expect(append(held, piece)).toEqual({ text: "b\nc\n", start: 2, end: 6, size: 6 });
    expect(append(append(held, piece), piece).text).toBe("b\nc\n");
    expect(append(held, { ...piece, offset: 0, next_offset: 2, rolled: true }).text).toBe("c\n");
    expect(prepend(held, { text: "a\n", offset: 0, next_offset: 2, rolled: false }).text).toBe("a\nb\n");
    const long = {
      text: "x".repeat(MOST_CHARS - 1).concat("\n"),
      start: 0,
      end: MOST_CHARS,
      size: MOST_CHARS,
    };
    const cut = append(long, { text: "y\n", offset: MOST_CHARS, next_offset: MOST_CHARS + 2, rolled: false });
    expect(cut.end - cut.start).toBe(cut.text.length);
  });

  test("every hit is marked, and nothing is lost", () => {
    const parts = cutAt("a.b.A", "a");
    expect(parts.map((part) => part.text).join("")).toBe("a.b.A");
    expect(parts.filter((part) => part.isHit)).toHaveLength(2);
  });
});
