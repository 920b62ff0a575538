import { Fragment, useId, useState } from "react";
import type { EventView } from "../../api/client";
import { serverNow } from "../../api/clock";
import { useReader } from "../../i18n/language";
import { tell } from "../../i18n/sentence";
import type { Translate } from "../../i18n/t";
import { formatClock, formatDuration, formatInstant } from "../format";
import "./run.css";

/** A quiet span is worth a line of its own. */
const GAP_S = 60;

/** What happened, in the order that it is given, each with who did it, how long it took, and its JSON. */
export function Events({ events, label }: { events: EventView[]; label: string }) {
  const { t, language } = useReader();
  return (
    <ol className="rh-events" aria-label={label}>
      {events.map((event, index) => {
        const before = events[index - 1];
        const gap = before === undefined ? 0 : Math.abs(Date.parse(event.at) - Date.parse(before.at)) / 1000;
        return (
          <Fragment key={event.id}>
            {gap > GAP_S && (
              <li className="rh-event-gap">
                {t("timeline.gap", { duration: formatDuration(gap, language) })}
              </li>
            )}
            <Line event={event} />
          </Fragment>
        );
      })}
    </ol>
  );
}

function Line({ event }: { event: EventView }) {
  const { t, language, zone } = useReader();
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <li className="rh-event" data-kind={event.kind}>
      <div className="rh-event-line">
        <time
          className="rh-num"
          dateTime={event.at}
          title={formatInstant(event.at, { language, zone, now: serverNow() })}
        >
          {formatClock(event.at, zone)}
        </time>
        <span className="rh-event-kind">{t(`timeline.kind.${event.kind}`)}</span>
        <span className="rh-event-text">
          {tell({ ...event, fields: { actor: event.actor, ...event.fields } }, language, t)}
        </span>
        <span className="rh-muted rh-num">{detailsOf(event, language, t)}</span>
        <button
          type="button"
          className="rh-event-open"
          aria-expanded={isOpen}
          aria-controls={id}
          aria-label={t("timeline.json", { id: event.id })}
          onClick={() => setOpen(!isOpen)}
        >
          {"{ }"}
        </button>
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
          <pre className="rh-event-json" tabIndex={0}>
            {JSON.stringify(event, null, 2)}
          </pre>
        )}
      </div>
    </li>
  );
}

function detailsOf(event: EventView, language: "en" | "zh", t: Translate): string {
  const parts: string[] = [];
  if (event.duration_ms !== null) {
    parts.push(t("timeline.took", { duration: formatDuration(event.duration_ms / 1000, language) }));
  }
  const since = event.fields["since_launch_ms"];
  if (typeof since === "number") {
    parts.push(t("timeline.afterLaunch", { duration: formatDuration(since / 1000, language) }));
  }
  if (event.attempt !== null) parts.push(t("timeline.attempt", { attempt: event.attempt }));
  return parts.join(" · ");
}

const DULL: ReadonlySet<string> = new Set([
  "action_begun",
  "action_done",
  "hello",
  "bye",
  "status",
  "outcome",
]);

/** Decisions, people, failures and milestones; not each single act of the control loop. */
export const isImportant = (event: EventView): boolean => !DULL.has(event.code);
