import { Fragment } from "react";
import type { ContentView, JarView } from "../../api/client";
import { useReader, useT } from "../../i18n/language";
import { formatBytes, formatDuration } from "../format";

/** Settings of a content: engine, guard, resources, policies, configuration. What is not set is left out. */
export function ContentFacts({ content }: { content: ContentView }) {
  const { t, language } = useReader();
  const { policies, resources } = content;
  const sizes = Object.entries(resources).filter(([, value]) => value !== null);
  const conf = Object.entries(content.flink_configuration);
  return (
    <dl className="rh-facts">
      <dt>{t("editor.flink")}</dt>
      <dd>{content.flink}</dd>
      <dt>{t("editor.guard")}</dt>
      <dd>{t(`guard.${content.guard}`)}</dd>
      {sizes.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{t(`resource.${name as keyof ContentView["resources"]}`)}</dt>
          <dd>{String(value)}</dd>
        </Fragment>
      ))}
      <dt>{t("policy.max_rewind_s")}</dt>
      <dd>{formatDuration(policies.max_rewind_s, language)}</dd>
      <dt>{t("policy.resume_failed")}</dt>
      <dd>{policies.resume_failed}</dd>
      <dt>{t("policy.unseen_batch")}</dt>
      <dd>{t(`unseen.${policies.unseen_batch}`)}</dd>
      {policies.is_stateless && (
        <>
          <dt>{t("policy.is_stateless")}</dt>
          <dd>{t("common.yes")}</dd>
        </>
      )}
      {conf.map(([key, value]) => (
        <Fragment key={key}>
          <dt>
            <code>{key}</code>
          </dt>
          <dd>
            <code>{value}</code>
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** Which JAR, its main class and arguments. */
export function JarFacts({ jar }: { jar: JarView }) {
  const t = useT();
  return (
    <section className="rh-panel" aria-labelledby="jar">
      <h2 id="jar">{t("jobkind.jar")}</h2>
      <dl className="rh-facts">
        <dt>{t("jar.file")}</dt>
        <dd>{`${jar.name} · ${formatBytes(jar.size_bytes)}`}</dd>
        <dt>{t("jar.digest")}</dt>
        <dd>
          <code>{jar.artifact}</code>
        </dd>
        <dt>{t("jar.main")}</dt>
        <dd>
          <code>{jar.main === "" ? "—" : jar.main}</code>
        </dd>
        <dt>{t("jar.args")}</dt>
        <dd>{jar.args.length === 0 ? "—" : <code>{jar.args.join(" ")}</code>}</dd>
      </dl>
    </section>
  );
}
