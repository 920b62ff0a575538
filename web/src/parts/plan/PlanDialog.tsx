import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { applyPlan, forgetJob, makePlan, refreshJob, type Wish } from "../../api/change";
import type { ActionView, JobView } from "../../api/client";
import { type JobPath, snapshotsQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Dialog } from "../dialog/Dialog";
import { CopyButton } from "../page/CopyButton";
import { ErrorPanel, Loading } from "../page/States";
import { commandOf } from "./command";
import { PlanBody } from "./PlanBody";
import "./plan.css";

interface Props {
  path: JobPath;
  mode: JobView["mode"];
  wish: Wish;
  onClose: () => void;
}

/** Not randomUUID: that one is missing where the page does not come over https or from this machine. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** The one dialog before anything changes, and the only place that applies. */
export function PlanDialog({ path, mode, wish, onClose }: Props) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [key] = useState(newKey);
  const asked = useQuery({
    queryKey: ["plan", path.project, path.job, wish, key],
    queryFn: () => makePlan(path, wish),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const plan = asked.data?.plan;
  const apply = useMutation({
    mutationFn: (hash: string) => applyPlan(path, wish, hash, key),
    onSuccess: async () => {
      if (wish.kind !== "delete") return refreshJob(client, path);
      onClose();
      await navigate({ to: "/p/$project/jobs", params: { project: path.project } });
      await forgetJob(client, path);
    },
  });
  const again = () => {
    apply.reset();
    void asked.refetch();
  };
  return (
    <Dialog title={t(`plan.${wish.kind}`, { job: path.job })} isOpen onClose={onClose}>
      {apply.data !== undefined ? (
        <Done path={path} applied={apply.data} onClose={onClose} />
      ) : (
        <>
          <p className="rh-muted">{t("plan.nothingYet")}</p>
          {asked.isPending && <Loading height={140} />}
          {asked.error !== null && <ErrorPanel error={asked.error} onRetry={again} />}
          {plan !== undefined && <PlanBody plan={plan} />}
          {apply.error !== null && (
            <ErrorPanel error={apply.error} onRetry={again} retryLabel={t("plan.again")} />
          )}
          <End
            path={path}
            mode={mode}
            wish={wish}
            hash={apply.error === null && asked.error === null ? (plan?.hash ?? null) : null}
            isBusy={apply.isPending}
            onApply={(hash) => apply.mutate(hash)}
            onClose={onClose}
          />
        </>
      )}
    </Dialog>
  );
}

interface EndProps {
  path: JobPath;
  mode: JobView["mode"];
  wish: Wish;
  hash: string | null;
  isBusy: boolean;
  onApply: (hash: string) => void;
  onClose: () => void;
}

function End({ path, mode, wish, hash, isBusy, onApply, onClose }: EndProps) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const risk = useRisk(path, mode, wish);
  const isConfirmed = risk === null || typed === path.job;
  return (
    <form
      className="rh-stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (isConfirmed && hash !== null && !isBusy) onApply(hash);
      }}
    >
      {risk !== null && hash !== null && (
        <TextInput
          label={t("plan.confirm", { name: path.job })}
          description={risk}
          value={typed}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <div className="rh-dialog-end">
        <span className="rh-plan-copy">
          <CopyButton text={commandOf(path, wish)} label={t("plan.copyCli")} />
        </span>
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        {hash !== null && (
          <Button
            type="submit"
            loading={isBusy}
            disabled={!isConfirmed}
            color={risk === null ? "blue" : "red"}
            data-autofocus={risk === null || undefined}
          >
            {t("plan.applyHash", { hash: hash.slice(0, 8) })}
          </Button>
        )}
      </div>
    </form>
  );
}

/** What may be lost, so that the name must be typed; null when nothing can be. */
function useRisk(path: JobPath, mode: JobView["mode"], wish: Wish): string | null {
  const t = useT();
  const isEmptyStart = wish.kind === "start" && wish.from === "empty" && mode === "streaming";
  const snapshots = useQuery({ ...snapshotsQuery(path), enabled: isEmptyStart });
  if (wish.kind === "delete") return t("plan.confirmDelete");
  if (wish.kind === "cancel" && mode === "streaming") return t("plan.confirmCancel");
  return isEmptyStart && (snapshots.data?.length ?? 0) > 0 ? t("plan.confirmEmpty") : null;
}

interface DoneProps {
  path: JobPath;
  applied: ActionView;
  onClose: () => void;
}

function Done({ path, applied, onClose }: DoneProps) {
  const t = useT();
  const run = applied.run?.number ?? null;
  return (
    <>
      {run !== null && <p role="status">{t("plan.done", { run })}</p>}
      <div className="rh-dialog-end">
        {run !== null && (
          <Link
            className="rh-link rh-plan-copy"
            to="/p/$project/jobs/$job/runs/$run"
            params={{ ...path, run: String(run) }}
            onClick={onClose}
          >
            {t("plan.toRun", { run })}
          </Link>
        )}
        <Button onClick={onClose} data-autofocus>
          {t("common.close")}
        </Button>
      </div>
    </>
  );
}
