import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useRouter } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useId, useState } from "react";
import { foundJobsQuery, projectsQuery } from "../api/queries";
import { en } from "../i18n/en";
import { useT } from "../i18n/language";
import type { PlainKey } from "../i18n/t";
import { zh } from "../i18n/zh";
import { Dialog } from "../parts/dialog/Dialog";
import "./palette.css";

interface Command {
  id: string;
  group: PlainKey;
  label: string;
  /** What it is found by: its name in both languages, and other words for it. */
  words: string;
  run: () => unknown;
}

const TABS: readonly [PlainKey, string, string][] = [
  ["tab.overview", "", "home status"],
  ["tab.edit", "/edit", "sql draft editor"],
  ["tab.versions", "/versions", "diff publish"],
  ["tab.runs", "/runs", "logs history"],
  ["tab.operations", "/operations", "audit"],
  ["tab.snapshots", "/snapshots", "savepoint checkpoint state"],
];

const both = (key: PlainKey): string => `${en[key]} ${zh[key]}`.toLowerCase();

/** Where to go, by name: pages of this job, jobs, projects. Nothing is done from here. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useT();
  const id = useId();
  const navigate = useNavigate();
  const router = useRouter();
  const { project, job } = useParams({ strict: false });
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const asked = useDeferredValue(typed.trim().toLowerCase());
  const found = useQuery({ ...foundJobsQuery(project ?? "", asked), enabled: project !== undefined });
  const projects = useQuery(projectsQuery);
  const go = (href: string) => router.history.push(href);
  const jobHref = (name: string) =>
    `/p/${encodeURIComponent(project ?? "")}/jobs/${encodeURIComponent(name)}`;
  const fixed: Command[] = [
    ...(project === undefined || job === undefined
      ? []
      : TABS.map(([text, end, words]) => ({
          id: `tab${end}`,
          group: "palette.thisJob" as const,
          label: `${job} · ${t(text)}`,
          words: `${both(text)} ${words} ${job.toLowerCase()}`,
          run: () => go(`${jobHref(job)}${end}`),
        }))),
    ...(project === undefined
      ? []
      : [
          {
            id: "jobs",
            group: "palette.go" as const,
            label: t("nav.jobs"),
            words: both("nav.jobs"),
            run: () => navigate({ to: "/p/$project/jobs", params: { project } }),
          },
        ]),
    {
      id: "tokens",
      group: "palette.go",
      label: t("tokens.title"),
      words: both("tokens.title"),
      run: () => navigate({ to: "/tokens" }),
    },
    ...(projects.data ?? [])
      .filter((each) => each.name !== project)
      .map((each) => ({
        id: `project ${each.name}`,
        group: "palette.projects" as const,
        label: each.name,
        words: `${each.name.toLowerCase()} ${both("shell.project")}`,
        run: () => navigate({ to: "/p/$project/jobs", params: { project: each.name } }),
      })),
  ];
  const commands: Command[] = [
    ...fixed.filter((each) => each.words.includes(asked)),
    ...(found.data ?? []).map((each) => ({
      id: `job ${each.id}`,
      group: "palette.jobs" as const,
      label: each.name,
      words: each.name,
      run: () => go(jobHref(each.name)),
    })),
  ];
  // biome-ignore lint/correctness/useExhaustiveDependencies: other results, from the first again
  useEffect(() => setAt(0), [asked]);
  const chosen = Math.min(at, commands.length - 1);
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    void command.run();
  };
  return (
    <Dialog title={t("palette.title")} isOpen onClose={onClose} size="lg">
      <input
        className="rh-palette-field"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen < 0 ? undefined : `${id}-${chosen}`}
        aria-label={t("palette.field")}
        placeholder={t("palette.field")}
        autoComplete="off"
        data-autofocus
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step !== undefined && commands.length > 0) {
            event.preventDefault();
            setAt((chosen + step + commands.length) % commands.length);
          } else if (event.key === "Enter") {
            event.preventDefault();
            run(commands[chosen]);
          }
        }}
      />
      <div id={`${id}-list`} role="listbox" aria-label={t("palette.title")} className="rh-palette-list">
        {commands.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className="rh-palette-item"
            onClick={() => run(command)}
          >
            <span>{command.label}</span>
            <span className="rh-muted">{t(command.group)}</span>
          </div>
        ))}
      </div>
      {commands.length === 0 && (
        <p className="rh-muted" role="status">
          {found.isFetching ? t("common.loading") : t("palette.nothing")}
        </p>
      )}
    </Dialog>
  );
}
