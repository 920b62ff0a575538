import { Link } from "@tanstack/react-router";
import type { RunView } from "../../api/client";
import { useLive } from "../../api/live";
import { eventsQuery, type JobPath } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Region } from "../page/States";
import { Events, isImportant } from "./Events";

const SHOWN = 8;

/** The last few things that matter, newest first. */
export function Recent({ path, run }: { path: JobPath; run: RunView }) {
  const t = useT();
  const number = String(run.number);
  const events = useLive(eventsQuery(path, number), { isLive: false });
  return (
    <section className="rh-panel" aria-labelledby="recent">
      <div className="rh-row rh-spread">
        <h2 id="recent" className="rh-h2">
          {t("job.recent")}
        </h2>
        <Link className="rh-link" to="/p/$project/jobs/$job/runs/$run" params={{ ...path, run: number }}>
          {t("job.next.timeline")}
        </Link>
      </div>
      <Region query={events}>
        {(all) => {
          const shown = all.filter(isImportant).slice(-SHOWN).reverse();
          if (shown.length === 0) return <p className="rh-muted">{t("timeline.empty")}</p>;
          return <Events events={shown} label={t("timeline.label", { run: run.number })} />;
        }}
      </Region>
    </section>
  );
}
