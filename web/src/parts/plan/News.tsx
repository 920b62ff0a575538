import type { PlanView } from "../../api/client";
import { useReader } from "../../i18n/language";
import { tell } from "../../i18n/sentence";
import { newsOf, type Say } from "./news";

interface Props {
  before: PlanView;
  after: PlanView;
  /** What the server said when it refused. */
  said: string | null;
}

/** The world changed between the plan and its apply: nothing was done, and this is what is new. */
export function News({ before, after, said }: Props) {
  const { t, language } = useReader();
  const say: Say = {
    version: (version) => `${t("plan.version")}: ${version}`,
    restore: (restore) => `${t("plan.restore")}: ${t(`kind.${restore.kind}`)} ${restore.path ?? ""}`,
    line: (line) => tell(line, language, t),
    change: ({ what, key, before: from, after: to }) =>
      what === "sql"
        ? t("change.sqlDiffers")
        : `${[t(`change.${what}`), key].filter(Boolean).join(" ")}: ${from ?? "—"} → ${to ?? "—"}`,
  };
  const { gone, come } = newsOf(before, after, say);
  return (
    <section className="rh-notice rh-tone-warn rh-mind" role="alert">
      <strong>{t("plan.changed")}</strong>
      {gone.length + come.length === 0 ? (
        <span>{said ?? t("plan.changedInside")}</span>
      ) : (
        <ul className="rh-warnings">
          {gone.map((fact) => (
            <li key={`- ${fact}`} className="rh-plan-line">
              <s>{fact}</s> <span className="rh-hear">{t("diff.removed")}</span>
            </li>
          ))}
          {come.map((fact) => (
            <li key={`+ ${fact}`} className="rh-plan-line">
              <strong>{fact}</strong> <span className="rh-hear">{t("diff.added")}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
