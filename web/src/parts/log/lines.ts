/** Lines of a log: where they begin, their level, and which of them are shown. */
export type Level = "error" | "warn" | "other";

export interface LogLine {
  /** The byte of the file that it begins at. */
  at: number;
  text: string;
  level: Level;
}

const LEVEL = /\b(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\b/;
const LEVELS: Record<string, Level> = { WARN: "warn", ERROR: "error", FATAL: "error" };
const HEAD_CHARS = 80;
const encoder = new TextEncoder();

/** Bytes of a text in the file, which is UTF-8. */
export function bytesOf(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) > 127) return encoder.encode(text).length;
  }
  return text.length;
}

/** A line that begins no entry of its own (a stack trace) has the level of the entry before it. */
export function splitLog(text: string, start = 0): LogLine[] {
  let level: Level = "other";
  let at = start;
  const texts = text.split("\n");
  if (texts.at(-1) === "") texts.pop();
  return texts.map((line) => {
    const word = /^\d/.test(line) ? LEVEL.exec(line.slice(0, HEAD_CHARS))?.[1] : undefined;
    if (word !== undefined) level = LEVELS[word] ?? "other";
    const made = { at, text: line, level };
    at += bytesOf(line) + 1;
    return made;
  });
}

export const onlyTroubles = (lines: LogLine[]): LogLine[] => lines.filter((line) => line.level !== "other");

/** The line that a byte of the file is in; -1 where none of these is. */
export function lineAt(lines: readonly LogLine[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.at ?? 0) <= offset) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}

/** A text cut at each place where the query stands, for marking them. */
export function cutAt(text: string, query: string): { text: string; isHit: boolean; at: number }[] {
  if (query === "") return [{ text, isHit: false, at: 0 }];
  const parts: { text: string; isHit: boolean; at: number }[] = [];
  const low = text.toLowerCase();
  const asked = query.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(asked); at >= 0; at = low.indexOf(asked, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), isHit: false, at: from });
    parts.push({ text: text.slice(at, at + asked.length), isHit: true, at });
    from = at + asked.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isHit: false, at: from });
  return parts;
}
