import { Fragment } from "react";
import type { PlanLine, PlanView, RestoreView } from "../../api/client";
import { useReader, useT } from "../../i18n/language";
import { tell } from "../../i18n/sentence";
import { formatDuration } from "../format";
import { CopyButton } from "../page/CopyButton";
import { ProofLevel } from "../snapshot/Proof";
import { Age, Instant } from "../time/Times";
import { Changes } from "./Changes";

/** What the plan would do: from which state, in which steps, and what it changes. */
export function PlanBody({ plan }: { plan: PlanView }) {
  const t = useT();
  const steps = plan.lines.filter((line) => line.part === "step");
  const warnings = plan.lines.filter((line) => line.part === "warning");
  return (
    <>
      {warnings.length > 0 && (
        <section className="rh-notice rh-tone-warn rh-mind" aria-label={t("plan.warnings")}>
          <strong>{t("plan.warnings")}</strong>
          <Lines lines={warnings} />
        </section>
      )}
      <dl className="rh-facts rh-plan-facts">
        {plan.version !== null && (
          <>
            <dt>{t("plan.version")}</dt>
            <dd>{plan.version}</dd>
          </>
        )}
        {plan.restore !== null && (
          <>
            <dt>{t(startsFrom(plan) ? "plan.restore" : "plan.restore_now")}</dt>
            <dd>
              <Restore restore={plan.restore} />
            </dd>
          </>
        )}
      </dl>
      <section aria-label={t("plan.steps")}>
        <h3 className="rh-h2">{t("plan.steps")}</h3>
        <Lines lines={steps} isOrdered />
      </section>
      {plan.diff.length > 0 && <Changes changes={plan.diff} />}
    </>
  );
}

/** Whether the plan itself starts from its restore point; else it only says what a start would take by now. */
function startsFrom(plan: PlanView): boolean {
  const later = ["plan_start_from_stop", "plan_start_newest", "plan_start_newest_none"];
  const isStart = plan.action === "start" || plan.action === "restart";
  return isStart && !plan.lines.some((line) => later.includes(line.code));
}

function Lines({ lines, isOrdered = false }: { lines: PlanLine[]; isOrdered?: boolean }) {
  const { t, language } = useReader();
  const items = lines.map((line, index) => (
    <li key={`${line.code} ${index}`} className="rh-plan-line">
      {tell(line, language, t)}
    </li>
  ));
  return isOrdered ? <ol className="rh-steps">{items}</ol> : <ul className="rh-warnings">{items}</ul>;
}

/** What a start begins from: kind, age, what is read again, how far it is proven, why this one, where it is. */
export function Restore({ restore }: { restore: RestoreView }) {
  const { t, language } = useReader();
  const facts = [
    <span key="kind">{t(`kind.${restore.kind}`)}</span>,
    ...(restore.completed_at === null
      ? restore.age_s === null
        ? []
        : [<Age key="age" seconds={restore.age_s} />]
      : [<Instant key="at" at={restore.completed_at} />]),
    ...(restore.completed_at !== null && restore.age_s !== null
      ? [<Age key="age" seconds={restore.age_s} />]
      : []),
    ...(restore.rewind_s === null
      ? []
      : [
          <span key="rewind">
            {t("job.rewind", { duration: formatDuration(restore.rewind_s, language) })}
          </span>,
        ]),
  ];
  return (
    <div className="rh-restore">
      <div className="rh-row">
        <span>
          {facts.map((fact, index) => (
            <Fragment key={fact.key}>
              {index > 0 && " · "}
              {fact}
            </Fragment>
          ))}
        </span>
        {restore.proven !== null && <ProofLevel proven={restore.proven} />}
      </div>
      <div className="rh-muted">{tell(restore.why, language, t)}</div>
      {restore.path !== null && (
        <div className="rh-restore-path">
          <code>{restore.path}</code>
          <CopyButton text={restore.path} label={t("common.copy")} />
        </div>
      )}
    </div>
  );
}
