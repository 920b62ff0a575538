import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { ContentView, JobView, VersionView } from "../../api/client";
import { type JobPath, jobQuery, latestRunQuery, versionQuery, versionsQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import type { PlainKey } from "../../i18n/t";
import { narrow, offer, standingOf } from "../../parts/action/offer";
import { SqlView } from "../../parts/code/SqlView";
import { ContentFacts, JarFacts } from "../../parts/content/ContentFacts";
import { changesOf } from "../../parts/diff/changes";
import Diff from "../../parts/diff/Diff";
import { isSameContent } from "../../parts/diff/same";
import { ExplainedButton } from "../../parts/page/ExplainedButton";
import { NotFound, Region } from "../../parts/page/States";
import { ChangeTable } from "../../parts/plan/Changes";
import { usePlanner } from "../../parts/plan/planner";
import { useMay } from "../../parts/role";
import { isTerminal } from "../../parts/status/vocabulary";
import { Instant } from "../../parts/time/Times";

/** One version: what it froze, and how it differs from another one or from the draft. */
export default function One() {
  const t = useT();
  const { number, ...path } = useParams({ from: "/p/$project/jobs/$job/versions/$number" });
  const { with: other } = useSearch({ from: "/p/$project/jobs/$job/versions/$number" });
  const isNumber = /^[1-9]\d{0,8}$/.test(number);
  const version = useQuery({ ...versionQuery(path, Number(number)), enabled: isNumber });
  const job = useQuery(jobQuery(path));
  const back = (
    <Link className="rh-link" to="/p/$project/jobs/$job/versions" params={path}>
      {t("versions.back")}
    </Link>
  );
  if (!isNumber) return <NotFound>{back}</NotFound>;
  return (
    <Region query={version} notFound={back} height={320}>
      {(one) => (
        <Region query={job}>
          {(view) => (
            <div className="rh-stack">
              <div>{back}</div>
              <Head path={path} job={view} version={one} other={other} />
              {other === undefined ? (
                <Content version={one} />
              ) : (
                <Difference path={path} job={view} version={one} other={other} />
              )}
            </div>
          )}
        </Region>
      )}
    </Region>
  );
}

interface HeadProps {
  path: JobPath;
  job: JobView;
  version: VersionView;
  other: string | undefined;
}

function Head({ path, job, version, other }: HeadProps) {
  const t = useT();
  const planner = usePlanner();
  const navigate = useNavigate({ from: "/p/$project/jobs/$job/versions/$number" });
  const versions = useQuery(versionsQuery(path));
  const run = useQuery(latestRunQuery(path));
  const may = { operate: useMay("operator"), write: useMay("editor") };
  const can = run.data === undefined ? null : narrow(offer(standingOf(job, run.data), t), may);
  const isLive = run.data != null && !isTerminal(run.data.phase);
  const why = can === null ? t("common.loading") : isLive ? can.restart : can.start;
  const others = (versions.data ?? []).filter((each) => each.number !== version.number);
  return (
    <section className="rh-panel rh-row rh-spread" aria-labelledby="version">
      <div>
        <h2 id="version" className="rh-h2">
          {t("versions.one", { version: version.number })}
        </h2>
        <span className="rh-muted">
          <Instant at={version.created_at} />
          {` · ${version.created_by} · `}
          <code>{version.digest.slice(0, 12)}</code>
        </span>
      </div>
      <div className="rh-row rh-bottom">
        <NativeSelect
          label={t("versions.compare")}
          value={other ?? ""}
          data={[
            { value: "", label: "—" },
            { value: "draft", label: t("versions.draft") },
            ...others.map((each) => ({
              value: String(each.number),
              label: t("versions.one", { version: each.number }),
            })),
          ]}
          onChange={(event) => {
            const value = event.currentTarget.value;
            void navigate({ search: value === "" ? {} : { with: value }, replace: true });
          }}
        />
        <ExplainedButton
          why={why}
          onClick={() => planner(isLive ? "restart" : "start", { version: version.number })}
        >
          {isLive ? t(moveOf(version.number, run.data?.version ?? 0)) : t("versions.start")}
        </ExplainedButton>
      </div>
    </section>
  );
}

/** To an older version it is a roll back, to a newer one an upgrade. */
function moveOf(version: number, running: number): PlainKey {
  if (version === running) return "version.run";
  return version < running ? "version.back" : "version.up";
}

function Content({ version }: { version: VersionView }) {
  const t = useT();
  const { content } = version;
  return (
    <>
      {content.kind === "sql" ? (
        <SqlView label={t("versions.sql", { version: version.number })} value={content.sql} />
      ) : (
        content.jar !== null && <JarFacts jar={content.jar} />
      )}
      <section className="rh-panel" aria-labelledby="conf">
        <h2 id="conf">{t("editor.settings")}</h2>
        <ContentFacts content={content} />
      </section>
    </>
  );
}

/** The older one first; the draft is the newest of all. */
function Difference({
  path,
  job,
  version,
  other,
}: {
  path: JobPath;
  job: JobView;
  version: VersionView;
  other: string;
}) {
  const t = useT();
  const [isSplit, setSplit] = useState(false);
  const isDraft = other === "draft";
  const found = useQuery({ ...versionQuery(path, Number(other)), enabled: !isDraft });
  const show = (content: ContentView) => {
    const isOlder = isDraft || version.number < Number(other);
    const [before, after] = isOlder ? [version.content, content] : [content, version.content];
    const older = isOlder ? version.number : Number(other);
    const newer = isDraft
      ? t("versions.draft")
      : t("versions.other", { version: isOlder ? Number(other) : version.number });
    return (
      <section className="rh-panel" aria-labelledby="difference">
        <h2 id="difference">{t("versions.difference", { older, newer })}</h2>
        {isSameContent(before, after) ? (
          <p className="rh-muted">{t("versions.same")}</p>
        ) : (
          <div className="rh-stack">
            <ChangeTable changes={changesOf(before, after)} />
            {before.sql !== after.sql && (
              <>
                <label className="rh-check">
                  <input
                    type="checkbox"
                    checked={isSplit}
                    onChange={(event) => setSplit(event.currentTarget.checked)}
                  />
                  {t("diff.split")}
                </label>
                <Diff before={before.sql} after={after.sql} isSplit={isSplit} />
              </>
            )}
          </div>
        )}
      </section>
    );
  };
  if (isDraft) return show(job.draft);
  return <Region query={found}>{(one) => show(one.content)}</Region>;
}
