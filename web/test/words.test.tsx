import { readFileSync } from "node:fs";
import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, test } from "vitest";
import type { RunView } from "../src/api/client";
import { advise, splitCommands } from "../src/i18n/advice";
import { en } from "../src/i18n/en";
import { ReaderProvider } from "../src/i18n/language";
import { tell } from "../src/i18n/sentence";
import { fill, makeTranslate, slotsOf } from "../src/i18n/t";
import { zh } from "../src/i18n/zh";
import { advice } from "../src/i18n/zh/advice";
import { reasons } from "../src/i18n/zh/reasons";
import { Advice } from "../src/parts/run/Advice";
import { HealthBadge, PhaseBadge } from "../src/parts/status/Badges";
import { HEALTHS, type HealthWord, PHASES, type PhaseWord } from "../src/parts/status/vocabulary";

afterEach(cleanup);

const keys = Object.keys(en) as (keyof typeof en)[];

describe("catalogues", () => {
  test("both languages have the same slots in each text", () => {
    const different = keys.filter((key) => slotsOf(en[key]).join() !== slotsOf(zh[key]).join());
    expect(different).toEqual([]);
  });

  test("no Chinese text is left in English", () => {
    const latin = /^[A-Za-z0-9 {}/.:·]*$/;
    const same = keys.filter((key) => zh[key] === en[key] && !latin.test(en[key]));
    expect(same).toEqual([]);
  });

  test("a count chooses the word, and numbers are grouped", () => {
    const t = makeTranslate("en");
    expect(t("jobs.countAll", { count: 1 })).toBe("1 job");
    expect(t("jobs.countAll", { count: 10214 })).toBe("10,214 jobs");
    expect(makeTranslate("zh")("jobs.countAll", { count: 1 })).toBe("1 个作业");
  });

  test("every code that the server tells has its Chinese", () => {
    const source = readFileSync("../src/rheostat/core/sentences.py", "utf8");
    const table = source.slice(source.indexOf("SENTENCES"), source.indexOf("\ndef "));
    const codes = [...table.matchAll(/^ {4}"(\w+)":/gm)].map((match) => match[1] ?? "");
    expect(codes.length).toBeGreaterThan(50);
    expect(codes.filter((code) => code !== "phase_changed" && !(code in reasons))).toEqual([]);
  });
});

describe("sentences of the server", () => {
  const t = makeTranslate("zh");

  test("a code is told in the reader's language, and stays as it came in English", () => {
    const reason = {
      code: "job_starting",
      text: "0 of 2 tasks run",
      fields: { processing: "0", total: "2" },
    };
    expect(tell(reason, "en", makeTranslate("en"))).toBe("0 of 2 tasks run");
    expect(tell(reason, "zh", t)).toBe("2 个任务中已有 0 个运行");
  });

  test("a change of phase is told with both phases", () => {
    const fields = { before: "starting", after: "running", reason: "running", text: "every task runs" };
    const told = tell(
      { code: "phase_changed", text: "starting → running: every task runs", fields },
      "zh",
      t,
    );
    expect(told).toBe("启动中 → 运行中：全部任务正在运行");
  });

  test("facts that are words of ours are told too", () => {
    const fields = { kind: "savepoint", checkpoint_id: 4, proven: 2 };
    const told = { code: "snapshot_recorded", text: "", fields };
    expect(tell(told, "zh", t)).toBe("保存点 4 已记录，验证级别 2");
  });

  test("what is not known stays as it came", () => {
    expect(tell({ code: "brand_new", text: "something new", fields: {} }, "zh", t)).toBe("something new");
  });

  test("every step of a start has its Chinese", () => {
    const source = readFileSync("../src/rheostat/service/history.py", "utf8");
    const table = source.slice(source.indexOf("STEPS = {"), source.indexOf("BY_ACTION"));
    const codes = [...table.matchAll(/^ {4}"(\w+)":/gm)].map((match) => match[1] ?? "");
    expect(codes).toContain("tasks_running");
    expect(codes.filter((code) => !(`step_${code}` in reasons))).toEqual([]);
  });
});

/** The advice of `core/advice.py` by code: strings, and names of strings, put together as Python does it. */
function readAdvice(): Map<string, string> {
  const source = readFileSync("../src/rheostat/core/advice.py", "utf8");
  const table = source.indexOf("ADVICE: dict");
  const named = new Map<string, string>();
  const join = (code: string): string =>
    [...code.matchAll(/"([^"]*)"|(_[A-Z_]+)/g)]
      .map(([, text, name]) => text ?? named.get(name ?? "") ?? "")
      .join("");
  for (const [, name, code] of source.slice(0, table).matchAll(/^(_[A-Z_]+) = (\([\s\S]*?^\)|.*$)/gm)) {
    named.set(name ?? "", join(code ?? ""));
  }
  const entries = source.slice(table).matchAll(/^ {4}"(\w+)": ([\s\S]*?),$(?=\n {4}["#]|\n\})/gm);
  return new Map([...entries].map(([, code, text]) => [code ?? "", join(text ?? "")]));
}

describe("advice of the server", () => {
  const names = { job: "orders.v2", project: "shop" };
  const english = readAdvice();
  const commandsIn = (text: string) =>
    splitCommands(fill(text, names, "en"), names)
      .filter((part) => part.isCommand)
      .map((part) => part.text);

  test("every code has its Chinese, and nothing else has", () => {
    expect(english.size).toBeGreaterThan(40);
    expect([...english.values()].filter((text) => text === "")).toEqual([]);
    expect(Object.keys(advice).sort()).toEqual([...english.keys()].sort());
  });

  test.each([...english])("the commands of %s are the same in Chinese", (code, text) => {
    const chinese = advice[code] ?? "";
    expect(commandsIn(chinese)).toEqual(commandsIn(text));
    expect(chinese.match(/--[a-z-]+/g)).toEqual(text.match(/--[a-z-]+/g));
    // No command is missed, or ends too early.
    const rest = splitCommands(fill(text, names, "en"), names).filter((part) => !part.isCommand);
    expect(rest.filter((part) => /rheostat| -p /.test(part.text))).toEqual([]);
  });

  test("commands can be typed, with the job's own names", () => {
    expect(commandsIn(english.get("restore_failed") ?? "")).toEqual([
      "rheostat snapshot list orders.v2 -p shop",
      "rheostat job cancel orders.v2 -p shop",
      "rheostat job start orders.v2 -p shop --from SNAPSHOT",
    ]);
    expect(commandsIn(english.get("engine_missing") ?? "")).toEqual(["rheostat engine install"]);
  });

  test("it is told in the reader's language, else as it came", () => {
    const told = { code: "job_restarting", text: "read what Flink threw: …" };
    expect(advise(told, names, "en")).toBe("read what Flink threw: …");
    expect(advise(told, names, "zh")).toBe(
      "查看 Flink 抛出的异常：rheostat job exceptions orders.v2 -p shop",
    );
    expect(advise({ code: "brand_new", text: "look" }, names, "zh")).toBe("look");
  });

  test.each([
    ["en", "What to do", "Copy rheostat job logs orders.v2 -p shop"],
    ["zh", "怎么办", "复制 rheostat job logs orders.v2 -p shop"],
  ] as const)("a page shows it with a button for each command in %s", (language, title, button) => {
    localStorage.setItem("rheostat.language", language);
    const text = fill(english.get("submit_failed") ?? "", names, "en");
    const show = (run: RunView) => (
      <MantineProvider env="test">
        <ReaderProvider>
          <Advice run={run} />
        </ReaderProvider>
      </MantineProvider>
    );
    const run = { ...names, advice: [{ code: "submit_failed", text }] } as RunView;
    const { rerender } = render(show(run));
    expect(screen.getByRole("heading", { name: title })).toBeTruthy();
    expect(screen.getByRole("button", { name: button })).toBeTruthy();
    rerender(show({ ...run, advice: [] }));
    expect(screen.queryByRole("heading")).toBeNull();
  });
});

describe("status", () => {
  test.each(["en", "zh"] as const)("every phase and health has an icon and a word in %s", (language) => {
    localStorage.setItem("rheostat.language", language);
    const words = language === "en" ? en : zh;
    render(
      <MantineProvider env="test">
        <ReaderProvider>
          {(Object.keys(PHASES) as PhaseWord[]).map((phase) => (
            <PhaseBadge key={phase} phase={phase} />
          ))}
          {(Object.keys(HEALTHS) as HealthWord[]).map((health) => (
            <HealthBadge key={health} health={health} />
          ))}
        </ReaderProvider>
      </MantineProvider>,
    );
    for (const { text } of [...Object.values(PHASES), ...Object.values(HEALTHS)]) {
      expect(screen.getByText(words[text]).querySelector("svg[aria-hidden=true]")).not.toBeNull();
    }
  });

  test("no two words share an outline, and only failure is red", () => {
    const looks = [...Object.entries(PHASES), ...Object.entries(HEALTHS)];
    expect(new Set(looks.map(([, look]) => look.icon)).size).toBe(looks.length);
    expect(looks.filter(([, look]) => look.tone === "bad").map(([word]) => word)).toEqual(["failed"]);
  });
});
