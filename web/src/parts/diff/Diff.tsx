import { useMemo } from "react";
import { useT } from "../../i18n/language";
import { type DiffLine, diffLines } from "./lines";
import "./diff.css";

const AROUND = 3;
const SIGNS = { same: " ", removed: "-", added: "+" } as const;

interface Block {
  key: number;
  lines: DiffLine[];
  /** Lines that are the same on both sides and far from any change. */
  hidden: number;
}

/** Keeps three lines around each change, and counts the rest. */
function fold(lines: DiffLine[]): Block[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(index - AROUND, 0), index + AROUND + 1).some((line) => line.kind !== "same"),
  );
  const blocks: Block[] = [];
  lines.forEach((line, index) => {
    const isNear = near[index] === true;
    let last = blocks.at(-1);
    if (last === undefined || last.hidden > 0 === isNear) {
      last = { key: index, lines: [], hidden: 0 };
      blocks.push(last);
    }
    if (isNear) last.lines.push(line);
    else last.hidden += 1;
  });
  return blocks;
}

/** Two texts in one: a sign before each line says whose it is. */
export function Diff({ before, after }: { before: string; after: string }) {
  const t = useT();
  const blocks = useMemo(() => fold(diffLines(before, after)), [before, after]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
    <section className="rh-diff" aria-label={t("diff.label")} tabIndex={0}>
      {blocks.map((block) =>
        block.hidden > 0 ? (
          <div key={block.key} className="rh-diff-hidden">
            {t("diff.unchanged", { count: block.hidden })}
          </div>
        ) : (
          <Lines key={block.key} lines={block.lines} />
        ),
      )}
    </section>
  );
}

function Lines({ lines }: { lines: DiffLine[] }) {
  const t = useT();
  return lines.map((line, index) => (
    <div key={index} className={`rh-diff-line rh-diff-${line.kind}`}>
      <span aria-hidden="true">{SIGNS[line.kind]}</span>
      {line.kind !== "same" && <span className="rh-hear">{t(`diff.${line.kind}`)}</span>}
      <span>{line.text}</span>
    </div>
  ));
}
