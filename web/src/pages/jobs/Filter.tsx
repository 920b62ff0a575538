import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useT } from "../../i18n/language";
import { StatusIcon } from "../../parts/status/icons";
import {
  HEALTHS,
  type HealthWord,
  healthOf,
  isPhase,
  PHASES,
  type PhaseWord,
} from "../../parts/status/vocabulary";
import { isFiltered, type JobsSearch, NEVER, type State, withFilter } from "./search";

interface Props {
  search: JobsSearch;
  counts: Record<string, number>;
  /** How many match; null while that is not known. */
  total: number | null;
  onChange: (next: JobsSearch) => void;
}

const TYPING_MS = 250;

/** Which jobs: by name, state, health, mode and kind. The address is the filter. */
export function Filter({ search, counts, total, onChange }: Props) {
  const t = useT();
  const set = <K extends keyof JobsSearch>(name: K, value: JobsSearch[K] | undefined) =>
    onChange(withFilter(search, name, value));
  const any = { value: "", label: t("jobs.any") };
  return (
    <search className="rh-stack rh-filters">
      <div className="rh-row">
        <NameField value={search.q ?? ""} onChange={(q) => set("q", q)} />
        <NativeSelect
          aria-label={t("jobs.health")}
          value={search.health ?? ""}
          data={[
            { value: "", label: t("jobs.anyHealth") },
            ...(Object.keys(HEALTHS) as HealthWord[]).map((value) => ({
              value,
              label: t(HEALTHS[value].text),
            })),
          ]}
          onChange={(event) => {
            const value = healthOf(event.currentTarget.value);
            set("health", value ?? undefined);
          }}
        />
        <NativeSelect
          aria-label={t("jobs.mode")}
          value={search.mode ?? ""}
          data={[
            { ...any, label: t("jobs.anyMode") },
            { value: "streaming", label: t("mode.streaming") },
            { value: "batch", label: t("mode.batch") },
          ]}
          onChange={(event) => {
            const value = event.currentTarget.value;
            set("mode", value === "streaming" || value === "batch" ? value : undefined);
          }}
        />
        <NativeSelect
          aria-label={t("jobs.kind")}
          value={search.kind ?? ""}
          data={[
            { ...any, label: t("jobs.anyKind") },
            { value: "sql", label: t("jobkind.sql") },
            { value: "jar", label: t("jobkind.jar") },
          ]}
          onChange={(event) => {
            const value = event.currentTarget.value;
            set("kind", value === "sql" || value === "jar" ? value : undefined);
          }}
        />
        {isFiltered(search) && (
          <Button variant="subtle" size="xs" onClick={() => onChange({})}>
            {t("jobs.clear")}
          </Button>
        )}
        <span className="rh-muted" role="status">
          {total === null ? "" : t("jobs.countAll", { count: total })}
        </span>
      </div>
      <PhaseChips chosen={search.phase ?? []} counts={counts} onChange={(phase) => set("phase", phase)} />
    </search>
  );
}

/** What is typed goes to the server when the typing rests. */
function NameField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useT();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), TYPING_MS);
    return () => clearTimeout(timer);
  });
  return (
    <TextInput
      type="search"
      aria-label={t("jobs.filter")}
      placeholder={t("jobs.filterHint")}
      value={typed}
      data-filter
      onChange={(event) => setTyped(event.currentTarget.value)}
      className="rh-filter"
    />
  );
}

interface ChipProps {
  chosen: State[];
  counts: Record<string, number>;
  onChange: (phase: State[]) => void;
}

const ORDER: State[] = [...(Object.keys(PHASES) as PhaseWord[]).filter(isPhase), NEVER];

/** One switch for each state that any job of the project is in, with how many. */
function PhaseChips({ chosen, counts, onChange }: ChipProps) {
  const t = useT();
  const words = ORDER.filter((word) => (counts[word] ?? 0) > 0 || chosen.includes(word));
  if (words.length === 0) return null;
  return (
    <fieldset className="rh-chips">
      <legend className="rh-hear">{t("jobs.status")}</legend>
      {words.map((word) => {
        const look = PHASES[word === NEVER ? "published" : word];
        const isOn = chosen.includes(word);
        return (
          <button
            key={word}
            type="button"
            aria-pressed={isOn}
            className={`rh-chip rh-tone-${look.tone}`}
            onClick={() => onChange(isOn ? chosen.filter((each) => each !== word) : [...chosen, word])}
          >
            <StatusIcon name={look.icon} />
            {t(look.text)}
            <span className="rh-num">{t("common.number", { value: counts[word] ?? 0 })}</span>
          </button>
        );
      })}
    </fieldset>
  );
}
