/** Small whole objects of the API, to be changed in the part that a test is about. */
import type { ContentView, EventView, JobRow } from "../src/api/client";

export const NO_RESOURCES: ContentView["resources"] = {
  parallelism: null,
  slots: null,
  jobmanager_memory: null,
  taskmanager_memory: null,
  jobmanager_cpu: null,
  taskmanager_cpu: null,
};

export const makeContent = (part: Partial<ContentView> = {}): ContentView => ({
  kind: "sql",
  sql: "SELECT 1",
  jar: null,
  flink: "2.3",
  guard: "hold",
  flink_configuration: {},
  resources: NO_RESOURCES,
  policies: { unseen_batch: "hold", resume_failed: 0, max_rewind_s: 86_400, is_stateless: false },
  ...part,
});

export const makeRow = (part: Partial<JobRow> = {}): JobRow => ({
  id: "job-1",
  name: "orders",
  project: "shop",
  kind: "sql",
  mode: "streaming",
  flink: "2.3",
  version: 1,
  running_version: null,
  draft_differs: false,
  phase: null,
  reason: null,
  since: null,
  health: null,
  health_reasons: [],
  run: null,
  created_at: "2026-11-22T12:00:00Z",
  ...part,
});

export const makeEvent = (part: Partial<EventView> = {}): EventView => ({
  id: 1,
  at: "2026-11-22T12:00:00Z",
  run: 1,
  attempt: null,
  kind: "decision",
  code: "phase_changed",
  text: "",
  actor: null,
  duration_ms: null,
  fields: {},
  ...part,
});
