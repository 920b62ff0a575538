/** The same action for the two other clients, to be pasted: a plan here is a plan there. */
import type { Wish } from "../../api/change";
import type { JobPath } from "../../api/queries";

const PLAIN = /^[\w./:@-]+$/;

function quote(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function commandOf({ project, job }: JobPath, wish: Wish): string {
  const words = ["rheostat", "job", wish.kind, quote(job), "-p", quote(project)];
  if (wish.kind === "start" || (wish.kind === "restart" && wish.from !== "savepoint"))
    words.push("--from", quote(wish.from));
  if ("version" in wish && wish.version !== null) words.push("--version", String(wish.version));
  if ("drain" in wish && wish.drain) words.push("--drain");
  if ("format" in wish && wish.format === "native") words.push("--native");
  if ("allowDropped" in wish && wish.allowDropped) words.push("--allow-dropped");
  return words.join(" ");
}

type Value = string | number | boolean;

const BODIES = { start: "StartBody", restart: "RestartBody" } as const;

/** Only what differs from the default is written. */
function fieldsOf(wish: Wish): [string, Value][] {
  const found: [string, Value][] = [];
  if ("from" in wish) found.push(["from_", wish.from]);
  if ("version" in wish && wish.version !== null) found.push(["version", wish.version]);
  if ("drain" in wish && wish.drain) found.push(["drain", true]);
  if ("format" in wish && wish.format === "native") found.push(["format", "native"]);
  if ("allowDropped" in wish && wish.allowDropped) found.push(["allow_dropped", true]);
  return found;
}

const literal = (value: Value): string =>
  typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value);

export function pythonOf({ project, job }: JobPath, wish: Wish, url: string): string {
  const fields = fieldsOf(wish)
    .map(([name, value]) => `${name}=${literal(value)}`)
    .join(", ");
  const lines = ["from rheostat.client import Client"];
  const given = [literal(project), literal(job)];
  if (wish.kind === "start" || wish.kind === "restart") {
    const body = BODIES[wish.kind];
    lines.push(`from rheostat.wire.plan import ${body}`);
    given.push(`${body}(${fields})`);
  } else if (fields !== "") given.push(fields);
  const call = `client.jobs.${wish.kind}(${given.join(", ")})`;
  return [...lines, "", `with Client(${literal(url)}) as client:`, `    ${call}`, ""].join("\n");
}
