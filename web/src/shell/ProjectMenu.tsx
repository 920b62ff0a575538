import { Button, Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { projectsQuery } from "../api/queries";
import { useT } from "../i18n/language";
import { menuProps } from "../parts/action/menu";

const NewProject = lazy(() => import("./NewProject"));

/** Which project you are in, and the way to another or a new one. */
export function ProjectMenu() {
  const t = useT();
  const { project } = useParams({ strict: false });
  const projects = useQuery(projectsQuery);
  const navigate = useNavigate();
  /** Null until it is asked for the first time: dialogs are loaded then. */
  const [isNew, setNew] = useState<boolean | null>(null);
  const go = (name: string) => void navigate({ to: "/p/$project/jobs", params: { project: name } });
  return (
    <>
      <Menu {...menuProps} shadow="md" position="bottom-start" width={240}>
        <Menu.Target>
          <Button
            variant="default"
            size="xs"
            className="rh-project"
            aria-label={`${t("shell.project")} ${project ?? ""}`}
          >
            <span className="rh-muted rh-project-label">{t("shell.project")}</span>
            <span className="rh-project-name">{project ?? "—"}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown className="rh-project-list">
          {(projects.data ?? []).map(({ name }) => (
            <Menu.Item
              key={name}
              role="menuitemradio"
              aria-checked={name === project}
              className="rh-choice"
              onClick={() => go(name)}
            >
              {name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setNew(true)}>{t("shell.newProject")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {isNew !== null && <NewProject isOpen={isNew} onClose={() => setNew(false)} onDone={go} />}
      </Suspense>
    </>
  );
}
