import { Menu, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { JobRow } from "../../api/client";
import { useReader } from "../../i18n/language";
import { tell } from "../../i18n/sentence";
import { MenuAction } from "../../parts/action/MenuAction";
import { menuProps } from "../../parts/action/menu";
import { type ActionKind, narrow, offer, standingOfRow } from "../../parts/action/offer";
import { ACTIONS } from "../../parts/action/texts";
import { useMay } from "../../parts/role";
import { HealthBadge, PhaseBadge } from "../../parts/status/Badges";
import { healthOf, isTerminal, phaseOf } from "../../parts/status/vocabulary";
import { Lasted, When } from "../../parts/time/Times";

interface Props {
  project: string;
  job: JobRow;
  index: number;
  top: number;
  isChosen: boolean;
  onChoose: (index: number, isRange: boolean) => void;
  onAct: (job: JobRow, kind: ActionKind) => void;
}

/** One job in the list. Drawn again only when the job itself changed. */
export const Row = memo(function Row({ project, job, index, top, isChosen, onChoose, onAct }: Props) {
  const { t, language } = useReader();
  const phase = phaseOf(job);
  const hasEnded = job.phase === null || isTerminal(job.phase);
  const health = hasEnded ? null : healthOf(job.health);
  const why = job.reason === null ? undefined : tell(job.reason, language, t);
  const healthWhy = job.health_reasons.map((reason) => tell(reason, language, t)).join(" · ");
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="rh-jobs-row"
      data-index={index}
      data-chosen={isChosen || undefined}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" className="rh-jobs-mark">
        <input
          type="checkbox"
          aria-label={t("bulk.markJob", { job: job.name })}
          checked={isChosen}
          onChange={() => undefined}
          onClick={(event) => onChoose(index, event.shiftKey)}
        />
      </span>
      <span role="cell" className="rh-jobs-name">
        <Link
          className="rh-link"
          to="/p/$project/jobs/$job"
          params={{ project, job: job.name }}
          data-row={index}
          title={job.name}
        >
          {job.name}
        </Link>
      </span>
      <span role="cell" className="rh-jobs-state" title={why}>
        <PhaseBadge phase={phase} isUnseen={health === "unknown"} />
        {!hasEnded && job.since !== null && (
          <span className="rh-muted rh-jobs-since">
            <Lasted from={job.since} to={null} />
          </span>
        )}
      </span>
      <span role="cell" title={healthWhy}>
        {health === null ? "—" : <HealthBadge health={health} />}
      </span>
      <span role="cell" className="rh-num">
        {job.version === null ? "—" : versionsOf(job)}
        {job.draft_differs && job.version !== null && (
          <span className="rh-muted">{` · ${t("jobs.draft")}`}</span>
        )}
      </span>
      <span role="cell">{t(`jobkind.${job.kind}`)}</span>
      <span role="cell">{t(`mode.${job.mode}`)}</span>
      <span role="cell" className="rh-num">
        {job.flink}
      </span>
      <span role="cell" className="rh-muted">
        <When at={job.created_at} />
      </span>
      <span role="cell">
        <RowMenu job={job} onAct={onAct} />
      </span>
    </div>
  );
});

/** The version that runs, and the newest one where that is another. */
function versionsOf({ version, running_version: running }: JobRow): string {
  return running === null || running === version ? `v${version}` : `v${running} → v${version}`;
}

function RowMenu({ job, onAct }: { job: JobRow; onAct: Props["onAct"] }) {
  const { t } = useReader();
  return (
    <Menu {...menuProps} position="bottom-end" shadow="md" width={260}>
      <Menu.Target>
        <UnstyledButton className="rh-dots" aria-label={t("jobs.actionsOf", { job: job.name })} data-menu>
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <circle cx="8" cy="3" r="1.5" fill="currentColor" />
            <circle cx="8" cy="8" r="1.5" fill="currentColor" />
            <circle cx="8" cy="13" r="1.5" fill="currentColor" />
          </svg>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <RowActions job={job} onAct={onAct} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** Made only when the menu is open: a list has many rows. */
function RowActions({ job, onAct }: { job: JobRow; onAct: Props["onAct"] }) {
  const { t } = useReader();
  const may = { operate: useMay("operator"), write: useMay("editor") };
  const can = narrow(offer(standingOfRow(job), t), may);
  return ACTIONS.map(([kind, text]) => (
    <MenuAction key={kind} label={t(text)} why={can[kind]} onPick={() => onAct(job, kind)} />
  ));
}
