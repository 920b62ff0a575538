import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ContentView } from "../../api/client";
import { serverQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import type { Fields, Row } from "./draft";

const GUARDS: ContentView["guard"][] = ["resume_latest_proven", "fail_and_alert", "hold"];

interface SettingsProps {
  fields: Fields;
  onChange: (next: Partial<Fields>) => void;
}

export function Settings({ fields, onChange }: SettingsProps) {
  const t = useT();
  const server = useQuery(serverQuery);
  const engines = [...new Set([...(server.data?.engines ?? []), fields.flink])];
  return (
    <section className="rh-panel rh-stack" aria-labelledby="settings">
      <h2 id="settings" className="rh-tight">
        {t("editor.settings")}
      </h2>
      <NativeSelect
        label={t("editor.flink")}
        value={fields.flink}
        data={engines}
        onChange={(event) => onChange({ flink: event.currentTarget.value })}
      />
      <NativeSelect
        label={t("editor.guard")}
        value={fields.guard}
        data={GUARDS.map((value) => ({ value, label: t(`guard.${value}`) }))}
        onChange={(event) => onChange({ guard: event.currentTarget.value as ContentView["guard"] })}
      />
    </section>
  );
}

interface Props {
  rows: Row[];
  double: Set<string>;
  faults: Map<string, string>;
  onChange: (rows: Row[]) => void;
}

export function Configuration({ rows, double, faults, onChange }: Props) {
  const t = useT();
  const put = (id: number, next: Partial<Row>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...next } : row)));
  const faultOf = (row: Row): string | null => {
    const key = row.key.trim();
    return double.has(key) ? t("editor.doubleKey") : (faults.get(key) ?? null);
  };
  const nextId = rows.reduce((most, row) => Math.max(most, row.id), -1) + 1;
  return (
    <section className="rh-panel" aria-labelledby="configuration">
      <h2 id="configuration">{t("editor.configuration")}</h2>
      <p className="rh-muted rh-conf-hint">{t("editor.configurationHint")}</p>
      <div className="rh-conf">
        {rows.map((row, index) => (
          <div key={row.id} className="rh-conf-row">
            <TextInput
              size="xs"
              aria-label={t("editor.keyOf", { row: index + 1 })}
              placeholder={t("editor.key")}
              value={row.key}
              error={faultOf(row)}
              onChange={(event) => put(row.id, { key: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              aria-label={t("editor.valueOf", { key: row.key || String(index + 1) })}
              placeholder={t("editor.value")}
              value={row.value}
              onChange={(event) => put(row.id, { value: event.currentTarget.value })}
            />
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              aria-label={t("editor.removeKey", { key: row.key || String(index + 1) })}
              onClick={() => onChange(rows.filter((each) => each.id !== row.id))}
            >
              <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
                <path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
              </svg>
            </Button>
          </div>
        ))}
      </div>
      <Button
        size="xs"
        variant="default"
        onClick={() => onChange([...rows, { id: nextId, key: "", value: "" }])}
      >
        {t("editor.addKey")}
      </Button>
    </section>
  );
}
