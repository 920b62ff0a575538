import { useState } from "react";
import type { Wish } from "../../api/change";
import type { JobView } from "../../api/client";
import type { JobPath } from "../../api/queries";
import type { ActionKind } from "../action/offer";
import { ChoiceDialog } from "./ChoiceDialog";
import { PlanDialog } from "./PlanDialog";
import type { Preset } from "./planner";

export interface Asked {
  kind: ActionKind;
  preset: Preset;
}

interface Props {
  path: JobPath;
  job: JobView;
  asked: Asked;
  onClose: () => void;
}

/** One action from its choice to its plan and its end. */
export function ActionHost({ path, job, asked, onClose }: Props) {
  const { kind, preset } = asked;
  const [wish, setWish] = useState<Wish | null>(kind === "cancel" || kind === "delete" ? { kind } : null);
  if (wish !== null) return <PlanDialog path={path} mode={job.mode} wish={wish} onClose={onClose} />;
  if (kind === "cancel" || kind === "delete") return null;
  return (
    <ChoiceDialog path={path} job={job} kind={kind} preset={preset} onPlan={setWish} onClose={onClose} />
  );
}
