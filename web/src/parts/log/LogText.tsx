import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import type { LogView } from "../../api/client";
import { useT } from "../../i18n/language";
import { formatBytes } from "../format";
import { chooseLines, cutAt, splitLog } from "./lines";

const LINE_PX = 19;
const NEAR_END_PX = 60;

interface Props {
  view: LogView;
  isLive: boolean;
  query: string;
  isErrorsOnly: boolean;
  label: string;
}

/** The text of one log file; only the lines in sight are in the document. */
export function LogText({ view, isLive, query, isErrorsOnly, label }: Props) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const lines = useMemo(() => splitLog(view.text), [view.text]);
  const shown = useMemo(() => chooseLines(lines, { query, isErrorsOnly }), [lines, query, isErrorsOnly]);
  const widest = useMemo(() => shown.reduce((most, line) => Math.max(most, line.text.length), 0), [shown]);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  const height = virtual.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: goes to the end when the text grows
  useEffect(() => {
    if (isFollowing) box.current?.scrollTo({ top: height });
  }, [isFollowing, height, view.size_bytes]);
  const isFiltered = query !== "" || isErrorsOnly;
  return (
    <>
      <div className="rh-row rh-spread">
        <span className="rh-muted" role="status">
          {isFiltered
            ? t("logs.matches", { count: shown.length, total: lines.length })
            : t("logs.lines", { total: lines.length })}
          {view.truncated &&
            ` · ${t("logs.truncated", { shown: formatBytes(new Blob([view.text]).size), size: formatBytes(view.size_bytes) })}`}
        </span>
        {isLive && (
          <label className="rh-check">
            <input
              type="checkbox"
              checked={isFollowing}
              onChange={(event) => setFollowing(event.currentTarget.checked)}
            />
            {t("logs.follow")}
          </label>
        )}
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
          // Scrolling up stops the following; coming back to the end takes it up again.
          setFollowing(at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_END_PX);
        }}
      >
        <div style={{ height, position: "relative", minWidth: `calc(${widest}ch + 24px)` }}>
          {virtual.getVirtualItems().map((item) => {
            const line = shown[item.index];
            if (line === undefined) return null;
            return (
              <div
                key={line.number}
                className="rh-log-line"
                data-level={line.level}
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
