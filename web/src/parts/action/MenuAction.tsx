import { Menu } from "@mantine/core";
import "./action.css";

interface Props {
  label: string;
  /** Why it cannot be done now; null when it can. */
  why: string | null;
  onPick: () => void;
}

/** Stays reachable by keys when it cannot be done, so that the reason is read. */
export function MenuAction({ label, why, onPick }: Props) {
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
