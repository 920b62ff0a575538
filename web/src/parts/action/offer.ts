/** Which actions a job allows now; one that it does not allow says why. The server judges again. */
import type { Wish } from "../../api/change";
import type { JobView, RunView } from "../../api/client";
import type { PlainKey, Translate } from "../../i18n/t";
import { isTerminal, PHASES } from "../status/vocabulary";

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

export function offer(job: JobView, run: RunView | null, t: Translate): Offer {
  const live = run !== null && !isTerminal(run.phase) ? run : null;
  const isLive =
    live === null ? null : t("action.isLive", { run: live.number, phase: t(PHASES[live.phase].text) });
  return {
    start: isLive ?? (job.version === null ? t("action.noVersion") : null),
    stop: whyNot(live, "stop", t),
    savepoint: whyNot(live, "savepoint", t),
    restart: whyNot(live, "restart", t),
    cancel: whyNot(live, "cancel", t),
    delete: isLive,
  };
}

function whyNot(live: RunView | null, kind: Intent, t: Translate): string | null {
  if (live === null) return t("action.notLive");
  if (live.mode === "batch" && (kind === "stop" || kind === "savepoint")) return t("action.batchStop");
  const { intent } = live;
  if (intent !== null && !REPLACES[kind].includes(intent)) return t(intentText(intent));
  const isGone = live.attempt === null || live.attempt.stage === "gone";
  return kind !== "cancel" && live.phase === "held" && isGone ? t("action.engineGone") : null;
}
