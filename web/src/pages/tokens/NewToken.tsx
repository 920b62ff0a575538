import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createToken } from "../../api/change";
import type { MeView } from "../../api/client";
import { keys } from "../../api/keys";
import { useT } from "../../i18n/language";
import { Dialog } from "../../parts/dialog/Dialog";
import { CopyButton } from "../../parts/page/CopyButton";
import { ErrorPanel } from "../../parts/page/States";

type Role = MeView["role"];

const ROLES: readonly Role[] = ["viewer", "operator", "editor", "admin"];
const DAYS = [7, 30, 90, 365];
const FIRST_DAYS = 30;

/** Makes a token. Its secret is on screen once, and nowhere after. */
export function NewToken({ onClose }: { onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState<number | null>(FIRST_DAYS);
  const create = useMutation({
    mutationFn: () =>
      createToken({ name: name.trim(), role, ...(days === null ? {} : { expires_in_days: days }) }),
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens() }),
  });
  const made = create.data;
  return (
    <Dialog title={t("tokens.new")} isOpen onClose={onClose} size="md">
      {made === undefined ? (
        <form
          className="rh-stack"
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate();
          }}
        >
          <TextInput
            label={t("tokens.name")}
            description={t("tokens.nameHint")}
            value={name}
            required
            maxLength={63}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("tokens.role")}
            description={t(`role.${role}Hint`)}
            value={role}
            data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
            onChange={(event) => setRole(event.currentTarget.value as Role)}
          />
          <NativeSelect
            label={t("tokens.expires")}
            value={days === null ? "" : String(days)}
            data={[
              ...DAYS.map((each) => ({ value: String(each), label: t("tokens.days", { count: each }) })),
              { value: "", label: t("time.never") },
            ]}
            onChange={(event) =>
              setDays(event.currentTarget.value === "" ? null : Number(event.currentTarget.value))
            }
          />
          {create.error !== null && <ErrorPanel error={create.error} />}
          <div className="rh-dialog-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t("tokens.create")}
            </Button>
          </div>
        </form>
      ) : (
        <>
          <p role="status">{t("tokens.once", { name: made.token.name })}</p>
          <code className="rh-secret">{made.secret}</code>
          <div className="rh-dialog-end">
            <CopyButton text={made.secret} label={t("common.copy")} />
            <Button onClick={onClose} autoFocus>
              {t("common.close")}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
