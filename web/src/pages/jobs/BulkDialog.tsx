import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import type { JobRow } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { useReader, useT } from "../../i18n/language";
import { tell } from "../../i18n/sentence";
import { Dialog } from "../../parts/dialog/Dialog";
import { titleOf } from "../../parts/page/States";
import { Badge } from "../../parts/status/Badges";
import { type BulkKind, type State, useBulk } from "./useBulk";

/** More than this at once, and the number must be typed. */
const MANY = 20;

interface Props {
  project: string;
  jobs: JobRow[];
  kind: BulkKind;
  onClose: () => void;
}

/** One plan with a line for each job: what is ready, what is refused and why, and what came of it. */
export default function BulkDialog({ project, jobs, kind, onClose }: Props) {
  const t = useT();
  const { children, apply } = useBulk(project, jobs, kind);
  const [isBegun, setBegun] = useState(false);
  const [typed, setTyped] = useState("");
  const count = (...steps: State["step"][]) =>
    children.filter((each) => steps.includes(each.state.step)).length;
  const ready = count("ready");
  const isConfirmed = ready <= MANY || typed.trim() === String(ready);
  const isOver = isBegun && count("ready", "applying") === 0;
  return (
    <Dialog title={t(`bulk.${kind}`, { count: jobs.length })} isOpen onClose={onClose} size="xl">
      <form
        className="rh-stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (isOver) return onClose();
          if (!isConfirmed || isBegun || ready === 0) return;
          setBegun(true);
          void apply();
        }}
      >
        <p className="rh-muted" role="status">
          {isBegun
            ? t("bulk.progress", { done: count("done"), failed: count("failed"), total: jobs.length })
            : t("bulk.verdict", { ready, refused: count("refused"), asking: count("asking") })}
        </p>
        <div className="rh-bulk rh-scroll">
          <table className="rh-table">
            <thead>
              <tr>
                <th>{t("jobs.name")}</th>
                <th>{t("bulk.result")}</th>
                <th>{t("bulk.what")}</th>
              </tr>
            </thead>
            <tbody>
              {children.map(({ job, state }) => (
                <tr key={job.id}>
                  <td className="rh-jobs-name">{job.name}</td>
                  <td>
                    <Verdict state={state} />
                  </td>
                  <td className="rh-bulk-what">
                    <What state={state} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {ready > MANY && !isBegun && (
          <TextInput
            label={t("bulk.confirm", { count: ready })}
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <div className="rh-dialog-end">
          {!isOver && (
            <Button variant="default" onClick={onClose}>
              {isBegun ? t("common.close") : t("common.cancel")}
            </Button>
          )}
          <Button
            type="submit"
            loading={isBegun && !isOver}
            disabled={!isOver && (!isConfirmed || ready === 0 || count("asking") > 0)}
          >
            {isOver ? t("common.close") : t("bulk.apply", { count: ready })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Verdict({ state }: { state: State }) {
  const t = useT();
  switch (state.step) {
    case "asking":
      return <Badge tone="work" icon="hourglass" text={t("bulk.asking")} />;
    case "applying":
      return <Badge tone="work" icon="triangleHollow" text={t("bulk.applying")} />;
    case "ready":
      return state.plan.lines.some((line) => line.part === "warning") ? (
        <Badge tone="warn" icon="alert" text={t("bulk.attention")} />
      ) : (
        <Badge tone="ok" icon="check" text={t("bulk.ready")} />
      );
    case "refused":
      return <Badge tone="calm" icon="slash" text={t("bulk.refused")} />;
    case "failed":
      return <Badge tone="warn" icon="alert" text={t("bulk.failed")} />;
    case "done":
      return <Badge tone="ok" icon="check" text={t("bulk.done")} />;
  }
}

function What({ state }: { state: State }) {
  const { t, language } = useReader();
  if (state.step === "ready") {
    const warnings = state.plan.lines.filter((line) => line.part === "warning");
    const lines = warnings.length > 0 ? warnings : state.plan.lines.slice(0, 1);
    return lines.map((line) => tell(line, language, t)).join(" · ");
  }
  if (state.step === "done") return state.run === null ? null : t("job.run", { run: state.run });
  if (state.step !== "refused" && state.step !== "failed") return null;
  const { error } = state;
  return error instanceof ProblemError ? (error.problem.detail ?? titleOf(error, t)) : titleOf(error, t);
}
