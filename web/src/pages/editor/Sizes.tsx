import { NativeSelect, TextInput } from "@mantine/core";
import type { Policies } from "../../api/client";
import { useT } from "../../i18n/language";
import { Check } from "../../parts/plan/Option";
import { type Fields, RESOURCES } from "./draft";

interface Props {
  fields: Fields;
  mode: "streaming" | "batch";
  faults: ReadonlyMap<string, string>;
  onChange: (next: Partial<Fields>) => void;
}

/** How large the job is. What is empty, the engine's defaults decide. */
export function ResourceForm({ fields, faults, onChange }: Props) {
  const t = useT();
  return (
    <section className="rh-panel" aria-labelledby="resources">
      <h2 id="resources">{t("editor.resources")}</h2>
      <div className="rh-pairs">
        {RESOURCES.map((name) => (
          <TextInput
            key={name}
            size="xs"
            label={t(`resource.${name}`)}
            placeholder={t(`resource.${name}Hint`)}
            value={fields.resources[name]}
            error={faults.get(`resources.${name}`)}
            inputMode={name === "parallelism" || name === "slots" ? "numeric" : "text"}
            onChange={(event) =>
              onChange({ resources: { ...fields.resources, [name]: event.currentTarget.value } })
            }
          />
        ))}
      </div>
    </section>
  );
}

const UNSEEN: readonly Policies["unseen_batch"][] = ["hold", "rerun", "fail"];
const HOUR_S = 3600;

/** What Rheostat does by itself, and where it stops and asks. */
export function PolicyForm({ fields, mode, faults, onChange }: Props) {
  const t = useT();
  const { policies } = fields;
  const set = (next: Partial<Policies>) => onChange({ policies: { ...policies, ...next } });
  const toNumber = (text: string, most: number): number =>
    Math.min(Math.max(Math.floor(Number(text) || 0), 0), most);
  return (
    <section className="rh-panel rh-stack" aria-labelledby="policies">
      <h2 id="policies" className="rh-tight">
        {t("editor.policies")}
      </h2>
      {mode === "batch" ? (
        <NativeSelect
          size="xs"
          label={t("policy.unseen_batch")}
          value={policies.unseen_batch}
          error={faults.get("policies.unseen_batch")}
          data={UNSEEN.map((value) => ({ value, label: t(`unseen.${value}`) }))}
          onChange={(event) => set({ unseen_batch: event.currentTarget.value as Policies["unseen_batch"] })}
        />
      ) : (
        <>
          <div className="rh-pairs">
            <TextInput
              size="xs"
              type="number"
              min={0}
              label={t("policy.max_rewind_h")}
              value={String(policies.max_rewind_s / HOUR_S)}
              error={faults.get("policies.max_rewind_s")}
              onChange={(event) =>
                set({ max_rewind_s: Math.round((Number(event.currentTarget.value) || 0) * HOUR_S) })
              }
            />
            <TextInput
              size="xs"
              type="number"
              min={0}
              max={10}
              label={t("policy.resume_failed")}
              value={String(policies.resume_failed)}
              error={faults.get("policies.resume_failed")}
              onChange={(event) => set({ resume_failed: toNumber(event.currentTarget.value, 10) })}
            />
          </div>
          <Check
            isOn={policies.is_stateless}
            onChange={(is_stateless) => set({ is_stateless })}
            label={t("policy.is_stateless")}
            hint={t("policy.is_statelessHint")}
          />
        </>
      )}
    </section>
  );
}
