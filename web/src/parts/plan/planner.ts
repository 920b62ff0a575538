import { createContext, useContext } from "react";
import type { ActionKind } from "../action/offer";

/** What is already chosen when an action is asked for. */
export interface Preset {
  version?: number;
  /** The id of a snapshot. */
  snapshot?: string;
}

/** How a page asks for an action: a choice where there is one, then the plan; nothing is done by asking. */
export type Planner = (kind: ActionKind, preset?: Preset) => void;

export const PlannerContext = createContext<Planner | null>(null);

export function usePlanner(): Planner {
  const planner = useContext(PlannerContext);
  if (planner === null) throw new Error("usePlanner outside of a job's page");
  return planner;
}
