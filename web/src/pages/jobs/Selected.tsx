import { Button } from "@mantine/core";
import type { JobRow } from "../../api/client";
import { useT } from "../../i18n/language";
import type { PlainKey } from "../../i18n/t";
import { ExplainedButton } from "../../parts/page/ExplainedButton";
import { useMay } from "../../parts/role";

type Kind = "start" | "stop" | "savepoint";

const KINDS: [Kind, PlainKey][] = [
  ["start", "action.start"],
  ["stop", "action.stop"],
  ["savepoint", "action.savepoint"],
];

interface Props {
  jobs: JobRow[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  onAct: (kind: Kind, jobs: JobRow[]) => void;
}

/** What can be done with the rows that are marked. */
export function Selected({ jobs, chosen, onChange, onAct }: Props) {
  const t = useT();
  const why = useMay("operator");
  const some = jobs.filter((job) => chosen.has(job.id));
  if (some.length === 0) return null;
  return (
    <section className="rh-notice rh-tone-work rh-selected" aria-label={t("bulk.label")}>
      <span role="status">{t("bulk.selected", { count: some.length })}</span>
      {KINDS.map(([kind, text]) => (
        <ExplainedButton key={kind} size="xs" variant="default" why={why} onClick={() => onAct(kind, some)}>
          {t(text)}
        </ExplainedButton>
      ))}
      {some.length < jobs.length && (
        <Button size="xs" variant="subtle" onClick={() => onChange(new Set(jobs.map((job) => job.id)))}>
          {t("bulk.all", { count: jobs.length })}
        </Button>
      )}
      <Button size="xs" variant="subtle" onClick={() => onChange(new Set())}>
        {t("bulk.none")}
      </Button>
    </section>
  );
}
