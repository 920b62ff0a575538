/** Which lines two texts have in common, and which only one of them has. */
export interface DiffLine {
  kind: "same" | "removed" | "added";
  text: string;
}

/** Above this a table of all pairs would be too large, and the middle is shown as replaced. */
const MOST_PAIRS = 4_000_000;

export function diffLines(before: string, after: string): DiffLine[] {
  const one = before.split("\n");
  const two = after.split("\n");
  let start = 0;
  while (start < one.length && start < two.length && one[start] === two[start]) start += 1;
  let end = 0;
  while (end < one.length - start && end < two.length - start && one.at(-1 - end) === two.at(-1 - end))
    end += 1;
  const same = (texts: string[]): DiffLine[] => texts.map((text) => ({ kind: "same", text }));
  return [
    ...same(one.slice(0, start)),
    ...diffMiddle(one.slice(start, one.length - end), two.slice(start, two.length - end)),
    ...same(one.slice(one.length - end)),
  ];
}

function diffMiddle(one: string[], two: string[]): DiffLine[] {
  const lines: DiffLine[] = [];
  const lengths = one.length * two.length > MOST_PAIRS ? null : commonLengths(one, two);
  const width = two.length + 1;
  const at = (i: number, j: number): number => lengths?.[i * width + j] ?? 0;
  let i = 0;
  let j = 0;
  while (i < one.length || j < two.length) {
    const removed = one[i];
    const added = two[j];
    if (lengths !== null && removed !== undefined && removed === added) {
      lines.push({ kind: "same", text: removed });
      i += 1;
      j += 1;
    } else if (removed !== undefined && (added === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "removed", text: removed });
      i += 1;
    } else if (added !== undefined) {
      lines.push({ kind: "added", text: added });
      j += 1;
    }
  }
  return lines;
}

/** For each pair of tails: the length of what they have in common, in order. */
function commonLengths(one: string[], two: string[]): Uint32Array {
  const width = two.length + 1;
  const table = new Uint32Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = two.length - 1; j >= 0; j -= 1) {
      table[i * width + j] =
        one[i] === two[j]
          ? (table[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
    }
  }
  return table;
}

/** Lines for two columns: what was removed beside what came in its place. */
export function pairLines(lines: DiffLine[]): [DiffLine | null, DiffLine | null][] {
  const pairs: [DiffLine | null, DiffLine | null][] = [];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const flush = () => {
    const most = Math.max(removed.length, added.length);
    for (let at = 0; at < most; at += 1) pairs.push([removed[at] ?? null, added[at] ?? null]);
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === "removed") removed.push(line);
    else if (line.kind === "added") added.push(line);
    else {
      flush();
      pairs.push([line, line]);
    }
  }
  flush();
  return pairs;
}
