import { Button, Menu } from "@mantine/core";
import { useT } from "../../i18n/language";
import type { PlainKey } from "../../i18n/t";
import type { ActionKind, Offer } from "../../parts/action/offer";
import { ExplainedButton } from "../../parts/page/ExplainedButton";
import type { Planner } from "../../parts/plan/planner";

interface Props {
  offer: Offer;
  isKnown: boolean;
  planner: Planner;
}

/** Every action is always there; one that cannot be done says why, and each ends in a plan. */
export function Actions({ offer, isKnown, planner }: Props) {
  const t = useT();
  const why = (kind: ActionKind): string | null => (isKnown ? offer[kind] : t("common.loading"));
  const more: [ActionKind, PlainKey, () => void][] = [
    ["savepoint", "action.savepoint", () => planner.plan({ kind: "savepoint" })],
    ["restart", "action.restart", () => planner.chooseRestart()],
    ["cancel", "action.cancel", () => planner.plan({ kind: "cancel" })],
    ["delete", "action.delete", () => planner.plan({ kind: "delete" })],
  ];
  return (
    <div className="rh-row">
      <ExplainedButton why={why("start")} onClick={() => planner.chooseStart()}>
        {t("action.start")}
      </ExplainedButton>
      <ExplainedButton variant="default" why={why("stop")} onClick={() => planner.plan({ kind: "stop" })}>
        {t("action.stop")}
      </ExplainedButton>
      <Menu position="bottom-end" shadow="md" width={260}>
        <Menu.Target>
          <Button variant="default">{t("action.more")}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {more.map(([kind, text, onPick]) => (
            <MenuAction key={kind} label={t(text)} why={why(kind)} onPick={onPick} />
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** Stays reachable by keys when it cannot be done, so that the reason is read. */
function MenuAction({ label, why, onPick }: { label: string; why: string | null; onPick: () => void }) {
  return (
    <Menu.Item
      aria-disabled={why !== null}
      closeMenuOnClick={why === null}
      onClick={() => {
        if (why === null) onPick();
      }}
    >
      <span className={why === null ? undefined : "rh-muted"}>{label}</span>
      {why !== null && <span className="rh-menu-why">{why}</span>}
    </Menu.Item>
  );
}
