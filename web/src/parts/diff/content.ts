import type { ContentView } from "../../api/client";

/** Everything that a version freezes as one text, so that one comparison shows every change. */
export function contentText(content: ContentView): string {
  const conf = Object.entries(content.flink_configuration).sort(([a], [b]) => (a < b ? -1 : 1));
  const head = [
    `flink: ${content.flink}`,
    `guard: ${content.guard}`,
    ...conf.map(([key, value]) => `${key}: ${value}`),
  ];
  return `${head.join("\n")}\n\n${content.sql}`;
}
