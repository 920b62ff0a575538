/** What the reader's role allows; the server judges again. A control that it does not allow says so. */
import { createContext, useContext } from "react";
import type { MeView } from "../api/client";
import { useT } from "../i18n/language";

type Role = MeView["role"];

const ORDER: readonly Role[] = ["viewer", "operator", "editor", "admin"];

export const RoleContext = createContext<Role>("viewer");

/** Null when the reader may do what needs this role, else why not. */
export function useMay(needed: Role): string | null {
  const t = useT();
  const role = useContext(RoleContext);
  if (ORDER.indexOf(role) >= ORDER.indexOf(needed)) return null;
  return t("role.needs", { role: t(`role.${needed}`) });
}
