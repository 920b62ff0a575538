/** What people asked of one run, read from its events, each with its state. */
import type { EventView, RunView } from "../../api/client";
import { type IconName, isTerminal, type Tone } from "../../parts/status/vocabulary";

export type WishKind = "start" | "stop" | "cancel" | "savepoint" | "restart";
export type WishState = "open" | "done" | "failed" | "void" | "replaced";

export interface Wished {
  /** The event's: newer wishes have greater ones. */
  id: number;
  kind: WishKind;
  state: WishState;
  actor: string | null;
  at: string;
  endedAt: string | null;
  run: number;
  /** The event that ended it. */
  end: EventView | null;
}

export const LOOKS: Record<WishState, { tone: Tone; icon: IconName }> = {
  open: { tone: "work", icon: "hourglass" },
  done: { tone: "ok", icon: "check" },
  failed: { tone: "warn", icon: "alert" },
  void: { tone: "calm", icon: "slash" },
  replaced: { tone: "calm", icon: "circularArrow" },
};

const ASKED: Record<string, WishKind> = {
  run_created: "start",
  intent_stop: "stop",
  intent_cancel: "cancel",
  intent_savepoint: "savepoint",
  intent_restart: "restart",
};

/** The phase that a wish for an end is fulfilled by. */
const ENDS: Partial<Record<WishKind, readonly string[]>> = {
  stop: ["stopped", "finished"],
  cancel: ["canceled"],
  restart: ["stopped", "canceled", "finished"],
};

const phaseAfter = (event: EventView): string | null =>
  event.code === "phase_changed" ? String(event.fields["after"]) : null;

/** What an event says about an open wish; null when it says nothing. */
function verdict(kind: WishKind, event: EventView): WishState | null {
  const after = phaseAfter(event);
  if (event.code === "intent_failed") return kind === "start" ? null : "failed";
  if (event.code === "intent_void") return kind === "start" ? null : "void";
  if (kind === "start") {
    if (after === "running" || after === "finished") return "done";
    return after !== null && isTerminal(after) ? (after === "failed" ? "failed" : "void") : null;
  }
  if (kind === "savepoint") {
    if (event.code === "snapshot_recorded" && event.fields["kind"] === "savepoint") return "done";
    return after !== null && isTerminal(after) ? "void" : null;
  }
  if (kind === "restart" && event.code === "restarted") return "done";
  if (after === null || !isTerminal(after)) return null;
  return ENDS[kind]?.includes(after) === true ? "done" : "void";
}

export function wishesOf(run: RunView, events: EventView[]): Wished[] {
  const found: Wished[] = [];
  for (const event of events) {
    const kind = ASKED[event.code];
    for (const wish of found) {
      if (wish.state !== "open") continue;
      // A wish for an end takes the place of the one before.
      const isReplaced = kind !== undefined && kind !== "start" && wish.kind !== "start";
      const state = isReplaced ? "replaced" : kind === undefined ? verdict(wish.kind, event) : null;
      if (state !== null) Object.assign(wish, { state, endedAt: event.at, end: event });
    }
    if (kind === undefined) continue;
    const { id, actor, at } = event;
    found.push({ id, kind, state: "open", actor, at, endedAt: null, run: run.number, end: null });
  }
  return found;
}
