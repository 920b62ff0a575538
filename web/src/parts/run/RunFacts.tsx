import { Link } from "@tanstack/react-router";
import type { AttemptView, OutcomeView, RunView } from "../../api/client";
import type { JobPath } from "../../api/queries";
import { useReader, useT } from "../../i18n/language";
import { tell } from "../../i18n/sentence";
import type { PlainKey, Translate } from "../../i18n/t";
import { intentText } from "../action/offer";
import { Restore } from "../plan/PlanBody";
import { Instant, Lasted, When } from "../time/Times";
import { Advice } from "./Advice";

interface Props {
  path: JobPath;
  run: RunView;
}

/** A run as it stands: why, its health, its attempt, how it ended. */
export function RunFacts({ path, run }: Props) {
  const { t, language } = useReader();
  return (
    <>
      <section className="rh-panel" aria-labelledby="why">
        <h2 id="why">{t("job.why")}</h2>
        <p className="rh-why" data-tone={run.phase === "failed" ? "bad" : undefined}>
          {tell(run.reason, language, t)}
        </p>
        {run.intent !== null && <p className="rh-muted">{t(intentText(run.intent))}</p>}
        {run.health_reasons.length > 0 && (
          <>
            <h3 className="rh-h2">{t("job.healthReasons")}</h3>
            <ul>
              {run.health_reasons.map((reason) => (
                <li key={reason.code}>{tell(reason, language, t)}</li>
              ))}
            </ul>
          </>
        )}
      </section>
      <Advice run={run} />
      {run.outcome !== null && <Outcome path={path} outcome={run.outcome} />}
      <div className="rh-cards">
        <RunCard run={run} />
        {run.attempt !== null && <Attempt attempt={run.attempt} />}
      </div>
    </>
  );
}

function RunCard({ run }: { run: RunView }) {
  const t = useT();
  return (
    <section className="rh-panel" aria-labelledby="run-facts">
      <h2 id="run-facts">{t("job.runFacts", { run: run.number })}</h2>
      <dl className="rh-facts">
        <dt>{t("runs.version")}</dt>
        <dd>{run.version}</dd>
        <dt>{t("job.startedBy")}</dt>
        <dd>{run.created_by}</dd>
        <dt>{t("runs.started")}</dt>
        <dd>
          <Instant at={run.created_at} />
        </dd>
        {run.ended_at !== null && (
          <>
            <dt>{t("job.ended")}</dt>
            <dd>
              <Instant at={run.ended_at} />
            </dd>
          </>
        )}
        <dt>{t("runs.lasted")}</dt>
        <dd>
          <Lasted from={run.created_at} to={run.ended_at} />
        </dd>
        {run.savepoint !== null && (
          <>
            <dt>{t("job.savepoint")}</dt>
            <dd>
              <code>{run.savepoint}</code>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Attempt({ attempt }: { attempt: AttemptView }) {
  const t = useT();
  const { jobmanager, taskmanagers } = attempt.pids;
  const processes = [
    ...(jobmanager === null ? [] : [t("job.jobmanager", { pid: String(jobmanager) })]),
    ...(taskmanagers.length === 0 ? [] : [t("job.taskmanagers", { pids: taskmanagers.join(", ") })]),
  ];
  return (
    <section className="rh-panel" aria-labelledby="attempt">
      <h2 id="attempt">{t("job.attempt", { number: attempt.number })}</h2>
      <dl className="rh-facts">
        <dt>{t("job.startedFrom")}</dt>
        <dd>
          <Restore restore={attempt.restore} />
        </dd>
        <dt>{t("job.flinkJob")}</dt>
        <dd>
          <code>{attempt.flink_job_id}</code>
        </dd>
        <dt>{t("job.processes")}</dt>
        <dd>{processes.length === 0 ? t("job.noProcesses") : processes.join(" · ")}</dd>
        <dt>{t("job.launched")}</dt>
        <dd>
          <When at={attempt.created_at} />
        </dd>
        {attempt.flink_url !== null && (
          <>
            <dt>{t("job.dashboard")}</dt>
            <dd>
              <a className="rh-link" href={attempt.flink_url} rel="noreferrer" target="_blank">
                {attempt.flink_url}
              </a>{" "}
              <span className="rh-muted">{t("job.dashboardHint")}</span>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

const SOURCES: Record<string, PlainKey> = {
  pushed: "source.pushed",
  asked: "source.asked",
  watched: "source.watched",
};

/** A source of ours in words; a person or another name stays as it is. */
function sourceText(source: string, t: Translate): string {
  const text = SOURCES[source];
  return text === undefined ? source : t(text);
}

function Outcome({ path, outcome }: { path: JobPath; outcome: OutcomeView }) {
  const t = useT();
  const { statement, line, column } = outcome;
  const isAt = line !== null && column !== null;
  return (
    <section className="rh-panel" aria-labelledby="outcome">
      <h2 id="outcome">{t("job.outcome")}</h2>
      <dl className="rh-facts">
        <dt>{t("job.outcomeStatus")}</dt>
        <dd>{outcome.status}</dd>
        <dt>{t("job.witness")}</dt>
        <dd>{t(`job.witness.${outcome.witness}`, { source: sourceText(outcome.source, t) })}</dd>
        {(statement !== null || isAt) && (
          <>
            <dt>{t("job.position")}</dt>
            <dd>
              {statement !== null && t("job.statement", { statement })}
              {statement !== null && isAt && " · "}
              {isAt && (
                <>
                  {t("job.line", { line, column })}{" "}
                  <Link className="rh-link" to="/p/$project/jobs/$job/edit" params={path} search={{ line }}>
                    {t("job.openLine")}
                  </Link>
                </>
              )}
            </dd>
          </>
        )}
        {outcome.message !== null && (
          <>
            <dt>{t("job.message")}</dt>
            <dd>{outcome.message}</dd>
          </>
        )}
        {outcome.cause !== null && (
          <>
            <dt>{t("job.cause")}</dt>
            <dd>
              <pre className="rh-cause">{outcome.cause}</pre>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
