/** Lines of a log: their level, and which of them are asked for. */
export type Level = "error" | "warn" | "other";

export interface LogLine {
  number: number;
  text: string;
  level: Level;
}

const LEVEL = /\b(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\b/;
const LEVELS: Record<string, Level> = { WARN: "warn", ERROR: "error", FATAL: "error" };
const HEAD_CHARS = 80;

/** A line that begins no entry of its own (a stack trace) has the level of the entry before it. */
export function splitLog(text: string): LogLine[] {
  let level: Level = "other";
  const texts = text.split("\n");
  if (texts.at(-1) === "") texts.pop();
  return texts.map((line, index) => {
    const word = /^\d/.test(line) ? LEVEL.exec(line.slice(0, HEAD_CHARS))?.[1] : undefined;
    if (word !== undefined) level = LEVELS[word] ?? "other";
    return { number: index + 1, text: line, level };
  });
}

export interface Wanted {
  query: string;
  isErrorsOnly: boolean;
}

export function chooseLines(lines: LogLine[], { query, isErrorsOnly }: Wanted): LogLine[] {
  const asked = query.toLowerCase();
  return lines.filter(
    (line) =>
      (!isErrorsOnly || line.level !== "other") && (asked === "" || line.text.toLowerCase().includes(asked)),
  );
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
