/**
 * The server's clock, learnt from the Date header of its answers and from its heartbeat, so that a laptop whose clock is wrong,
 * or that slept, shows true ages. The header has whole seconds: a smaller difference is not believed.
 */
import { useEffect, useState } from "react";

const BELIEVED_MS = 2000;
let offsetMs = 0;

export function learnTime(header: string | null): void {
  if (header !== null) learnInstant(header);
}

/** The same from an instant that the server has just written. */
export function learnInstant(text: string): void {
  const server = Date.parse(text);
  if (Number.isNaN(server)) return;
  const difference = server - Date.now();
  offsetMs = Math.abs(difference) < BELIEVED_MS ? 0 : difference;
}

export const serverNow = (): number => Date.now() + offsetMs;

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let timer: number | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(() => {
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

/** Server time that ticks: one timer for the whole page. */
export function useNow(): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => subscribe(() => setNow(serverNow())), []);
  return now;
}
