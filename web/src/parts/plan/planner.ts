import { createContext, useContext } from "react";
import type { Wish } from "../../api/change";

/** How a page asks for an action: everything goes through the plan. */
export interface Planner {
  /** Shows what the wish would do. */
  plan: (wish: Wish) => void;
  /** Asks first from which state and which version. */
  chooseStart: (preset?: StartPreset) => void;
  /** Asks first which version is to run after the restart. */
  chooseRestart: (version?: number) => void;
}

export interface StartPreset {
  version?: number;
  snapshot?: string;
}

export const PlannerContext = createContext<Planner | null>(null);

export function usePlanner(): Planner {
  const planner = useContext(PlannerContext);
  if (planner === null) throw new Error("usePlanner outside of a job's page");
  return planner;
}
