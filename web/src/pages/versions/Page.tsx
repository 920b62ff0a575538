import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useLive } from "../../api/live";
import { jobQuery, latestRunQuery, versionsQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Empty, Region } from "../../parts/page/States";
import { isTerminal } from "../../parts/status/vocabulary";
import { Instant } from "../../parts/time/Times";

export default function Versions() {
  const t = useT();
  const path = useParams({ from: "/p/$project/jobs/$job" });
  const job = useQuery(jobQuery(path));
  const run = useQuery(latestRunQuery(path));
  const running = run.data != null && !isTerminal(run.data.phase) ? run.data.version : null;
  const versions = useLive(versionsQuery(path), { isLive: false });
  return (
    <Region query={versions} height={240}>
      {(items) =>
        items.length === 0 ? (
          <Empty title={t("versions.empty")} text={t("versions.emptyText")}>
            <Link className="rh-link" to="/p/$project/jobs/$job/edit" params={path}>
              {t("versions.toEditor")}
            </Link>
          </Empty>
        ) : (
          <section className="rh-panel rh-scroll" aria-labelledby="versions">
            <h2 id="versions">{t("versions.title")}</h2>
            <table className="rh-table">
              <thead>
                <tr>
                  <th>{t("versions.number")}</th>
                  <th>{t("versions.at")}</th>
                  <th>{t("versions.by")}</th>
                  <th>{t("jobs.kind")}</th>
                  <th>{t("versions.flink")}</th>
                  <th>{t("versions.digest")}</th>
                  <th>
                    <span className="rh-hear">{t("versions.compare")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((version) => (
                  <tr key={version.number}>
                    <td className="rh-nowrap">
                      <Link
                        className="rh-link"
                        to="/p/$project/jobs/$job/versions/$number"
                        params={{ ...path, number: String(version.number) }}
                      >
                        {t("versions.one", { version: version.number })}
                      </Link>
                      {version.number === job.data?.version && (
                        <span className="rh-muted">{` · ${t("versions.newest")}`}</span>
                      )}
                      {version.number === running && (
                        <span className="rh-muted">{` · ${t("versions.running")}`}</span>
                      )}
                    </td>
                    <td className="rh-nowrap">
                      <Instant at={version.created_at} />
                    </td>
                    <td>{version.created_by}</td>
                    <td>{t(`jobkind.${version.content.kind}`)}</td>
                    <td className="rh-num">{version.content.flink}</td>
                    <td>
                      <code title={version.digest}>{version.digest.slice(0, 12)}</code>
                    </td>
                    <td className="rh-end rh-nowrap">
                      {version.number > 1 && (
                        <Link
                          className="rh-link"
                          to="/p/$project/jobs/$job/versions/$number"
                          params={{ ...path, number: String(version.number) }}
                          search={{ with: String(version.number - 1) }}
                        >
                          {t("versions.changes", { version: version.number - 1 })}
                        </Link>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )
      }
    </Region>
  );
}
