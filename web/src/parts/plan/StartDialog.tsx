import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Wish } from "../../api/change";
import type { JobView, SnapshotView } from "../../api/client";
import { serverNow } from "../../api/clock";
import { type JobPath, snapshotsQuery } from "../../api/queries";
import { useReader } from "../../i18n/language";
import { Dialog } from "../dialog/Dialog";
import { formatBytes, formatInstant } from "../format";
import { ErrorPanel } from "../page/States";
import type { StartPreset } from "./planner";
import { VersionChoice } from "./VersionChoice";
import "./plan.css";

type Source = "newest" | "snapshot" | "empty";

interface Props {
  path: JobPath;
  job: JobView;
  preset: StartPreset;
  onPlan: (wish: Wish) => void;
  onClose: () => void;
}

/** From which state, and which version. Ends in the plan; changes nothing. */
export function StartDialog({ path, job, preset, onPlan, onClose }: Props) {
  const { t } = useReader();
  const isBatch = job.mode === "batch";
  const [source, setSource] = useState<Source>(
    preset.snapshot !== undefined ? "snapshot" : isBatch ? "empty" : "newest",
  );
  const [snapshot, setSnapshot] = useState<string | null>(preset.snapshot ?? null);
  const [version, setVersion] = useState<number | null>(preset.version ?? null);
  const snapshots = useQuery({ ...snapshotsQuery(path), enabled: !isBatch });
  const proven = (snapshots.data ?? []).filter((each) => each.proven > 0 && each.fault === null);
  const chosen = snapshot ?? proven[0]?.id ?? null;
  const from = source === "snapshot" ? chosen : source;
  return (
    <Dialog title={t("start.title", { job: job.name })} isOpen onClose={onClose}>
      <form
        className="rh-stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (from !== null) onPlan({ kind: "start", from, version });
        }}
      >
        {!isBatch && (
          <fieldset className="rh-options">
            <legend>{t("start.question")}</legend>
            <Option
              value="newest"
              current={source}
              onPick={setSource}
              label={t("start.newest")}
              hint={t("start.newestHint")}
            />
            <Option
              value="snapshot"
              current={source}
              onPick={setSource}
              label={t("start.snapshot")}
              hint={proven.length === 0 ? t("start.noSnapshots") : t("start.snapshotHint")}
              isOff={proven.length === 0}
            />
            {source === "snapshot" && proven.length > 0 && (
              <SnapshotChoice snapshots={proven} value={chosen} onPick={setSnapshot} />
            )}
            <Option
              value="empty"
              current={source}
              onPick={setSource}
              label={t("start.empty")}
              hint={t("start.emptyHint")}
            />
          </fieldset>
        )}
        {isBatch && <p className="rh-muted">{t("snapshots.emptyBatch")}</p>}
        {snapshots.error !== null && (
          <ErrorPanel error={snapshots.error} onRetry={() => void snapshots.refetch()} />
        )}
        <VersionChoice path={path} newest={job.version ?? 1} value={version} onPick={setVersion} />
        <div className="rh-dialog-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={from === null}>
            {t("start.toPlan")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface OptionProps {
  value: Source;
  current: Source;
  onPick: (value: Source) => void;
  label: string;
  hint: string;
  isOff?: boolean;
}

function Option({ value, current, onPick, label, hint, isOff = false }: OptionProps) {
  return (
    <label className="rh-option">
      <input
        type="radio"
        name="from"
        value={value}
        checked={current === value}
        disabled={isOff}
        onChange={() => onPick(value)}
        data-autofocus={current === value || undefined}
      />
      <span>{label}</span>
      <small>{hint}</small>
    </label>
  );
}

interface SnapshotProps {
  snapshots: SnapshotView[];
  value: string | null;
  onPick: (id: string) => void;
}

function SnapshotChoice({ snapshots, value, onPick }: SnapshotProps) {
  const { t, language, zone } = useReader();
  const words = (each: SnapshotView): string => {
    const at = formatInstant(each.completed_at, { language, zone, now: serverNow() });
    const size = each.size_bytes === null ? t("common.unknown") : formatBytes(each.size_bytes);
    const by = t("snapshots.run", { run: each.run, attempt: each.attempt });
    return `${t(`kind.${each.kind}`)} ${each.checkpoint_id} · ${at} · ${size} · ${by}`;
  };
  return (
    <NativeSelect
      label={t("start.snapshotLabel")}
      value={value ?? ""}
      data={snapshots.map((each) => ({ value: each.id, label: words(each) }))}
      onChange={(event) => onPick(event.currentTarget.value)}
    />
  );
}
