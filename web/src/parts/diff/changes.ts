/** How two contents differ, but for the SQL: a line for each setting, as a plan has them. */
import type { Change, ContentView } from "../../api/client";

type Fact = readonly [Change["what"], string | null, string | null];

function factsOf(content: ContentView): Map<string, Fact> {
  const { jar, flink, guard, resources, policies, flink_configuration: conf } = content;
  const facts: Fact[] = [
    ["flink", null, flink],
    ["guard", null, guard],
    ...Object.entries(resources).map(([key, value]): Fact => ["resource", key, textOf(value)]),
    ...Object.entries(policies).map(([key, value]): Fact => ["policy", key, textOf(value)]),
    ...Object.entries(conf).map(([key, value]): Fact => ["setting", key, value]),
  ];
  if (jar !== null) {
    facts.push(["jar", null, `${jar.name} ${jar.artifact.slice(0, 12)}`], ["jar", "main", jar.main]);
    facts.push(["jar", "args", jar.args.join(" ")]);
  }
  return new Map(facts.map((fact) => [`${fact[0]} ${fact[1] ?? ""}`, fact]));
}

const textOf = (value: unknown): string | null => (value === null ? null : String(value));

export function changesOf(before: ContentView, after: ContentView): Change[] {
  const [old, now] = [factsOf(before), factsOf(after)];
  const found: Change[] = [];
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [was, is] = [old.get(name), now.get(name)];
    const [what, key] = is ?? was ?? (["setting", name] as const);
    if (was?.[2] !== is?.[2]) found.push({ what, key, before: was?.[2] ?? null, after: is?.[2] ?? null });
  }
  return found;
}
