import { useQuery } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { projectsQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { ProjectForm } from "../../parts/form/ProjectForm";
import { Region } from "../../parts/page/States";

/** The root: the first project's jobs; on a new server the first step. */
export default function Welcome() {
  const t = useT();
  const navigate = useNavigate();
  const projects = useQuery(projectsQuery);
  return (
    <Region query={projects}>
      {(items) => {
        const first = items[0];
        if (first !== undefined)
          return <Navigate to="/p/$project/jobs" params={{ project: first.name }} replace />;
        return (
          <div className="rh-panel rh-first">
            <h1>{t("project.first")}</h1>
            <p className="rh-muted">{t("project.firstText")}</p>
            <ProjectForm
              onDone={(project) => void navigate({ to: "/p/$project/jobs", params: { project } })}
            />
          </div>
        );
      }}
    </Region>
  );
}
