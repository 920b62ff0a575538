import { useMemo } from "react";
import { useT } from "../../i18n/language";
import { type DiffLine, diffLines, pairLines } from "./lines";
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

interface Props {
  before: string;
  after: string;
  /** Two columns instead of one. */
  isSplit?: boolean;
}

/** Two texts in one: a sign before each line says whose it is. */
export default function Diff({ before, after, isSplit = false }: Props) {
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
        ) : isSplit ? (
          <Pairs key={block.key} lines={block.lines} />
        ) : (
          <Lines key={block.key} lines={block.lines} />
        ),
      )}
    </section>
  );
}

function Lines({ lines }: { lines: DiffLine[] }) {
  return lines.map((line, index) => <Line key={index} line={line} />);
}

function Line({ line }: { line: DiffLine }) {
  const t = useT();
  return (
    <div className={`rh-diff-line rh-diff-${line.kind}`}>
      <span aria-hidden="true">{SIGNS[line.kind]}</span>
      {line.kind !== "same" && <span className="rh-hear">{t(`diff.${line.kind}`)}</span>}
      <span>{line.text}</span>
    </div>
  );
}

/** Old to the left, new to the right; a line that only one side has stands beside an empty one. */
function Pairs({ lines }: { lines: DiffLine[] }) {
  return pairLines(lines).map(([left, right], index) => (
    <div key={index} className="rh-diff-pair">
      {left === null ? <div className="rh-diff-none" /> : <Line line={left} />}
      {right === null ? <div className="rh-diff-none" /> : <Line line={right} />}
    </div>
  ));
}
