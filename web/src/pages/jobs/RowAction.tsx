import { useQuery } from "@tanstack/react-query";
import type { JobRow } from "../../api/client";
import { jobQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import type { ActionKind } from "../../parts/action/offer";
import { Dialog } from "../../parts/dialog/Dialog";
import { Region } from "../../parts/page/States";
import { ActionHost } from "../../parts/plan/ActionHost";

interface Props {
  project: string;
  job: JobRow;
  kind: ActionKind;
  onClose: () => void;
}

/** An action of one row: the same dialogs as on the job's own page. */
export default function RowAction({ project, job, kind, onClose }: Props) {
  const t = useT();
  const path = { project, job: job.name };
  const query = useQuery(jobQuery(path));
  if (query.data !== undefined)
    return <ActionHost path={path} job={query.data} asked={{ kind, preset: {} }} onClose={onClose} />;
  return (
    <Dialog title={t(`plan.${kind}`, { job: job.name })} isOpen onClose={onClose}>
      <Region query={query}>{() => null}</Region>
    </Dialog>
  );
}
