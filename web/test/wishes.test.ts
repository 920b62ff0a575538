import { expect, test } from "vitest";
import type { EventView, RunView } from "../src/api/client";
import { makeTranslate } from "../src/i18n/t";
import { wishesOf } from "../src/pages/job/wishes";
import { narrow, offer } from "../src/parts/action/offer";
import { changesOf } from "../src/parts/diff/changes";
import { newsOf } from "../src/parts/plan/news";
import { makeContent, makeEvent, NO_RESOURCES } from "./fixtures";

const run = { number: 4 } as RunView;

const facts = (of: Record<string, string>) => of as EventView["fields"];

/** A history in brief: codes, and phases that were entered. */
const history = (...words: string[]) =>
  words.map((word, index) =>
    word.startsWith("→")
      ? makeEvent({ id: index, code: "phase_changed", fields: facts({ after: word.slice(1) }) })
      : makeEvent({ id: index, code: word, actor: "ann", fields: facts({ kind: "savepoint" }) }),
  );

test.each([
  ["started", ["run_created", "→starting", "→running"], "start done"],
  ["start failed", ["run_created", "→starting", "→failed"], "start failed"],
  ["a start that was canceled", ["run_created", "intent_cancel", "→canceled"], "start void, cancel done"],
  ["under way", ["run_created", "→running", "intent_stop", "→stopping"], "start done, stop open"],
  ["stopped", ["run_created", "→running", "intent_stop", "→stopped"], "start done, stop done"],
  ["stop failed", ["run_created", "→running", "intent_stop", "intent_failed"], "start done, stop failed"],
  [
    "a savepoint, then a stop in place of another",
    [
      "run_created",
      "→running",
      "intent_savepoint",
      "snapshot_recorded",
      "intent_stop",
      "intent_cancel",
      "→canceled",
    ],
    "start done, savepoint done, stop replaced, cancel done",
  ],
  ["restarted", ["run_created", "→running", "intent_restart", "restarted"], "start done, restart done"],
  ["overtaken", ["run_created", "→running", "intent_savepoint", "→failed"], "start done, savepoint void"],
  ["void", ["run_created", "→running", "intent_cancel", "intent_void"], "start done, cancel void"],
])("%s", (_, words, told) => {
  const wishes = wishesOf(run, history(...words));
  expect(wishes.map(({ kind, state }) => `${kind} ${state}`).join(", ")).toBe(told);
  expect(wishes.every((wish) => (wish.state === "open") === (wish.endedAt === null))).toBe(true);
});

test("a role that may not act is told so, before anything else", () => {
  const t = makeTranslate("en");
  const can = offer({ version: 1, mode: "streaming", run: null }, t);
  const viewer = narrow(can, { operate: "needs operator", write: "needs editor" });
  expect(new Set(Object.values(viewer))).toEqual(new Set(["needs operator", "needs editor"]));
  expect(viewer.delete).toBe("needs editor");
  expect(narrow(can, { operate: null, write: null })).toEqual(can);
});

test("two contents differ in exactly what was changed", () => {
  const before = makeContent({ flink_configuration: { a: "1", b: "2" } });
  const after = makeContent({
    flink: "1.20",
    flink_configuration: { a: "1", c: "3" },
    resources: { ...NO_RESOURCES, slots: 4 },
  });
  expect(changesOf(before, before)).toEqual([]);
  expect(changesOf(before, after)).toEqual([
    { what: "flink", key: null, before: "2.3", after: "1.20" },
    { what: "resource", key: "slots", before: null, after: "4" },
    { what: "setting", key: "b", before: "2", after: null },
    { what: "setting", key: "c", before: null, after: "3" },
  ]);
});

test("of two plans only what differs is told", () => {
  const say = {
    version: (version: number) => `version ${version}`,
    restore: () => "restore",
    line: (line: { text: string }) => line.text,
    change: () => "change",
  };
  const line = (text: string) => ({ part: "step" as const, code: text, fields: {}, text });
  const plan = (version: number, ...texts: string[]) => ({
    action: "restart" as const,
    job: "orders",
    version,
    restore: null,
    steps: [],
    changes: [],
    warnings: [],
    lines: texts.map(line),
    diff: [],
    hash: "",
  });
  expect(newsOf(plan(1, "stop", "start 1"), plan(2, "stop", "start 2"), say)).toEqual({
    gone: ["version 1", "start 1"],
    come: ["version 2", "start 2"],
  });
});
