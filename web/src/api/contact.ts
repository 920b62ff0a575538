/** Whether the server answers, still knows us, and tells us of changes: what every request learns, for the shell. */
import { useSyncExternalStore } from "react";

/** `off`: this tab follows nothing; `stale`: it should, and nothing was heard for too long. */
export type StreamState = "off" | "opening" | "live" | "stale";

export interface Contact {
  /** When it last answered anything, in this computer's time. */
  readonly answeredAt: number;
  readonly isAway: boolean;
  readonly isSignedOut: boolean;
  readonly stream: StreamState;
  /** When the stream was last heard, in this computer's time. */
  readonly heardAt: number;
}

let contact: Contact = {
  answeredAt: Date.now(),
  isAway: false,
  isSignedOut: false,
  stream: "off",
  heardAt: Date.now(),
};
const listeners = new Set<() => void>();

/** Instants alone are no news: who shows them has a clock that ticks. */
function set(change: Partial<Contact>): void {
  const next = { ...contact, ...change };
  const isNews =
    next.isAway !== contact.isAway ||
    next.isSignedOut !== contact.isSignedOut ||
    next.stream !== contact.stream;
  if (!isNews) {
    Object.assign(contact, change);
    return;
  }
  contact = next;
  for (const each of listeners) each();
}

export function noteAnswer(status: number): void {
  set({
    answeredAt: Date.now(),
    isAway: false,
    ...(status === 401 ? { isSignedOut: true } : {}),
  });
}

export function noteSilence(): void {
  set({ isAway: true });
}

export function noteSignedIn(): void {
  set({ isSignedOut: false });
}

export function noteStream(stream: StreamState): void {
  set({ stream });
}

export function noteHeard(): void {
  set({ heardAt: Date.now(), stream: "live", isAway: false, answeredAt: Date.now() });
}

export const currentContact = (): Contact => contact;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useContact = (): Contact => useSyncExternalStore(subscribe, () => contact);
