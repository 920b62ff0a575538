/** Which actions a job allows now; one that it does not allow says why. The server judges again. */
import type { Wish } from "../../api/change";
import type { JobRow, JobView, RunView } from "../../api/client";
import type { PlainKey, Translate } from "../../i18n/t";
import { isPhase, isTerminal, PHASES, type Phase } from "../status/vocabulary";

export type ActionKind = Wish["kind"];

/** For each action null, or why it cannot be done. */
export type Offer = Record<ActionKind, string | null>;

type Intent = "stop" | "cancel" | "savepoint" | "restart";

/** Which open wish a new one may take the place of, as the server has it. */
const REPLACES: Record<Intent, readonly string[]> = {
  cancel: ["stop", "savepoint", "restart"],
  stop: ["savepoint", "restart"],
  restart: ["savepoint"],
  savepoint: [],
};

const UNDER_WAY: Record<string, PlainKey> = {
  stop: "intent.stop",
  cancel: "intent.cancel",
  savepoint: "intent.savepoint",
  restart: "intent.restart",
};

/** What is under way, in words. */
export function intentText(intent: string): PlainKey {
  return UNDER_WAY[intent] ?? "intent.other";
}

/** What has to be known of a job to say what it allows. */
export interface Standing {
  version: number | null;
  mode: "streaming" | "batch";
  run: { number: number; phase: Phase; intent: string | null; hasEngine: boolean } | null;
}

export function standingOf(job: JobView, run: RunView | null): Standing {
  const { version, mode } = job;
  if (run === null) return { version, mode, run: null };
  const { number, phase, intent, attempt } = run;
  const hasEngine = attempt !== null && attempt.stage !== "gone";
  return { version, mode: run.mode, run: { number, phase, intent, hasEngine } };
}

/** A list knows less: what it does not know, the plan finds out. */
export function standingOfRow({ version, mode, phase, run: number }: JobRow): Standing {
  if (number === null || phase === null || !isPhase(phase)) return { version, mode, run: null };
  return { version, mode, run: { number, phase, intent: null, hasEngine: true } };
}

export function offer({ version, mode, run }: Standing, t: Translate): Offer {
  const live = run !== null && !isTerminal(run.phase) ? run : null;
  const isLive =
    live === null ? null : t("action.isLive", { run: live.number, phase: t(PHASES[live.phase].text) });
  const why = (kind: Intent): string | null => {
    if (live === null) return t("action.notLive");
    if (mode === "batch" && (kind === "stop" || kind === "savepoint")) return t("action.batchStop");
    if (live.intent !== null && !REPLACES[kind].includes(live.intent)) return t(intentText(live.intent));
    return kind !== "cancel" && live.phase === "held" && !live.hasEngine ? t("action.engineGone") : null;
  };
  return {
    start: isLive ?? (version === null ? t("action.noVersion") : null),
    stop: why("stop"),
    savepoint: why("savepoint"),
    restart: why("restart"),
    cancel: why("cancel"),
    delete: isLive,
  };
}

/** The offer to one who may do only what the role allows. */
export function narrow(given: Offer, may: { operate: string | null; write: string | null }): Offer {
  const { operate, write } = may;
  return {
    start: operate ?? given.start,
    stop: operate ?? given.stop,
    savepoint: operate ?? given.savepoint,
    restart: operate ?? given.restart,
    cancel: operate ?? given.cancel,
    delete: write ?? given.delete,
  };
}
