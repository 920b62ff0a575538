import { Button } from "@mantine/core";
import { useState } from "react";
import type { Wish } from "../../api/change";
import type { JobView } from "../../api/client";
import type { JobPath } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Dialog } from "../dialog/Dialog";
import { VersionChoice } from "./VersionChoice";

interface Props {
  path: JobPath;
  job: JobView;
  first: number | null;
  onPlan: (wish: Wish) => void;
  onClose: () => void;
}

/** Which version is to run: the same one, a newer one (upgrade) or an older one (roll back). */
export function RestartDialog({ path, job, first, onPlan, onClose }: Props) {
  const t = useT();
  const [version, setVersion] = useState(first);
  return (
    <Dialog title={t("restart.title", { job: job.name })} isOpen onClose={onClose}>
      <form
        className="rh-stack"
        onSubmit={(event) => {
          event.preventDefault();
          onPlan({ kind: "restart", version });
        }}
      >
        {job.mode === "streaming" && <p className="rh-muted">{t("restart.text")}</p>}
        <VersionChoice path={path} newest={job.version ?? 1} value={version} onPick={setVersion} />
        <div className="rh-dialog-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" data-autofocus>
            {t("start.toPlan")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
