import { Button } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { useT } from "../i18n/language";
import { CopyButton } from "../parts/page/CopyButton";
import { Empty } from "../parts/page/States";

/** An exception that nothing else caught: this page stops, the navigation works on. */
export function Broken({ error }: ErrorComponentProps) {
  const t = useT();
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  return (
    <div className="rh-problem" role="alert">
      <strong>{t("error.broken")}</strong>
      <p>{t("error.brokenText")}</p>
      <p>
        <code>{message}</code>
      </p>
      <div className="rh-row">
        <Button size="xs" variant="default" onClick={() => location.reload()}>
          {t("common.reload")}
        </Button>
        <CopyButton text={`${message}\n${stack}`} label={t("common.copyDetails")} />
      </div>
    </div>
  );
}

export function NoPage() {
  const t = useT();
  return (
    <Empty title={t("error.noPage")} isPage>
      <Link className="rh-link" to="/">
        {t("error.toJobs")}
      </Link>
    </Empty>
  );
}
