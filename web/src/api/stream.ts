/**
 * The stream of events of one project: open while the tab is visible, taken up after the last event that was
 * heard, opened again when it breaks or falls silent.
 */
import type { QueryClient } from "@tanstack/react-query";
import { learnInstant } from "./clock";
import { noteHeard, noteStream } from "./contact";
import { type HistoryFrame, type JobFrame, LiveCache } from "./patch";
import { meQuery } from "./session";

/** The server's heart beats every 10 s: two and a half beats without a word are too many. */
export const SILENCE_MS = 25_000;
const CHECK_MS = 1000;
const FIRST_WAIT_MS = 1000;
const LAST_WAIT_MS = 10_000;

let reconnect: () => void = () => undefined;

/** The reader does not want to wait for the next try. */
export const reconnectNow = (): void => reconnect();

/** Follows a project until the answer is called. */
export function follow(client: QueryClient, project: string): () => void {
  const cache = new LiveCache(client, project);
  let source: EventSource | null = null;
  let retry: number | undefined;
  let wait = FIRST_WAIT_MS;
  let heardAt = Date.now();
  let triedAt = heardAt;

  const drop = () => {
    window.clearTimeout(retry);
    retry = undefined;
    source?.close();
    source = null;
  };
  const hear = () => {
    heardAt = Date.now();
    wait = FIRST_WAIT_MS;
    noteHeard();
  };
  const open = () => {
    drop();
    const after = cache.lastId === null ? "" : `&after=${cache.lastId}`;
    const made = new EventSource(`/api/v1/events?project=${encodeURIComponent(project)}${after}`);
    source = made;
    triedAt = Date.now();
    const on = (name: string, take: (event: MessageEvent<string>) => void) =>
      made.addEventListener(name, (event: MessageEvent<string>) => {
        hear();
        take(event);
      });
    made.onopen = () => {
      hear();
      // What happened between the first answers and now, or while nothing was heard, has no event here.
      if (cache.lastId === null) cache.begin();
    };
    on("history", (event) => cache.history(Number(event.lastEventId), parse<HistoryFrame>(event)));
    on("job", (event) => {
      cache.job(parse<JobFrame>(event));
    });
    on("reset", (event) => {
      cache.lastId = event.lastEventId === "" ? null : Number(event.lastEventId);
      cache.reset();
    });
    on("beat", (event) => {
      if (event.lastEventId !== "") cache.pass(Number(event.lastEventId));
      learnInstant(parse<{ now: string }>(event).now);
    });
    made.onerror = () => {
      drop();
      noteStream(Date.now() - heardAt < SILENCE_MS ? "opening" : "stale");
      // The session may have ended: asking who we are shows the way back in.
      void client.invalidateQueries({ queryKey: meQuery.queryKey });
      retry = window.setTimeout(open, wait);
      wait = Math.min(wait * 2, LAST_WAIT_MS);
    };
  };
  const check = window.setInterval(() => {
    if (document.hidden || Date.now() - heardAt < SILENCE_MS) return;
    noteStream("stale");
    if (source !== null && Date.now() - triedAt >= SILENCE_MS) open();
  }, CHECK_MS);
  const turn = () => {
    if (document.hidden) return drop();
    heardAt = Date.now(); // nobody was listening: that was no silence of the server
    open();
  };
  document.addEventListener("visibilitychange", turn);
  reconnect = () => {
    noteStream("opening");
    open();
  };
  noteStream("opening");
  turn();
  return () => {
    drop();
    cache.close();
    window.clearInterval(check);
    document.removeEventListener("visibilitychange", turn);
    reconnect = () => undefined;
    noteStream("off");
  };
}

function parse<T>(event: MessageEvent<string>): T {
  return JSON.parse(event.data) as T;
}
