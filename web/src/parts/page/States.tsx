/** The states that every page has besides its own: loading, empty, error, not found. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { AwayError, hasCode, ProblemError } from "../../api/problem";
import { useT } from "../../i18n/language";
import type { PlainKey, Translate } from "../../i18n/t";
import { CopyButton } from "./CopyButton";
import "./page.css";

export function Loading({ height = 160 }: { height?: number }) {
  const t = useT();
  return (
    <output className="rh-skeleton" aria-label={t("common.loading")} style={{ height, display: "block" }} />
  );
}

interface EmptyProps {
  title: string;
  text?: string | undefined;
  /** It stands for the whole page, which has no other title. */
  isPage?: boolean;
  children?: ReactNode;
}

export function Empty({ title, text, isPage = false, children }: EmptyProps) {
  return (
    <div className="rh-panel rh-empty">
      {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
      {text !== undefined && <p>{text}</p>}
      {children}
    </div>
  );
}

const TITLES: Record<string, PlainKey> = {
  unauthenticated: "error.unauthenticated",
  forbidden: "error.forbidden",
  not_found: "error.notFound",
  conflict: "error.conflict",
  stale: "error.stale",
  invalid: "error.invalid",
  too_large: "error.too_large",
  missing: "error.missing",
  transient: "error.transient",
  cannot_look: "error.transient",
  busy: "error.transient",
  broken: "error.bug",
};

/** What happened, in the reader's words; the details stay the server's. */
export function titleOf(error: unknown, t: Translate): string {
  if (error instanceof AwayError) return t("error.away");
  if (error instanceof ProblemError) return t(TITLES[error.problem.code] ?? "error.refused");
  return t("error.broken");
}

interface ErrorProps {
  error: unknown;
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
}

/** In the smallest region that failed; the rest of the page stays. */
export function ErrorPanel({ error, onRetry, retryLabel }: ErrorProps) {
  const t = useT();
  const problem = error instanceof ProblemError ? error.problem : null;
  const detail =
    problem?.detail ?? (error instanceof AwayError ? null : error instanceof Error ? error.message : null);
  const faults = problem?.errors ?? [];
  return (
    <div className="rh-problem" role="alert">
      <strong>{titleOf(error, t)}</strong>
      {detail !== null && <p>{detail}</p>}
      {faults.length > 0 && (
        <ul>
          {faults.map((fault) => (
            <li key={`${fault.where} ${fault.message}`}>
              <code>{fault.where}</code> {fault.message}
            </li>
          ))}
        </ul>
      )}
      {problem?.hint != null && <p className="rh-muted">{problem.hint}</p>}
      <div className="rh-row">
        {onRetry !== undefined && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {retryLabel ?? t("common.retry")}
          </Button>
        )}
        {problem !== null && (
          <CopyButton text={JSON.stringify(problem, null, 2)} label={t("common.copyDetails")} />
        )}
      </div>
    </div>
  );
}

export function NotFound({ isPage = false, children }: { isPage?: boolean; children?: ReactNode }) {
  const t = useT();
  return (
    <Empty title={t("error.notFound")} text={t("error.notFoundText")} isPage={isPage}>
      {children}
    </Empty>
  );
}

interface RegionQuery<T> {
  data: T | undefined;
  error: Error | null;
  isPending: boolean;
  refetch: () => unknown;
}

interface RegionProps<T> {
  query: RegionQuery<T>;
  height?: number;
  notFound?: ReactNode;
  isPage?: boolean;
  children: (data: T) => ReactNode;
}

/** Loading, error or content. Content that was there stays when a later read fails: the banner says its time. */
export function Region<T>({ query, height, notFound, isPage = false, children }: RegionProps<T>) {
  if (query.data !== undefined && !hasCode(query.error, "not_found")) return children(query.data);
  if (query.error !== null) {
    if (hasCode(query.error, "not_found")) return <NotFound isPage={isPage}>{notFound}</NotFound>;
    return <ErrorPanel error={query.error} onRetry={() => query.refetch()} />;
  }
  return <Loading {...(height === undefined ? {} : { height })} />;
}
