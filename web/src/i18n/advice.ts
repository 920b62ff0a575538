import type { RunView } from "../api/client";
import { catalogueOf, type Language } from "./catalogue";
import { fill } from "./t";

type Advice = RunView["advice"][number];
type Names = Pick<RunView, "job" | "project">;

/** What to do next in the reader's language: by the code of the reason, else as the server wrote it. */
export function advise({ code, text }: Advice, { job, project }: Names, language: Language): string {
  const known = catalogueOf(language).advice[code];
  return known === undefined ? text : fill(known, { job, project }, language);
}

export interface Part {
  /** Where it begins in the text. */
  at: number;
  text: string;
  isCommand: boolean;
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The text in its parts: commands that can be typed, and the words between them. */
export function splitCommands(text: string, { job, project }: Names): Part[] {
  const about = ` ${escaped(job)} -p ${escaped(project)}(?: --[a-z-]+ [A-Z]+)?`;
  const parts: Part[] = [];
  let at = 0;
  const add = (end: number, isCommand: boolean) => {
    if (end > at) parts.push({ at, text: text.slice(at, end), isCommand });
    at = end;
  };
  for (const found of text.matchAll(new RegExp(`rheostat [a-z]+ [a-z]+(?:${about})?`, "g"))) {
    add(found.index, false);
    add(found.index + found[0].length, true);
  }
  add(text.length, false);
  return parts;
}
