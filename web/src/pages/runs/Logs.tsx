import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { LogFileView, RunView } from "../../api/client";
import { useLive } from "../../api/live";
import { type JobPath, logQuery, logsQuery, readLog, runQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { formatBytes } from "../../parts/format";
import { LogText } from "../../parts/log/LogText";
import { Empty, ErrorPanel, Region } from "../../parts/page/States";
import { isTerminal } from "../../parts/status/vocabulary";
import { RunHead } from "./RunHead";

const KIB = 1024;
const TAILS = [64 * KIB, 256 * KIB, 1024 * KIB, 8 * KIB * KIB];
const DEFAULT_TAIL = 256 * KIB;
/** The most that the server gives at once. */
const MOST_BYTES = 8 * KIB * KIB;

const nameOf = (file: LogFileView): string => `${file.attempt}/${file.name}`;

export default function LogsPage() {
  const { run, ...path } = useParams({ from: "/p/$project/jobs/$job/runs/$run/logs" });
  const view = useLive(runQuery(path, run));
  return (
    <div className="rh-stack">
      <RunHead path={path} run={run} view={view.data} />
      <Region query={view} height={320}>
        {(found) => <Files path={path} run={found} />}
      </Region>
    </div>
  );
}

/** The newest attempt's JobManager first: most questions are answered there. */
function firstOf(files: LogFileView[]): LogFileView | undefined {
  const newest = Math.max(...files.map((file) => file.attempt));
  const mine = files.filter((file) => file.attempt === newest);
  return mine.find((file) => file.name.startsWith("jobmanager") && file.name.endsWith(".log")) ?? mine[0];
}

function Files({ path, run }: { path: JobPath; run: RunView }) {
  const t = useT();
  const { file } = useSearch({ from: "/p/$project/jobs/$job/runs/$run/logs" });
  const files = useLive(logsQuery(path, String(run.number)), { isLive: !isTerminal(run.phase) });
  return (
    <Region query={files} height={320}>
      {(items) => {
        const chosen = items.find((each) => nameOf(each) === file) ?? firstOf(items);
        if (chosen === undefined) return <Empty title={t("logs.empty")} text={t("logs.emptyText")} />;
        return <Viewer path={path} run={run} files={items} file={chosen} />;
      }}
    </Region>
  );
}

interface ViewerProps {
  path: JobPath;
  run: RunView;
  files: LogFileView[];
  file: LogFileView;
}

function Viewer({ path, run, files, file }: ViewerProps) {
  const t = useT();
  const search = useSearch({ from: "/p/$project/jobs/$job/runs/$run/logs" });
  const navigate = useNavigate({ from: "/p/$project/jobs/$job/runs/$run/logs" });
  const [tail, setTail] = useState(DEFAULT_TAIL);
  const place = { run: String(run.number), attempt: file.attempt, name: file.name };
  const log = useLive(logQuery(path, place, tail), { isLive: file.live });
  const download = useMutation({
    mutationFn: () => readLog(path, place, MOST_BYTES),
    onSuccess: ({ text }) => save(`${run.job}-run-${run.number}-attempt-${file.attempt}-${file.name}`, text),
  });
  const change = (next: typeof search) => void navigate({ search: next, replace: true });
  return (
    <section className="rh-panel rh-stack" aria-labelledby="logs">
      <h2 id="logs" className="rh-hear">
        {t("run.logs")}
      </h2>
      <div className="rh-row rh-bottom">
        <NativeSelect
          className="rh-log-file"
          label={t("logs.file")}
          value={nameOf(file)}
          data={files.map((each) => ({
            value: nameOf(each),
            label: `${t("logs.attempt", { attempt: each.attempt })} · ${each.name} · ${formatBytes(each.size_bytes)}${each.live ? ` · ${t("logs.live")}` : ""}`,
          }))}
          onChange={(event) => change({ ...search, file: event.currentTarget.value })}
        />
        <NativeSelect
          label={t("logs.tail")}
          value={String(tail)}
          data={TAILS.map((bytes) => ({ value: String(bytes), label: formatBytes(bytes) }))}
          onChange={(event) => setTail(Number(event.currentTarget.value))}
        />
        <TextInput
          type="search"
          label={t("logs.search")}
          value={search.q ?? ""}
          onChange={(event) => {
            const { q: _, ...rest } = search;
            const q = event.currentTarget.value;
            change(q === "" ? rest : { ...rest, q });
          }}
        />
        <label className="rh-check">
          <input
            type="checkbox"
            checked={search.errors === true}
            onChange={(event) => {
              const { errors: _, ...rest } = search;
              change(event.currentTarget.checked ? { ...rest, errors: true } : rest);
            }}
          />
          {t("logs.errors")}
        </label>
        <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
          {t("logs.download", { size: formatBytes(Math.min(file.size_bytes, MOST_BYTES)) })}
        </Button>
      </div>
      {download.error !== null && <ErrorPanel error={download.error} />}
      <Region query={log} height={320}>
        {(view) => (
          <LogText
            view={view}
            isLive={file.live}
            query={search.q ?? ""}
            isErrorsOnly={search.errors === true}
            label={t("logs.label", { name: view.name, attempt: view.attempt })}
          />
        )}
      </Region>
    </section>
  );
}

/** Hands a text to the browser as a file. */
function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
