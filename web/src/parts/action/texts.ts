import type { PlainKey } from "../../i18n/t";
import type { ActionKind } from "./offer";

/** Every action of a job, in the order of menus: the likeliest first, the gravest last. */
export const ACTIONS: readonly [ActionKind, PlainKey][] = [
  ["start", "action.start"],
  ["stop", "action.stop"],
  ["savepoint", "action.savepoint"],
  ["restart", "action.restart"],
  ["cancel", "action.cancel"],
  ["delete", "action.delete"],
];
