/** The words of the status vocabulary: which tone and which outline each has. Their names are texts. */
import type { RunView } from "../../api/client";
import type { PlainKey } from "../../i18n/t";

export type Tone = "ok" | "work" | "warn" | "bad" | "hold" | "calm" | "blind";
export type Phase = RunView["phase"];
export type PhaseWord = Phase | "draft" | "published";
export type HealthWord = RunView["health"];
export type IconName =
  | "pencil"
  | "tag"
  | "hourglass"
  | "box"
  | "triangleHollow"
  | "triangle"
  | "circularArrow"
  | "crossingArrows"
  | "hand"
  | "squareHollow"
  | "square"
  | "slash"
  | "check"
  | "octagon"
  | "shield"
  | "alert"
  | "eye";

interface Look {
  tone: Tone;
  icon: IconName;
  text: PlainKey;
}

export const PHASES: Record<PhaseWord, Look> = {
  draft: { tone: "calm", icon: "pencil", text: "phase.draft" },
  published: { tone: "calm", icon: "tag", text: "phase.published" },
  queued: { tone: "work", icon: "hourglass", text: "phase.queued" },
  preparing: { tone: "work", icon: "box", text: "phase.preparing" },
  starting: { tone: "work", icon: "triangleHollow", text: "phase.starting" },
  running: { tone: "ok", icon: "triangle", text: "phase.running" },
  restarting: { tone: "warn", icon: "circularArrow", text: "phase.restarting" },
  failing_over: { tone: "warn", icon: "crossingArrows", text: "phase.failing_over" },
  held: { tone: "hold", icon: "hand", text: "phase.held" },
  stopping: { tone: "work", icon: "squareHollow", text: "phase.stopping" },
  stopped: { tone: "calm", icon: "square", text: "phase.stopped" },
  canceled: { tone: "calm", icon: "slash", text: "phase.canceled" },
  finished: { tone: "ok", icon: "check", text: "phase.finished" },
  failed: { tone: "bad", icon: "octagon", text: "phase.failed" },
};

export const HEALTHS: Record<HealthWord, Look> = {
  healthy: { tone: "ok", icon: "shield", text: "health.healthy" },
  degraded: { tone: "warn", icon: "alert", text: "health.degraded" },
  unknown: { tone: "blind", icon: "eye", text: "health.unknown" },
};

const TERMINAL: ReadonlySet<string> = new Set(["stopped", "canceled", "finished", "failed"]);

export const isTerminal = (phase: string): boolean => TERMINAL.has(phase);

export function isPhase(word: string): word is Phase {
  return word in PHASES && word !== "draft" && word !== "published";
}

/** A job's word: its newest run's phase; before that, whether anything was published. */
export function phaseOf(job: { phase: string | null; version: number | null }): PhaseWord {
  if (job.phase !== null && isPhase(job.phase)) return job.phase;
  return job.version === null ? "draft" : "published";
}

export function healthOf(word: string | null): HealthWord | null {
  return word !== null && word in HEALTHS ? (word as HealthWord) : null;
}
