import type { Wish } from "../../api/change";
import type { JobPath } from "../../api/queries";

const PLAIN = /^[\w./:@-]+$/;

function quote(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The same action for the command line, to be pasted into a shell. */
export function commandOf({ project, job }: JobPath, wish: Wish): string {
  const words = ["rheostat", "job", wish.kind, quote(job), "-p", quote(project)];
  if (wish.kind === "start") words.push("--from", quote(wish.from));
  if ("version" in wish && wish.version !== null) words.push("--version", String(wish.version));
  return words.join(" ");
}
