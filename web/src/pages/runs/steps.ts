/** How long each step of a start took, read from the events of one run's newest attempt. */
import type { EventView } from "../../api/client";
import type { PlainKey } from "../../i18n/t";

export interface Step {
  text: PlainKey;
  seconds: number;
}

const PHASES: Record<string, PlainKey> = {
  queued: "step.queued",
  preparing: "step.preparing",
};

/** As they follow each other, not as they were written down. */
const ORDER: PlainKey[] = [
  "step.queued",
  "step.preparing",
  "step.launch",
  "step.compiled",
  "step.submitted",
  "step.tasks",
];

function numberOf(fields: Record<string, unknown>, name: string): number | null {
  const value = fields[name];
  return typeof value === "number" ? value : null;
}

function toStep(event: EventView): Step | null {
  const step = (text: PlainKey, ms: number | null): Step | null =>
    ms === null ? null : { text, seconds: ms / 1000 };
  switch (event.code) {
    case "phase_changed": {
      const text = PHASES[String(event.fields["before"])];
      return text === undefined ? null : step(text, numberOf(event.fields, "held_ms"));
    }
    case "action_done":
      return event.fields["action"] === "launch" ? step("step.launch", event.duration_ms) : null;
    case "compiled":
      return step("step.compiled", event.duration_ms);
    case "submitted":
      return step("step.submitted", event.duration_ms);
    case "tasks_running":
      return step("step.tasks", numberOf(event.fields, "since_launch_ms"));
    default:
      return null;
  }
}

export function stepsOf(events: EventView[]): Step[] {
  const newest = events.reduce((most, event) => Math.max(most, event.attempt ?? 0), 0);
  const found = new Map<PlainKey, Step>();
  for (const event of events) {
    if (event.attempt !== null && event.attempt !== newest) continue;
    const step = toStep(event);
    if (step !== null && !found.has(step.text)) found.set(step.text, step);
  }
  return ORDER.flatMap((text) => found.get(text) ?? []);
}

const DULL: ReadonlySet<string> = new Set([
  "action_begun",
  "action_done",
  "hello",
  "bye",
  "status",
  "outcome",
]);

/** Decisions, people, failures and milestones; not each single act of the control loop. */
export const isImportant = (event: EventView): boolean => !DULL.has(event.code);
