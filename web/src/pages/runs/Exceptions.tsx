import { useParams } from "@tanstack/react-router";
import { useId, useState } from "react";
import type { ExceptionView } from "../../api/client";
import { useLive } from "../../api/live";
import { exceptionsQuery, runQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { CopyButton } from "../../parts/page/CopyButton";
import { Empty, Region } from "../../parts/page/States";
import { Instant, When } from "../../parts/time/Times";
import { RunHead } from "./RunHead";

/** What went wrong in this run, the innermost cause first. */
export default function ExceptionsPage() {
  const t = useT();
  const { run, ...path } = useParams({ from: "/p/$project/jobs/$job/runs/$run/exceptions" });
  const view = useLive(runQuery(path, run), { isLive: false });
  const query = useLive(exceptionsQuery(path, run), { isLive: true });
  return (
    <div className="rh-stack">
      <RunHead path={path} run={run} view={view.data} />
      <Region query={query} height={240}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t("exceptions.empty")} text={t("exceptions.emptyText")} />
          ) : (
            <section className="rh-stack" aria-labelledby="exceptions">
              <h2 id="exceptions" className="rh-h2 rh-tight">
                {t("exceptions.title", { count: items.length })}
              </h2>
              {items.map((each, index) => (
                <Exception
                  key={`${each.at} ${each.source} ${index}`}
                  exception={each}
                  isFirst={index === 0}
                />
              ))}
            </section>
          )
        }
      </Region>
    </div>
  );
}

function Exception({ exception, isFirst }: { exception: ExceptionView; isFirst: boolean }) {
  const t = useT();
  const [isOpen, setOpen] = useState(isFirst);
  const id = useId();
  const { at, root, message, stack, task, location, attempt, source } = exception;
  return (
    <article className="rh-panel rh-exception">
      <h3 className="rh-exception-root">{root}</h3>
      <p className="rh-muted rh-exception-facts">
        <Instant at={at} />
        {" · "}
        <When at={at} />
        {attempt !== null && ` · ${t("timeline.attempt", { attempt })}`}
        {` · ${t(`exceptions.${source}`)}`}
      </p>
      {message !== root && <p className="rh-exception-message">{message}</p>}
      {(task !== null || location !== null) && (
        <dl className="rh-facts">
          {task !== null && (
            <>
              <dt>{t("exceptions.task")}</dt>
              <dd>{task}</dd>
            </>
          )}
          {location !== null && (
            <>
              <dt>{t("exceptions.location")}</dt>
              <dd>
                <code>{location}</code>
              </dd>
            </>
          )}
        </dl>
      )}
      {stack !== null && (
        <>
          <div className="rh-row">
            <button
              type="button"
              className="rh-more"
              aria-expanded={isOpen}
              aria-controls={id}
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? t("exceptions.hide") : t("exceptions.show")}
            </button>
            <CopyButton text={stack} label={t("common.copy")} />
          </div>
          {isOpen && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
            <pre id={id} className="rh-cause" tabIndex={0}>
              {stack}
            </pre>
          )}
        </>
      )}
    </article>
  );
}
