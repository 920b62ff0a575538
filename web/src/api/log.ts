/** Reading one log file: by place, by search, and as it grows. */
import { api, type LogMatch, type LogView, take } from "./client";
import type { JobPath } from "./queries";

export interface LogPlace {
  run: string;
  attempt: number;
  name: string;
}

const FILE = "/api/v1/projects/{project}/jobs/{job}/runs/{run}/logs/{attempt}/{name}";

export const readLogEnd = (path: JobPath, place: LogPlace, bytes: number, signal: AbortSignal) =>
  take(api.GET(FILE, { params: { path: { ...path, ...place }, query: { tail_bytes: bytes } }, signal }));

export const readLogAt = (
  path: JobPath,
  place: LogPlace,
  part: { offset: number; limit_bytes: number },
  signal: AbortSignal,
): Promise<LogView> => take(api.GET(FILE, { params: { path: { ...path, ...place }, query: part }, signal }));

export const searchLog = (
  path: JobPath,
  place: LogPlace,
  q: string,
  after: string | null,
  signal: AbortSignal,
) =>
  take(
    api.GET(`${FILE}/search`, {
      params: {
        path: { ...path, ...place },
        query: { q, limit: 1000, ...(after === null ? {} : { after }) },
      },
      signal,
    }),
  ) as Promise<{ items: LogMatch[]; next: string | null }>;

function urlOf(path: JobPath, place: LogPlace, verb: string): string {
  const at = [path.project, "jobs", path.job, "runs", place.run, "logs", String(place.attempt), place.name];
  return `/api/v1/projects/${at.map(encodeURIComponent).join("/")}/${verb}`;
}

export const downloadUrl = (path: JobPath, place: LogPlace): string => urlOf(path, place, "download");

interface Lines {
  offset: number;
  next_offset: number;
  text: string;
  rolled: boolean;
  file: string;
}

/** Tells each new piece of text after `offset`, until the answer is called or the attempt is gone. */
export function followLog(
  path: JobPath,
  place: LogPlace,
  from: { offset: number; file: string },
  tell: { lines: (lines: Lines) => void; end: () => void },
): () => void {
  let at = from.offset;
  let file = from.file;
  let source: EventSource | null = null;
  let retry: number | undefined;
  const open = () => {
    const made = new EventSource(
      `${urlOf(path, place, "follow")}?offset=${at}&file=${encodeURIComponent(file)}`,
    );
    source = made;
    made.addEventListener("lines", (event: MessageEvent<string>) => {
      const lines = JSON.parse(event.data) as Lines;
      if (!lines.rolled && lines.next_offset <= at) return;
      at = lines.next_offset;
      file = lines.file;
      tell.lines(lines);
    });
    made.addEventListener("end", () => {
      made.close();
      tell.end();
    });
    made.onerror = () => {
      made.close();
      retry = window.setTimeout(open, 2000);
    };
  };
  open();
  return () => {
    window.clearTimeout(retry);
    source?.close();
  };
}
