import { Button, Menu } from "@mantine/core";
import { useMemo, useState } from "react";
import type { JobView, RunView } from "../../api/client";
import { useT } from "../../i18n/language";
import { MenuAction } from "../../parts/action/MenuAction";
import { menuProps } from "../../parts/action/menu";
import { type ActionKind, narrow, offer, standingOf } from "../../parts/action/offer";
import { ACTIONS } from "../../parts/action/texts";
import { useKeys } from "../../parts/key/keys";
import { ExplainedButton } from "../../parts/page/ExplainedButton";
import { usePlanner } from "../../parts/plan/planner";
import { useMay } from "../../parts/role";

interface Props {
  job: JobView;
  run: RunView | null;
  /** False while nothing is known about runs: no action is offered on a guess. */
  isKnown: boolean;
}

/** Every action is always there; one that cannot be done says why, and each ends in a plan. */
export function Actions({ job, run, isKnown }: Props) {
  const t = useT();
  const planner = usePlanner();
  const may = { operate: useMay("operator"), write: useMay("editor") };
  const can = narrow(offer(standingOf(job, run), t), may);
  const why = (kind: ActionKind): string | null => (isKnown ? can[kind] : t("common.loading"));
  const [isOpen, setOpen] = useState(false);
  useKeys(useMemo(() => ({ ".": () => setOpen(true) }), []));
  const isLive = isKnown && can.start !== null && can.cancel === null;
  return (
    <div className="rh-row">
      <ExplainedButton
        variant={isLive ? "default" : "filled"}
        why={why("start")}
        onClick={() => planner("start")}
      >
        {t("action.start")}
      </ExplainedButton>
      <ExplainedButton variant="default" why={why("stop")} onClick={() => planner("stop")}>
        {t("action.stop")}
      </ExplainedButton>
      <Menu {...menuProps} position="bottom-end" shadow="md" width={280} opened={isOpen} onChange={setOpen}>
        <Menu.Target>
          <Button variant="default">{t("action.more")}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {ACTIONS.filter(([kind]) => kind !== "start" && kind !== "stop").map(([kind, text]) => (
            <MenuAction key={kind} label={t(text)} why={why(kind)} onPick={() => planner(kind)} />
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
