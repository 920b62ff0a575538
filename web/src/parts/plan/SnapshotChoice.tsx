import { useState } from "react";
import type { SnapshotView } from "../../api/client";
import { useReader } from "../../i18n/language";
import { formatBytes } from "../format";
import { Proof } from "../snapshot/Proof";
import { When } from "../time/Times";

/** More are not shown at once: the newest are the likely ones. */
const SHOWN = 20;

export const isUsable = (each: SnapshotView): boolean => each.proven > 0 && each.fault === null;

interface Props {
  snapshots: SnapshotView[];
  value: string;
  onPick: (id: string) => void;
}

/** The newest candidates; one that is not proven is there, and cannot be chosen. */
export function SnapshotChoice({ snapshots, value, onPick }: Props) {
  const { t } = useReader();
  const [shown, setShown] = useState(SHOWN);
  const index = snapshots.findIndex((each) => each.id === value);
  const rows = snapshots.slice(0, Math.max(shown, index + 1));
  return (
    <div className="rh-candidates">
      <table className="rh-table">
        <thead>
          <tr>
            <th>{t("start.snapshotLabel")}</th>
            <th>{t("snapshots.made")}</th>
            <th>{t("snapshots.madeBy")}</th>
            <th className="rh-end">{t("snapshots.size")}</th>
            <th>{t("snapshots.proven")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((each) => (
            <tr key={each.id}>
              <td className="rh-nowrap">
                <label className="rh-check">
                  <input
                    type="radio"
                    name="snapshot"
                    checked={each.id === value}
                    disabled={!isUsable(each)}
                    onChange={() => onPick(each.id)}
                  />
                  {`${t(`kind.${each.kind}`)} ${each.checkpoint_id}`}
                </label>
              </td>
              <td className="rh-nowrap">
                <When at={each.completed_at} />
              </td>
              <td className="rh-nowrap">{t("snapshots.run", { run: each.run, attempt: each.attempt })}</td>
              <td className="rh-end rh-nowrap">
                {each.size_bytes === null ? "—" : formatBytes(each.size_bytes)}
              </td>
              <td>
                <Proof snapshot={each} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {snapshots.length > rows.length && (
        <button type="button" className="rh-more" onClick={() => setShown(shown + SHOWN)}>
          {t("common.more")}
        </button>
      )}
    </div>
  );
}
