import { NativeSelect } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Fragment } from "react";
import type { EventView, RunView } from "../../api/client";
import { useLive } from "../../api/live";
import { eventsQuery, runQuery } from "../../api/queries";
import { useReader } from "../../i18n/language";
import { tell } from "../../i18n/sentence";
import { formatClock, formatDuration, formatInstant } from "../../parts/format";
import { Region } from "../../parts/page/States";
import { RunFacts } from "../../parts/run/RunFacts";
import { isTerminal } from "../../parts/status/vocabulary";
import { RunHead } from "./RunHead";
import { isImportant, stepsOf } from "./steps";

/** A quiet span is worth a line of its own. */
const GAP_S = 60;

export default function RunPage() {
  const { run, ...path } = useParams({ from: "/p/$project/jobs/$job/runs/$run" });
  const view = useLive(runQuery(path, run));
  return (
    <div className="rh-stack">
      <RunHead path={path} run={run} view={view.data} />
      <Region query={view} height={320}>
        {(found) => (
          <>
            <RunFacts path={path} run={found} />
            <History path={path} run={found} />
          </>
        )}
      </Region>
    </div>
  );
}

function History({ path, run }: { path: { project: string; job: string }; run: RunView }) {
  const { t, language } = useReader();
  const { show } = useSearch({ from: "/p/$project/jobs/$job/runs/$run" });
  const navigate = useNavigate({ from: "/p/$project/jobs/$job/runs/$run" });
  const events = useLive(eventsQuery(path, String(run.number)), { isLive: !isTerminal(run.phase) });
  return (
    <Region query={events}>
      {(all) => (
        <>
          <Steps events={all} />
          <section className="rh-panel" aria-labelledby="timeline">
            <div className="rh-row rh-spread">
              <h2 id="timeline" className="rh-h2">
                {t("run.timeline")}
              </h2>
              <NativeSelect
                size="xs"
                aria-label={t("timeline.level")}
                value={show ?? "important"}
                data={[
                  { value: "important", label: t("timeline.important") },
                  { value: "all", label: t("timeline.all") },
                  { value: "raw", label: t("timeline.raw") },
                ]}
                onChange={(event) => {
                  const value = event.currentTarget.value;
                  void navigate({
                    search: value === "all" || value === "raw" ? { show: value } : {},
                    replace: true,
                  });
                }}
              />
            </div>
            {all.length === 0 && <p className="rh-muted">{t("timeline.empty")}</p>}
            {show === "raw" ? (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
              <pre className="rh-raw" tabIndex={0}>
                {all.map((event) => JSON.stringify(event)).join("\n")}
              </pre>
            ) : (
              <Events
                events={show === "all" ? all : all.filter(isImportant)}
                label={t("timeline.label", { run: run.number })}
                language={language}
              />
            )}
          </section>
        </>
      )}
    </Region>
  );
}

function Events({ events, label, language }: { events: EventView[]; label: string; language: "en" | "zh" }) {
  const { t, zone } = useReader();
  return (
    <ol className="rh-events" aria-label={label}>
      {events.map((event, index) => {
        const before = events[index - 1];
        const gap = before === undefined ? 0 : (Date.parse(event.at) - Date.parse(before.at)) / 1000;
        return (
          <Fragment key={event.id}>
            {gap > GAP_S && (
              <li className="rh-event-gap">
                {t("timeline.gap", { duration: formatDuration(gap, language) })}
              </li>
            )}
            <li className="rh-event" data-kind={event.kind}>
              <time
                className="rh-num"
                dateTime={event.at}
                title={formatInstant(event.at, { language, zone, now: Date.now() })}
              >
                {formatClock(event.at, zone)}
              </time>
              <span className="rh-event-kind">{t(`timeline.kind.${event.kind}`)}</span>
              <span className="rh-event-text">
                {tell({ ...event, fields: { actor: event.actor, ...event.fields } }, language, t)}
              </span>
              <span className="rh-muted rh-num">{detailsOf(event, language, t)}</span>
            </li>
          </Fragment>
        );
      })}
    </ol>
  );
}

function detailsOf(event: EventView, language: "en" | "zh", t: ReturnType<typeof useReader>["t"]): string {
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

/** The bars are a picture of the numbers beside them. */
function Steps({ events }: { events: EventView[] }) {
  const { t, language } = useReader();
  const steps = stepsOf(events);
  if (steps.length === 0) return null;
  const longest = Math.max(...steps.map((step) => step.seconds));
  return (
    <section className="rh-panel" aria-labelledby="steps">
      <h2 id="steps">{t("timeline.steps")}</h2>
      <dl className="rh-bars">
        {steps.map((step) => (
          <Fragment key={step.text}>
            <dt>{t(step.text)}</dt>
            <dd aria-hidden="true">
              <div
                className="rh-bar"
                style={{ width: `${longest === 0 ? 0 : (step.seconds / longest) * 100}%` }}
              />
            </dd>
            <dd className="rh-num">{formatDuration(step.seconds, language)}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}
