import type { SnapshotView } from "../../api/client";
import { useT } from "../../i18n/language";
import { Badge } from "../status/Badges";

/** How far a snapshot is proven, in words; the hint says what was looked at. */
export function Proof({ snapshot }: { snapshot: Pick<SnapshotView, "proven" | "fault"> }) {
  const t = useT();
  if (snapshot.fault !== null)
    return <Badge tone="bad" icon="octagon" text={t("proven.bad")} title={snapshot.fault} />;
  return <ProofLevel proven={snapshot.proven} />;
}

export function ProofLevel({ proven }: { proven: 0 | 1 | 2 }) {
  const t = useT();
  if (proven === 0) return <Badge tone="blind" icon="eye" text={t("proven.0")} title={t("proven.0hint")} />;
  return (
    <Badge
      tone={proven === 2 ? "ok" : "work"}
      icon={proven === 2 ? "check" : "shield"}
      text={t(`proven.${proven}`)}
      title={t(`proven.${proven}hint`)}
    />
  );
}
