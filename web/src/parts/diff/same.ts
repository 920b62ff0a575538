import type { ContentView } from "../../api/client";

/** Whether a draft and a version say the same; the order of keys says nothing. */
export function isSameContent(one: ContentView, other: ContentView): boolean {
  return canonical(one) === canonical(other);
}

function canonical(content: ContentView): string {
  const { sql, flink, guard, flink_configuration: conf } = content;
  return JSON.stringify([sql, flink, guard, Object.entries(conf).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
