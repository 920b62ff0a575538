import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { revokeToken } from "../../api/change";
import type { TokenView } from "../../api/client";
import { serverNow } from "../../api/clock";
import { keys } from "../../api/keys";
import { tokensQuery } from "../../api/queries";
import { useT } from "../../i18n/language";
import { Dialog } from "../../parts/dialog/Dialog";
import { ExplainedButton } from "../../parts/page/ExplainedButton";
import { Empty, ErrorPanel, Region } from "../../parts/page/States";
import { useMay } from "../../parts/role";
import { Instant, When } from "../../parts/time/Times";
import { NewToken } from "./NewToken";

/** Who can use this server by a token: what each may do, until when, and when it was last used. */
export default function Tokens() {
  const t = useT();
  const whyNot = useMay("admin");
  const tokens = useQuery({ ...tokensQuery, enabled: whyNot === null });
  const [isNew, setNew] = useState(false);
  const [gone, setGone] = useState<TokenView | null>(null);
  useEffect(() => {
    document.title = `${t("tokens.title")} · ${t("app.name")}`;
  }, [t]);
  if (whyNot !== null) return <Empty title={t("tokens.title")} text={whyNot} isPage />;
  return (
    <div className="rh-stack">
      <div className="rh-row rh-spread">
        <h1 className="rh-h1">{t("tokens.title")}</h1>
        <Button onClick={() => setNew(true)}>{t("tokens.new")}</Button>
      </div>
      <p className="rh-muted rh-tight">{t("tokens.text")}</p>
      <Region query={tokens} height={240}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t("tokens.empty")} />
          ) : (
            <section className="rh-panel rh-scroll" aria-label={t("tokens.title")}>
              <table className="rh-table">
                <thead>
                  <tr>
                    <th>{t("tokens.name")}</th>
                    <th>{t("tokens.role")}</th>
                    <th>{t("tokens.created")}</th>
                    <th>{t("tokens.by")}</th>
                    <th>{t("tokens.expires")}</th>
                    <th>{t("tokens.used")}</th>
                    <th>
                      <span className="rh-hear">{t("tokens.revoke")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((token) => (
                    <tr key={token.id}>
                      <td>{token.name}</td>
                      <td>{t(`role.${token.role}`)}</td>
                      <td className="rh-nowrap">
                        <Instant at={token.created_at} />
                      </td>
                      <td>{token.created_by ?? "—"}</td>
                      <td className="rh-nowrap">
                        <Expiry at={token.expires_at} />
                      </td>
                      <td className="rh-nowrap">
                        {token.used_at === null ? t("time.never") : <When at={token.used_at} />}
                      </td>
                      <td className="rh-end">
                        <ExplainedButton
                          size="xs"
                          variant="default"
                          why={null}
                          aria-label={t("tokens.revokeNamed", { name: token.name })}
                          onClick={() => setGone(token)}
                        >
                          {t("tokens.revoke")}
                        </ExplainedButton>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )
        }
      </Region>
      {isNew && <NewToken onClose={() => setNew(false)} />}
      {gone !== null && <Revoke token={gone} onClose={() => setGone(null)} />}
    </div>
  );
}

function Expiry({ at }: { at: string | null }) {
  const t = useT();
  if (at === null) return t("time.never");
  if (Date.parse(at) > serverNow()) return <Instant at={at} />;
  return (
    <span className="rh-muted">
      <Instant at={at} />
      {` · ${t("tokens.expired")}`}
    </span>
  );
}

function Revoke({ token, onClose }: { token: TokenView; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeToken(token.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.tokens() });
      onClose();
    },
  });
  return (
    <Dialog title={t("tokens.revokeTitle", { name: token.name })} isOpen onClose={onClose} size="md">
      <p>{t("tokens.revokeText")}</p>
      {revoke.error !== null && <ErrorPanel error={revoke.error} />}
      <div className="rh-dialog-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("common.cancel")}
        </Button>
        <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
          {t("tokens.revoke")}
        </Button>
      </div>
    </Dialog>
  );
}
