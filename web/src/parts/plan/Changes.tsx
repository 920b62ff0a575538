import { lazy, Suspense, useState } from "react";
import type { Change } from "../../api/client";
import { useT } from "../../i18n/language";
import type { PlainKey } from "../../i18n/t";
import { Loading } from "../page/States";

const Diff = lazy(() => import("../diff/Diff"));

/** What differs between what runs, or ran last, and what would: SQL as lines, the rest as a table. */
export function Changes({ changes }: { changes: Change[] }) {
  const t = useT();
  const [isSplit, setSplit] = useState(false);
  const sql = changes.find((change) => change.what === "sql");
  const rest = changes.filter((change) => change.what !== "sql");
  return (
    <section aria-label={t("plan.changes")} className="rh-stack rh-tight-stack">
      <div className="rh-row rh-spread">
        <h3 className="rh-h2 rh-tight">{t("plan.changes")}</h3>
        {sql !== undefined && (
          <label className="rh-check">
            <input
              type="checkbox"
              checked={isSplit}
              onChange={(event) => setSplit(event.currentTarget.checked)}
            />
            {t("diff.split")}
          </label>
        )}
      </div>
      {rest.length > 0 && <ChangeTable changes={rest} />}
      {sql !== undefined && (
        <Suspense fallback={<Loading height={80} />}>
          <Diff before={sql.before ?? ""} after={sql.after ?? ""} isSplit={isSplit} />
        </Suspense>
      )}
    </section>
  );
}

interface TableProps {
  changes: Change[];
  /** Whose the two sides are, where it is not before and after. */
  sides?: [PlainKey, PlainKey];
}

export function ChangeTable({ changes, sides = ["change.before", "change.after"] }: TableProps) {
  const t = useT();
  return (
    <div className="rh-scroll">
      <table className="rh-table rh-changes">
        <thead>
          <tr>
            <th>{t("change.what")}</th>
            <th>{t(sides[0])}</th>
            <th>{t(sides[1])}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={`${change.what} ${change.key ?? ""}`}>
              <td>
                {t(`change.${change.what}`)}
                {change.key !== null && (
                  <>
                    {" "}
                    <code>{change.key}</code>
                  </>
                )}
              </td>
              <td>
                <Value value={change.before} />
              </td>
              <td>
                <Value value={change.after} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ value }: { value: string | null }) {
  const t = useT();
  return value === null ? <span className="rh-muted">{t("change.unset")}</span> : <code>{value}</code>;
}
