import { Link } from "@tanstack/react-router";
import type { RunView } from "../../api/client";
import type { JobPath } from "../../api/queries";
import { useT } from "../../i18n/language";
import { PhaseBadge } from "../../parts/status/Badges";
import "./runs.css";

interface Props {
  path: JobPath;
  run: string;
  view: RunView | undefined;
}

/** Which run this is, and its pages. */
export function RunHead({ path, run, view }: Props) {
  const t = useT();
  const params = { ...path, run };
  return (
    <div className="rh-row rh-spread">
      <div className="rh-row">
        <Link className="rh-link" to="/p/$project/jobs/$job/runs" params={path}>
          {t("runs.back")}
        </Link>
        <h2 className="rh-h2 rh-run-title">{t("run.title", { run: view?.number ?? run })}</h2>
        {view !== undefined && <PhaseBadge phase={view.phase} />}
      </div>
      <nav className="rh-switch" aria-label={t("run.parts")}>
        <Link
          to="/p/$project/jobs/$job/runs/$run"
          params={params}
          activeOptions={{ exact: true, includeSearch: false }}
        >
          {t("run.timeline")}
        </Link>
        <Link
          to="/p/$project/jobs/$job/runs/$run/exceptions"
          params={params}
          activeOptions={{ includeSearch: false }}
        >
          {t("run.exceptions")}
        </Link>
        <Link
          to="/p/$project/jobs/$job/runs/$run/logs"
          params={params}
          activeOptions={{ includeSearch: false }}
        >
          {t("run.logs")}
        </Link>
      </nav>
    </div>
  );
}
