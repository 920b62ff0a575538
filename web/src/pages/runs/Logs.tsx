import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { LogFileView, RunView } from "../../api/client";
import { useLive } from "../../api/live";
import { downloadUrl } from "../../api/log";
import { type JobPath, logsQuery, runQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { formatBytes } from "../../parts/format";
import { LogText } from "../../parts/log/LogText";
import { useFind } from "../../parts/log/useFind";
import { useLog } from "../../parts/log/useLog";
import { Empty, ErrorPanel, Loading, Region } from "../../parts/page/States";
import { isTerminal } from "../../parts/status/vocabulary";
import { RunHead } from "./RunHead";

const nameOf = (file: LogFileView): string => `${file.attempt}/${file.name}`;

/** The logs of a run, also of attempts that are gone. */
export default function LogsPage() {
  const { run, ...path } = useParams({ from: "/p/$project/jobs/$job/runs/$run/logs" });
  const view = useLive(runQuery(path, run), { isLive: false });
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
        return <Viewer key={nameOf(chosen)} path={path} run={run} files={items} file={chosen} />;
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

const TYPING_MS = 300;

function Viewer({ path, run, files, file }: ViewerProps) {
  const t = useT();
  const search = useSearch({ from: "/p/$project/jobs/$job/runs/$run/logs" });
  const navigate = useNavigate({ from: "/p/$project/jobs/$job/runs/$run/logs" });
  const q = search.q ?? "";
  const [typed, setTyped] = useState(q);
  const [isWrapped, setWrapped] = useState(false);
  const place = { run: String(run.number), attempt: file.attempt, name: file.name };
  const log = useLog(path, place, file.live);
  const find = useFind(path, place, q, log.goTo);
  const change = (next: typeof search) => void navigate({ search: next, replace: true });
  const setQuery = (next: string) => {
    const { q: _, ...rest } = search;
    change(next === "" ? rest : { ...rest, q: next });
  };
  useEffect(() => {
    if (typed === q) return;
    const timer = setTimeout(() => setQuery(typed), TYPING_MS);
    return () => clearTimeout(timer);
  });
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
        <TextInput
          type="search"
          className="rh-log-find"
          label={t("logs.search")}
          value={typed}
          data-filter
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            if (typed !== q) setQuery(typed);
            else find.step(event.shiftKey ? -1 : 1);
          }}
        />
        {q !== "" && (
          <div className="rh-row">
            <Button variant="default" disabled={find.count === 0} onClick={() => find.step(-1)}>
              {t("logs.previous")}
            </Button>
            <Button variant="default" disabled={find.count === 0} onClick={() => find.step(1)}>
              {t("logs.next")}
            </Button>
            <span className="rh-muted rh-num" role="status">
              {find.isBusy
                ? t("common.loading")
                : find.at < 0
                  ? t(find.isMore ? "logs.foundMore" : "logs.found", { count: find.count })
                  : t("logs.foundAt", { at: find.at + 1, count: find.count })}
            </span>
          </div>
        )}
        <a className="rh-link rh-log-download" href={downloadUrl(path, place)} download>
          {t("logs.download", { size: formatBytes(log.held?.size ?? file.size_bytes) })}
        </a>
      </div>
      <div className="rh-row">
        {file.live && !log.hasEnded && (
          <Button
            size="xs"
            variant="default"
            aria-pressed={!log.isFollowing}
            onClick={() => (log.isFollowing ? log.setFollowing(false) : void log.toEnd())}
          >
            {log.isFollowing ? t("logs.pause") : t("logs.resume")}
          </Button>
        )}
        {log.hasEnded && <span className="rh-muted">{t("logs.ended")}</span>}
        <Tick
          isOn={search.errors === true}
          onChange={(isOn) => {
            const { errors: _, ...rest } = search;
            change(isOn ? { ...rest, errors: true } : rest);
          }}
        >
          {t("logs.errors")}
        </Tick>
        <Tick isOn={isWrapped} onChange={setWrapped}>
          {t("logs.wrap")}
        </Tick>
      </div>
      {find.error !== null && <ErrorPanel error={find.error} />}
      {log.error !== null && <ErrorPanel error={log.error} onRetry={() => void log.toEnd()} />}
      {log.held === null && log.error === null && <Loading height={320} />}
      <LogText
        log={log}
        query={q}
        isErrorsOnly={search.errors === true}
        isWrapped={isWrapped}
        goal={find.goal}
        label={t("logs.label", { name: file.name, attempt: file.attempt })}
      />
    </section>
  );
}

interface TickProps {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  children: string;
}

function Tick({ isOn, onChange, children }: TickProps) {
  return (
    <label className="rh-check">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
      {children}
    </label>
  );
}
