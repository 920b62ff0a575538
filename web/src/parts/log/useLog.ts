import { useCallback, useEffect, useRef, useState } from "react";
import { followLog, type LogPlace, readLogAt, readLogEnd } from "../../api/log";
import type { JobPath } from "../../api/queries";
import { append, type LogWindow, type Piece, prepend } from "./window";

const KIB = 1024;
/** How much is read at once. */
const PIECE_BYTES = 256 * KIB;

interface Log {
  held: LogWindow | null;
  error: Error | null;
  isBusy: boolean;
}

/**
 * A part of one log file, its end first. While it follows, new lines come as they are written; when it is
 * paused, or shows an earlier part, nothing moves.
 */
export function useLog(path: JobPath, place: LogPlace, isLive: boolean) {
  const { project, job } = path;
  const { run, attempt, name } = place;
  const [log, setLog] = useState<Log>({ held: null, error: null, isBusy: true });
  const [isFollowing, setFollowing] = useState(true);
  const [hasEnded, setEnded] = useState(!isLive);
  const file = useRef("");
  const read = useRef<AbortController | null>(null);

  const load = useCallback(
    async (part: "end" | { offset: number; limit_bytes: number }, join: Join) => {
      read.current?.abort();
      const control = new AbortController();
      read.current = control;
      setLog((old) => ({ ...old, isBusy: true, error: null }));
      try {
        const at = { project, job };
        const place = { run, attempt, name };
        const view =
          part === "end"
            ? await readLogEnd(at, place, PIECE_BYTES, control.signal)
            : await readLogAt(at, place, part, control.signal);
        const piece = {
          text: view.text,
          offset: view.offset,
          next_offset: view.next_offset,
          rolled: view.rolled,
        };
        file.current = view.file;
        const fresh = { text: view.text, start: view.offset, end: view.next_offset, size: view.size_bytes };
        setLog(({ held }) => ({ held: join(held, piece, fresh), error: null, isBusy: false }));
      } catch (error) {
        if (control.signal.aborted) return;
        setLog((old) => ({
          ...old,
          isBusy: false,
          error: error instanceof Error ? error : new Error(String(error)),
        }));
      }
    },
    [project, job, run, attempt, name],
  );

  const toEnd = useCallback(() => {
    setFollowing(true);
    return load("end", (_, __, fresh) => fresh);
  }, [load]);
  useEffect(() => {
    setLog({ held: null, error: null, isBusy: true });
    setEnded(!isLive);
    void toEnd();
    return () => read.current?.abort();
  }, [toEnd, isLive]);

  const end = log.held === null || log.held.end < log.held.size ? null : log.held.end;
  const from = useRef<number | null>(null);
  from.current = end;
  const canFollow = isFollowing && !hasEnded && end !== null;
  useEffect(() => {
    if (!canFollow || from.current === null) return;
    const tell = {
      lines: (piece: Piece) =>
        setLog((old) => (old.held === null ? old : { ...old, held: append(old.held, piece) })),
      end: () => setEnded(true),
    };
    return followLog(
      { project, job },
      { run, attempt, name },
      { offset: from.current, file: file.current },
      tell,
    );
  }, [canFollow, project, job, run, attempt, name]);

  const { held } = log;
  return {
    ...log,
    isFollowing: isFollowing && !hasEnded,
    hasEnded,
    setFollowing,
    toEnd,
    earlier: () => {
      if (held === null || held.start === 0) return;
      const offset = Math.max(held.start - PIECE_BYTES, 0);
      void load({ offset, limit_bytes: held.start - offset }, (old, piece, fresh) =>
        old === null ? fresh : prepend(old, piece),
      );
    },
    later: () => {
      if (held === null) return;
      void load({ offset: held.end, limit_bytes: PIECE_BYTES }, (old, piece, fresh) =>
        old === null ? fresh : { ...append(old, piece), size: Math.max(old.size, fresh.size) },
      );
    },
    /** Shows the part around one byte of the file. */
    goTo: (offset: number) => {
      setFollowing(false);
      if (held !== null && offset >= held.start && offset < held.end) return;
      const start = Math.max(offset - PIECE_BYTES / 4, 0);
      void load({ offset: start, limit_bytes: PIECE_BYTES }, (_, __, fresh) => fresh);
    },
  };
}

type Join = (held: LogWindow | null, piece: Piece, fresh: LogWindow) => LogWindow;

export type LogState = ReturnType<typeof useLog>;
