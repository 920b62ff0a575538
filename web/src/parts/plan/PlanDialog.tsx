import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { applyPlan, forgetJob, makePlan, refreshJob, type Wish } from "../../api/change";
import type { ActionView, JobView, PlanView } from "../../api/client";
import { newKey } from "../../api/key";
import { hasCode } from "../../api/problem";
import type { JobPath } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Dialog } from "../dialog/Dialog";
import { CopyButton } from "../page/CopyButton";
import { ErrorPanel, Loading } from "../page/States";
import { When } from "../time/Times";
import { commandOf, pythonOf } from "./command";
import { News } from "./News";
import { PlanBody } from "./PlanBody";
import { useRisk } from "./risk";
import "./plan.css";

interface Props {
  path: JobPath;
  mode: JobView["mode"];
  wish: Wish;
  onClose: () => void;
}

/** The one dialog before anything changes, and with the bulk's the only place that applies. */
export function PlanDialog({ path, mode, wish, onClose }: Props) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [key] = useState(newKey);
  /** The plan that was refused because the world had changed. */
  const [old, setOld] = useState<{ plan: PlanView; said: string | null } | null>(null);
  const asked = useQuery({
    queryKey: ["plan", path.project, path.job, wish, key],
    queryFn: () => makePlan(path, wish),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const plan = asked.data?.plan;
  /** Set at once: a second click may come before the first one is drawn. */
  const isSent = useRef(false);
  const apply = useMutation({
    mutationFn: (hash: string) => applyPlan(path, wish, hash, key),
    onSuccess: async () => {
      if (wish.kind !== "delete") return refreshJob(client, path);
      onClose();
      await navigate({ to: "/p/$project/jobs", params: { project: path.project } });
      await forgetJob(client, path);
    },
    onError: (error) => {
      isSent.current = false;
      if (!hasCode(error, "stale") || plan === undefined) return;
      setOld({ plan, said: error.problem.detail ?? null });
      void asked.refetch().then(() => apply.reset());
    },
  });
  const again = () => {
    apply.reset();
    void asked.refetch();
  };
  const isStale = hasCode(apply.error, "stale");
  const failure = apply.error !== null && !isStale ? apply.error : null;
  const canApply = failure === null && !isStale && asked.error === null && !asked.isFetching;
  return (
    <Dialog title={t(`plan.${wish.kind}`, { job: path.job })} isOpen onClose={onClose} size="xl">
      {apply.data !== undefined ? (
        <Done path={path} applied={apply.data} onClose={onClose} />
      ) : (
        <>
          <p className="rh-muted rh-row">
            {t("plan.nothingYet")}
            {plan !== undefined && (
              <span>
                <code>{plan.hash.slice(0, 8)}</code>
                {" · "}
                {t("plan.made")} <When at={new Date(asked.dataUpdatedAt).toISOString()} />
              </span>
            )}
          </p>
          {old !== null && plan !== undefined && plan.hash !== old.plan.hash && (
            <News before={old.plan} after={plan} said={old.said} />
          )}
          {asked.isPending && <Loading height={140} />}
          {asked.error !== null && <ErrorPanel error={asked.error} onRetry={again} />}
          {plan !== undefined && asked.error === null && <PlanBody plan={plan} />}
          {failure !== null && <ErrorPanel error={failure} onRetry={again} retryLabel={t("plan.again")} />}
          <End
            path={path}
            mode={mode}
            wish={wish}
            plan={canApply ? plan : undefined}
            isBusy={apply.isPending || isStale}
            onApply={(hash) => {
              if (isSent.current) return;
              isSent.current = true;
              apply.mutate(hash);
            }}
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
  /** Undefined: there is none that can be applied. */
  plan: PlanView | undefined;
  isBusy: boolean;
  onApply: (hash: string) => void;
  onClose: () => void;
}

function End({ path, mode, wish, plan, isBusy, onApply, onClose }: EndProps) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const risk = useRisk(path, mode, wish, plan);
  const isConfirmed = risk === null || typed === path.job;
  return (
    <form
      className="rh-stack rh-plan-end"
      onSubmit={(event) => {
        event.preventDefault();
        if (isConfirmed && plan !== undefined && !isBusy) onApply(plan.hash);
        else field.current?.focus();
      }}
    >
      {risk !== null && plan !== undefined && (
        <TextInput
          ref={field}
          label={t("plan.confirm", { name: path.job })}
          description={risk}
          value={typed}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <div className="rh-dialog-end">
        <span className="rh-plan-copy rh-row">
          <CopyButton text={commandOf(path, wish)} label={t("plan.copyCli")} />
          <CopyButton text={pythonOf(path, wish, location.origin)} label={t("plan.copyPython")} />
        </span>
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        {plan !== undefined && (
          <Button
            type="submit"
            loading={isBusy}
            disabled={!isConfirmed}
            color={risk === null ? "blue" : "red"}
            data-autofocus={risk === null || undefined}
          >
            {t("plan.applyHash", { hash: plan.hash.slice(0, 8) })}
          </Button>
        )}
      </div>
    </form>
  );
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
        <Button onClick={onClose} autoFocus>
          {t("common.close")}
        </Button>
      </div>
    </>
  );
}
