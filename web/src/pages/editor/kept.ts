/** What was typed and not saved, kept in this tab: a lost session or a reload loses none of it. */
import type { Fields } from "./draft";

interface Kept {
  revision: number;
  fields: Fields;
}

const nameOf = (job: string): string => `rheostat.draft.${job}`;

export function keep(job: string, kept: Kept): void {
  try {
    sessionStorage.setItem(nameOf(job), JSON.stringify(kept));
  } catch {
    // The store is full or switched off: what was typed is still on the page.
  }
}

export function letGo(job: string): void {
  sessionStorage.removeItem(nameOf(job));
}

export function recall(job: string): Kept | null {
  const text = sessionStorage.getItem(nameOf(job));
  if (text === null) return null;
  try {
    return JSON.parse(text) as Kept;
  } catch {
    return null;
  }
}
