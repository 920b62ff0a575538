/** Which actions may lose data or time, so that the job's name must be typed. */
import { useQuery } from "@tanstack/react-query";
import type { Wish } from "../../api/change";
import type { PlanView } from "../../api/client";
import { type JobPath, snapshotsQuery } from "../../api/queries";
import { useT } from "../../i18n/language";

/** What may be lost, in words; null when nothing can be. */
export function useRisk(
  path: JobPath,
  mode: "streaming" | "batch",
  wish: Wish,
  plan: PlanView | undefined,
): string | null {
  const t = useT();
  const isStreaming = mode === "streaming";
  const isEmpty = isStreaming && "from" in wish && wish.from === "empty";
  const snapshots = useQuery({ ...snapshotsQuery(path), enabled: isEmpty });
  if (wish.kind === "delete") return t("plan.confirmDelete");
  if (wish.kind === "cancel") return isStreaming ? t("plan.confirmCancel") : null;
  if (isEmpty && (wish.kind === "restart" || (snapshots.data?.length ?? 0) > 0))
    return t("plan.confirmEmpty");
  if (isStreaming && wish.kind === "restart" && wish.from !== "savepoint") return t("plan.confirmCancel");
  if ("allowDropped" in wish && wish.allowDropped) return t("plan.confirmDropped");
  if (plan?.lines.some((line) => line.code === "rewind_large") === true) return t("plan.confirmRewind");
  return null;
}
