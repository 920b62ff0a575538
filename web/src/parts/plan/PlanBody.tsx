import type { PlanView, RestoreView } from "../../api/client";
import { useReader, useT } from "../../i18n/language";
import { tellSentence } from "../../i18n/sentence";
import { formatDuration } from "../format";
import { Age } from "../time/Times";

export function PlanBody({ plan }: { plan: PlanView }) {
  const { t, language } = useReader();
  return (
    <>
      <dl className="rh-facts">
        {plan.version !== null && (
          <>
            <dt>{t("plan.version")}</dt>
            <dd>{plan.version}</dd>
          </>
        )}
        {plan.restore !== null && (
          <>
            <dt>{t("plan.restore")}</dt>
            <dd>
              <Restore restore={plan.restore} />
            </dd>
          </>
        )}
      </dl>
      <section aria-label={t("plan.steps")}>
        <h3 className="rh-h2">{t("plan.steps")}</h3>
        <ol className="rh-steps">
          {plan.steps.map((step) => (
            <li key={step}>{tellSentence(step, language)}</li>
          ))}
        </ol>
      </section>
      {plan.changes.length > 0 && (
        <section aria-label={t("plan.changes")}>
          <h3 className="rh-h2">{t("plan.changes")}</h3>
          <ul className="rh-warnings">
            {plan.changes.map((change) => (
              <li key={change}>{tellSentence(change, language)}</li>
            ))}
          </ul>
        </section>
      )}
      {plan.warnings.length > 0 && (
        <section className="rh-notice rh-tone-warn rh-mind" aria-label={t("plan.warnings")}>
          <strong>{t("plan.warnings")}</strong>
          <ul className="rh-warnings">
            {plan.warnings.map((warning) => (
              <li key={warning}>{tellSentence(warning, language)}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** What a start begins from: kind, age, what is read again, why this one, where it is. */
export function Restore({ restore }: { restore: RestoreView }) {
  const t = useT();
  const { language } = useReader();
  return (
    <>
      <span>{t(`kind.${restore.kind}`)}</span>
      {restore.age_s !== null && (
        <>
          {" · "}
          <Age seconds={restore.age_s} />
        </>
      )}
      {restore.rewind_s !== null && (
        <span>{` · ${t("job.rewind", { duration: formatDuration(restore.rewind_s, language) })}`}</span>
      )}
      <div className="rh-muted">{tellSentence(restore.reason, language)}</div>
      {restore.path !== null && <code>{restore.path}</code>}
    </>
  );
}
