import { Button } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { useT } from "../../i18n/language";
import { formatBytes } from "../format";
import { cutAt, lineAt, onlyTroubles, splitLog } from "./lines";
import type { LogState } from "./useLog";

const LINE_PX = 19;
const NEAR_END_PX = 60;

interface Props {
  log: LogState;
  query: string;
  isErrorsOnly: boolean;
  isWrapped: boolean;
  /** The byte of the file whose line is marked and brought into sight. */
  goal: number | null;
  label: string;
}

/** The text of one log file; only the lines in sight are in the document. */
export function LogText({ log, query, isErrorsOnly, isWrapped, goal, label }: Props) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const { held, isFollowing, setFollowing } = log;
  const lines = useMemo(() => splitLog(held?.text ?? "", held?.start ?? 0), [held]);
  const shown = useMemo(() => (isErrorsOnly ? onlyTroubles(lines) : lines), [lines, isErrorsOnly]);
  const widest = useMemo(() => shown.reduce((most, line) => Math.max(most, line.text.length), 0), [shown]);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    getItemKey: (index) => shown[index]?.at ?? index,
    overscan: 20,
  });
  const height = virtual.getTotalSize();
  const here = goal === null || held === null || goal < held.start ? -1 : lineAt(shown, goal);
  useEffect(() => {
    if (here >= 0) virtual.scrollToIndex(here, { align: "center" });
  }, [here, virtual]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: goes to the end when the text grows
  useEffect(() => {
    if (isFollowing && here < 0) box.current?.scrollTo({ top: height });
  }, [isFollowing, height, held?.end]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other widths, other heights
  useEffect(() => virtual.measure(), [isWrapped, virtual]);
  if (held === null) return null;
  return (
    <>
      <div className="rh-row rh-spread">
        <span className="rh-muted" role="status">
          {isErrorsOnly
            ? t("logs.matches", { count: shown.length, total: lines.length })
            : t("logs.lines", { total: lines.length })}
          {held.end - held.start < held.size &&
            ` · ${t("logs.part", {
              from: formatBytes(held.start),
              to: formatBytes(held.end),
              size: formatBytes(held.size),
            })}`}
        </span>
        <span className="rh-row">
          {held.start > 0 && (
            <Button size="compact-sm" variant="default" loading={log.isBusy} onClick={log.earlier}>
              {t("logs.earlier")}
            </Button>
          )}
          {held.end < held.size && (
            <>
              <Button size="compact-sm" variant="default" loading={log.isBusy} onClick={log.later}>
                {t("logs.later")}
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => void log.toEnd()}>
                {t("logs.toEnd")}
              </Button>
            </>
          )}
        </span>
      </div>
      {lines.length === 0 && <p className="rh-muted">{t("logs.nothing")}</p>}
      <div
        className="rh-log"
        ref={box}
        role="log"
        aria-live="off"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
        tabIndex={0}
        onScroll={({ currentTarget: at }) => {
          // Scrolling up pauses; coming back to the end takes the following up again.
          if (held.end < held.size || log.hasEnded) return;
          const isNearEnd = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_END_PX;
          if (!isNearEnd && isFollowing && at.scrollHeight > at.clientHeight) setFollowing(false);
        }}
      >
        <div
          style={{
            height,
            position: "relative",
            ...(isWrapped ? {} : { minWidth: `calc(${widest}ch + 24px)` }),
          }}
        >
          {virtual.getVirtualItems().map((item) => {
            const line = shown[item.index];
            if (line === undefined) return null;
            return (
              <div
                key={item.key}
                ref={isWrapped ? virtual.measureElement : undefined}
                data-index={item.index}
                className="rh-log-line"
                data-level={line.level}
                data-wrap={isWrapped || undefined}
                data-here={item.index === here || undefined}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {cutAt(line.text, query).map((part) =>
                  part.isHit ? (
                    <mark key={part.at}>{part.text}</mark>
                  ) : (
                    <span key={part.at}>{part.text}</span>
                  ),
                )}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
