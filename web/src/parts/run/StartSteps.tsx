import { useLive } from "../../api/live";
import { type JobPath, startQuery } from "../../api/queries";
import { useReader } from "../../i18n/language";
import { tell } from "../../i18n/sentence";
import { formatClock, formatDuration } from "../format";
import "./run.css";

/** The newest attempt's start, step by step. The bars are a picture of the numbers beside them. */
export function StartSteps({ path, run }: { path: JobPath; run: string }) {
  const { t, language, zone } = useReader();
  const query = useLive(startQuery(path, run), { isLive: false });
  const view = query.data;
  if (view === undefined || view.steps.length === 0) return null;
  const longest = Math.max(...view.steps.map((step) => step.duration_ms ?? 0), 1);
  return (
    <section className="rh-panel" aria-labelledby="steps">
      <div className="rh-row rh-spread">
        <h2 id="steps" className="rh-h2">
          {t("timeline.steps")}
        </h2>
        {view.total_ms !== null && (
          <span className="rh-muted rh-num">
            {t("timeline.total", { duration: formatDuration(view.total_ms / 1000, language) })}
          </span>
        )}
      </div>
      <ol className="rh-bars">
        {view.steps.map((step) => (
          <li key={step.code} className="rh-bar-row">
            <time className="rh-num rh-muted" dateTime={step.began_at}>
              {formatClock(step.began_at, zone)}
            </time>
            <span>{tell({ code: `step_${step.code}`, text: step.text, fields: {} }, language, t)}</span>
            <span aria-hidden="true">
              <span
                className="rh-bar"
                style={{ width: `${((step.duration_ms ?? 0) / longest) * 100}%` }}
                data-open={step.duration_ms === null || undefined}
              />
            </span>
            <span className="rh-num rh-end">
              {step.duration_ms === null
                ? t("timeline.underWay")
                : formatDuration(step.duration_ms / 1000, language)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
