/** Whether the server answers, and whether it still knows us: what every request learns, told to the shell. */
import { useSyncExternalStore } from "react";

interface Contact {
  /** When it last answered anything, in this computer's time. */
  answeredAt: number;
  isAway: boolean;
  isSignedOut: boolean;
}

let contact: Contact = { answeredAt: Date.now(), isAway: false, isSignedOut: false };
const listeners = new Set<() => void>();

function set(next: Contact): void {
  const isNews = next.isAway !== contact.isAway || next.isSignedOut !== contact.isSignedOut;
  contact = isNews ? next : Object.assign(contact, next);
  if (isNews) for (const each of listeners) each();
}

export function noteAnswer(status: number): void {
  set({ answeredAt: Date.now(), isAway: false, isSignedOut: status === 401 ? true : contact.isSignedOut });
}

export function noteSilence(): void {
  set({ ...contact, isAway: true });
}

export function noteSignedIn(): void {
  set({ ...contact, isSignedOut: false });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useContact = (): Contact => useSyncExternalStore(subscribe, () => contact);
