import { common } from "./common";
import { editor } from "./editor";
import { history } from "./history";
import { job } from "./job";
import { status } from "./status";

export const en = { ...common, ...status, ...job, ...editor, ...history } as const;
