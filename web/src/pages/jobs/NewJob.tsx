import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { createJob } from "../../api/change";
import type { JobBody } from "../../api/client";
import { keys } from "../../api/keys";
import { serverQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Dialog } from "../../parts/dialog/Dialog";
import { ErrorPanel } from "../../parts/page/States";
import { exampleFor } from "./example";

const FALLBACK_ENGINE = "2.3";

interface Props {
  project: string;
  onClose: () => void;
}

export default function NewJob({ project, onClose }: Props) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const server = useQuery(serverQuery);
  const [name, setName] = useState("");
  const [mode, setMode] = useState<NonNullable<JobBody["mode"]>>("streaming");
  const [kind, setKind] = useState<"sql" | "jar">("sql");
  const [engine, setEngine] = useState<string | null>(null);
  const engines = server.data?.engines ?? [];
  const flink = engine ?? engines.at(-1) ?? FALLBACK_ENGINE;
  const create = useMutation({
    mutationFn: (body: JobBody) => createJob(project, body),
    onSuccess: async (job) => {
      await client.invalidateQueries({ queryKey: keys.jobs(project) });
      await navigate({
        to: "/p/$project/jobs/$job/edit",
        params: { project, job: job.name },
        search: kind === "jar" ? { kind } : {},
      });
    },
  });
  return (
    <Dialog title={t("new.title")} isOpen onClose={onClose} size="md">
      <form
        className="rh-stack"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ name: name.trim(), mode, flink, sql: kind === "sql" ? exampleFor(mode) : "" });
        }}
      >
        <TextInput
          label={t("jobs.name")}
          description={t("new.nameHint")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          maxLength={63}
          data-autofocus
        />
        <NativeSelect
          label={t("jobs.kind")}
          value={kind}
          data={[
            { value: "sql", label: t("jobkind.sql") },
            { value: "jar", label: t("jobkind.jar") },
          ]}
          onChange={(event) => setKind(event.currentTarget.value === "jar" ? "jar" : "sql")}
        />
        <NativeSelect
          label={t("new.mode")}
          value={mode}
          data={[
            { value: "streaming", label: t("mode.streaming") },
            { value: "batch", label: t("mode.batch") },
          ]}
          onChange={(event) => setMode(event.currentTarget.value === "batch" ? "batch" : "streaming")}
        />
        <NativeSelect
          label={t("new.flink")}
          description={t("new.engineHint")}
          value={flink}
          data={engines.length === 0 ? [FALLBACK_ENGINE] : engines}
          onChange={(event) => setEngine(event.currentTarget.value)}
        />
        <p className="rh-muted">{t(kind === "sql" ? "new.sqlHint" : "new.jarHint")}</p>
        {create.error !== null && <ErrorPanel error={create.error} />}
        <div className="rh-dialog-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t("new.create")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
