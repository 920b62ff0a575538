import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ContentView, JobView, VersionView } from "../../api/client";
import { type JobPath, jobQuery, latestRunQuery, versionQuery, versionsQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { offer } from "../../parts/action/offer";
import { SqlView } from "../../parts/code/SqlView";
import { contentText } from "../../parts/diff/content";
import { Diff } from "../../parts/diff/Diff";
import { isSameContent } from "../../parts/diff/same";
import { ExplainedButton } from "../../parts/page/ExplainedButton";
import { NotFound, Region } from "../../parts/page/States";
import { usePlanner } from "../../parts/plan/planner";
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
  const can = run.data === undefined ? null : offer(job, run.data, t);
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
          onClick={() =>
            isLive ? planner.chooseRestart(version.number) : planner.chooseStart({ version: version.number })
          }
        >
          {isLive ? t("version.run") : t("versions.start")}
        </ExplainedButton>
      </div>
    </section>
  );
}

function Content({ version }: { version: VersionView }) {
  const t = useT();
  const { content } = version;
  const conf = Object.entries(content.flink_configuration);
  return (
    <>
      <SqlView label={t("versions.sql", { version: version.number })} value={content.sql} />
      <section className="rh-panel" aria-labelledby="conf">
        <h2 id="conf">{t("editor.configuration")}</h2>
        <dl className="rh-facts">
          <dt>{t("editor.flink")}</dt>
          <dd>{content.flink}</dd>
          <dt>{t("editor.guard")}</dt>
          <dd>{t(`guard.${content.guard}`)}</dd>
          {conf.map(([key, value]) => (
            <Pair key={key} name={key} value={value} />
          ))}
        </dl>
        {conf.length === 0 && <p className="rh-muted">{t("versions.noConfiguration")}</p>}
      </section>
    </>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>
        <code>{value}</code>
      </dd>
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
          <Diff before={contentText(before)} after={contentText(after)} />
        )}
      </section>
    );
  };
  if (isDraft) return show(job.draft);
  return <Region query={found}>{(one) => show(one.content)}</Region>;
}
