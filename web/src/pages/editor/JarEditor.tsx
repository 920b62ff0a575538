import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import type { ArtifactView, JarView } from "../../api/client";
import { keys } from "../../api/keys";
import { artifactsQuery } from "../../api/queries";
import { MOST_BYTES, type UploadStep, uploadJar } from "../../api/upload";
import { useT } from "../../i18n/language";
import { formatBytes } from "../../parts/format";
import { ErrorPanel } from "../../parts/page/States";

interface Props {
  project: string;
  jar: JarView | null;
  faults: ReadonlyMap<string, string>;
  onChange: (jar: JarView | null) => void;
}

/** Which JAR runs: one that is sent now, or one that the server has. */
export function JarEditor({ project, jar, faults, onChange }: Props) {
  const t = useT();
  const artifacts = useQuery(artifactsQuery(project));
  const choose = (artifact: ArtifactView) =>
    onChange({
      artifact: artifact.digest,
      name: artifact.name,
      size_bytes: artifact.size_bytes,
      main: artifact.main ?? "",
      args: jar?.args ?? [],
    });
  const known = artifacts.data ?? [];
  const isListed = jar === null || known.some((each) => each.digest === jar.artifact);
  return (
    <section className="rh-panel rh-stack" aria-labelledby="jar">
      <h2 id="jar" className="rh-tight">
        {t("jar.title")}
      </h2>
      <Upload project={project} onDone={choose} />
      {(known.length > 0 || jar !== null) && (
        <NativeSelect
          label={t("jar.choose")}
          value={jar?.artifact ?? ""}
          error={faults.get("jar") ?? faults.get("jar.artifact")}
          data={[
            { value: "", label: t("jar.none") },
            ...(isListed || jar === null ? [] : [{ value: jar.artifact, label: jar.name }]),
            ...known.map((each) => ({
              value: each.digest,
              label: `${each.name} · ${formatBytes(each.size_bytes)} · ${each.digest.slice(0, 8)}`,
            })),
          ]}
          onChange={(event) => {
            const found = known.find((each) => each.digest === event.currentTarget.value);
            if (found !== undefined) choose(found);
            else onChange(null);
          }}
        />
      )}
      {jar !== null && (
        <>
          <TextInput
            label={t("jar.main")}
            description={t("jar.mainHint")}
            value={jar.main}
            error={faults.get("jar.main")}
            spellCheck={false}
            onChange={(event) => onChange({ ...jar, main: event.currentTarget.value })}
          />
          <Args
            args={jar.args}
            error={faults.get("jar.args")}
            onChange={(args) => onChange({ ...jar, args })}
          />
          <p className="rh-muted rh-jar-digest">
            {t("jar.digest")} <code>{jar.artifact}</code>
          </p>
        </>
      )}
    </section>
  );
}

interface ArgsProps {
  args: string[];
  error: string | undefined;
  onChange: (args: string[]) => void;
}

/** One argument a line: none needs quotes, and none is split. */
function Args({ args, error, onChange }: ArgsProps) {
  const t = useT();
  const [text, setText] = useState(args.join("\n"));
  return (
    <Textarea
      label={t("jar.args")}
      description={t("jar.argsHint")}
      value={text}
      rows={4}
      error={error}
      spellCheck={false}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        onChange(next.split("\n").filter((line) => line !== ""));
      }}
    />
  );
}

function Upload({ project, onDone }: { project: string; onDone: (artifact: ArtifactView) => void }) {
  const t = useT();
  const id = useId();
  const client = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [step, setStep] = useState<UploadStep | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const upload = useMutation({
    mutationFn: (file: File) => uploadJar(project, file, setStep),
    onSuccess: async (artifact) => {
      onDone(artifact);
      await client.invalidateQueries({ queryKey: keys.artifacts(project) });
    },
    onSettled: () => setStep(null),
  });
  const take = (file: File | undefined) => {
    if (file === undefined) return;
    upload.reset();
    if (!file.name.toLowerCase().endsWith(".jar")) return setRefused(t("jar.notJar", { name: file.name }));
    if (file.size > MOST_BYTES) return setRefused(t("jar.tooLarge", { size: formatBytes(file.size) }));
    setRefused(null);
    upload.mutate(file);
  };
  const words =
    step === null
      ? upload.data === undefined
        ? ""
        : t("jar.sent", { name: upload.data.name })
      : step.step === "hash"
        ? t("jar.hashing")
        : t("jar.sending", { sent: formatBytes(step.sent), total: formatBytes(step.total) });
  return (
    <div className="rh-stack rh-tight-stack">
      <div className="rh-row">
        <input
          ref={field}
          id={id}
          type="file"
          accept=".jar"
          className="rh-hear"
          tabIndex={-1}
          aria-label={t("jar.upload")}
          onChange={(event) => {
            take(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
        <Button variant="default" loading={upload.isPending} onClick={() => field.current?.click()}>
          {t("jar.upload")}
        </Button>
        <span className="rh-muted" role="status">
          {words}
        </span>
      </div>
      {step?.step === "send" && (
        <progress className="rh-progress" max={step.total} value={step.sent} aria-label={words} />
      )}
      {refused !== null && (
        <div className="rh-problem" role="alert">
          {refused}
        </div>
      )}
      {upload.error !== null && <ErrorPanel error={upload.error} />}
    </div>
  );
}
