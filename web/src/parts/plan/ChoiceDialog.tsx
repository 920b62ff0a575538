import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Format, Wish } from "../../api/change";
import type { JobView } from "../../api/client";
import { type JobPath, snapshotsQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Dialog } from "../dialog/Dialog";
import { ErrorPanel } from "../page/States";
import { Check, Option } from "./Option";
import type { Preset } from "./planner";
import { isUsable, SnapshotChoice } from "./SnapshotChoice";
import { VersionChoice } from "./VersionChoice";
import "./plan.css";

type Kind = "start" | "restart" | "stop" | "savepoint";
type Source = "savepoint" | "newest" | "snapshot" | "empty";

interface Props {
  path: JobPath;
  job: JobView;
  kind: Kind;
  preset: Preset;
  onPlan: (wish: Wish) => void;
  onClose: () => void;
}

/** What is to be decided before a plan can be made: state, version, drain, format. Changes nothing. */
export function ChoiceDialog({ path, job, kind, preset, onPlan, onClose }: Props) {
  const t = useT();
  const isBatch = job.mode === "batch";
  const isStarting = kind === "start" || kind === "restart";
  const [source, setSource] = useState<Source>(() => firstSource(kind, preset, isBatch));
  const [snapshot, setSnapshot] = useState<string | null>(preset.snapshot ?? null);
  const [version, setVersion] = useState<number | null>(preset.version ?? null);
  const [allowDropped, setAllowDropped] = useState(false);
  const [drain, setDrain] = useState(false);
  const [format, setFormat] = useState<Format>("canonical");
  const snapshots = useQuery({ ...snapshotsQuery(path), enabled: isStarting && !isBatch });
  const all = snapshots.data ?? [];
  const chosen = snapshot ?? all.find(isUsable)?.id ?? null;
  const from = source === "snapshot" ? chosen : source;
  const makesSavepoint = !isBatch && (kind !== "start" ? !isStarting || source === "savepoint" : false);
  const wish = (): Wish | null => {
    if (kind === "stop") return { kind, drain, format };
    if (kind === "savepoint") return { kind, format };
    if (from === null) return null;
    return kind === "start"
      ? { kind, from, version, allowDropped }
      : { kind, from, version, allowDropped, format };
  };
  return (
    <Dialog title={t(`choice.${kind}`, { job: job.name })} isOpen onClose={onClose} size="xl">
      <form
        className="rh-stack"
        onSubmit={(event) => {
          event.preventDefault();
          const made = wish();
          if (made !== null) onPlan(made);
        }}
      >
        <p className="rh-muted">{isBatch ? t("snapshots.emptyBatch") : t(`choice.${kind}.text`)}</p>
        {isStarting && !isBatch && (
          <fieldset className="rh-options">
            <legend>{t("start.question")}</legend>
            {kind === "restart" && (
              <Option
                name="from"
                value="savepoint"
                current={source}
                onPick={setSource}
                label={t("restart.savepoint")}
                hint={t("restart.savepointHint")}
              />
            )}
            <Option
              name="from"
              value="newest"
              current={source}
              onPick={setSource}
              label={t("start.newest")}
              hint={kind === "start" ? t("start.newestHint") : t("restart.newestHint")}
            />
            <Option
              name="from"
              value="snapshot"
              current={source}
              onPick={setSource}
              label={t("start.snapshot")}
              hint={chosen === null ? t("start.noSnapshots") : t("start.snapshotHint")}
              isOff={chosen === null}
            />
            {source === "snapshot" && chosen !== null && (
              <SnapshotChoice snapshots={all} value={chosen} onPick={setSnapshot} />
            )}
            <Option
              name="from"
              value="empty"
              current={source}
              onPick={setSource}
              label={t("start.empty")}
              hint={t("start.emptyHint")}
            />
          </fieldset>
        )}
        {snapshots.error !== null && (
          <ErrorPanel error={snapshots.error} onRetry={() => void snapshots.refetch()} />
        )}
        {isStarting && (
          <VersionChoice path={path} newest={job.version ?? 1} value={version} onPick={setVersion} />
        )}
        {isStarting && !isBatch && source !== "empty" && (
          <Check
            isOn={allowDropped}
            onChange={setAllowDropped}
            label={t("choice.allowDropped")}
            hint={t("choice.allowDroppedHint")}
          />
        )}
        {kind === "stop" && (
          <Check isOn={drain} onChange={setDrain} label={t("choice.drain")} hint={t("choice.drainHint")} />
        )}
        {makesSavepoint && <FormatChoice value={format} onPick={setFormat} />}
        <div className="rh-dialog-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={wish() === null} data-autofocus={!isStarting || undefined}>
            {t("start.toPlan")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function firstSource(kind: Kind, preset: Preset, isBatch: boolean): Source {
  if (preset.snapshot !== undefined) return "snapshot";
  if (kind === "restart") return "savepoint";
  return isBatch ? "empty" : "newest";
}

function FormatChoice({ value, onPick }: { value: Format; onPick: (format: Format) => void }) {
  const t = useT();
  return (
    <fieldset className="rh-options">
      <legend>{t("choice.format")}</legend>
      <div className="rh-options-row">
        {(["canonical", "native"] as const).map((each) => (
          <Option
            key={each}
            name="format"
            value={each}
            current={value}
            onPick={onPick}
            label={t(`format.${each}`)}
            hint={t(`format.${each}Hint`)}
          />
        ))}
      </div>
    </fieldset>
  );
}
