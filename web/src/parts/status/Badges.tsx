import { useT } from "../../i18n/language";
import { StatusIcon } from "./icons";
import { HEALTHS, type HealthWord, type IconName, PHASES, type PhaseWord, type Tone } from "./vocabulary";
import "./status.css";

interface BadgeProps {
  tone: Tone;
  icon: IconName;
  text: string;
  title?: string;
}

export function Badge({ tone, icon, text, title }: BadgeProps) {
  return (
    <span className={`rh-badge rh-tone-${tone}`} title={title}>
      <StatusIcon name={icon} />
      {text}
    </span>
  );
}

interface PhaseProps {
  phase: PhaseWord;
  /** Nobody can see it now: the last word stays, with a dashed border. */
  isUnseen?: boolean;
}

export function PhaseBadge({ phase, isUnseen = false }: PhaseProps) {
  const t = useT();
  const look = PHASES[phase];
  return (
    <span className={`rh-badge rh-tone-${look.tone}`} data-unseen={isUnseen || undefined}>
      <StatusIcon name={look.icon} />
      {t(look.text)}
    </span>
  );
}

/** Healthy is quiet: a word without a tint, so that what is not healthy stands out. */
export function HealthBadge({ health }: { health: HealthWord }) {
  const t = useT();
  const look = HEALTHS[health];
  return (
    <span className={`rh-badge rh-tone-${look.tone}`} data-quiet={health === "healthy" || undefined}>
      <StatusIcon name={look.icon} />
      {t(look.text)}
    </span>
  );
}
