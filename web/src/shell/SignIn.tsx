import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { hasCode } from "../api/problem";
import { signIn } from "../api/session";
import { useT } from "../i18n/language";
import { ErrorPanel } from "../parts/page/States";

/** The token goes to the server and comes back as a cookie that scripts cannot read. */
export function SignIn({ onDone }: { onDone: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [token, setToken] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  const enter = useMutation({
    mutationFn: signIn,
    onSuccess: async () => {
      setToken("");
      await client.invalidateQueries();
      onDone();
    },
  });
  const isWrong = hasCode(enter.error, "unauthenticated");
  const said = isEmpty ? t("signin.noToken") : isWrong ? t("signin.wrong") : null;
  return (
    <form
      className="rh-stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setEmpty(token.trim() === "");
        if (token.trim() !== "") enter.mutate({ token: token.trim() });
      }}
    >
      <TextInput
        type="password"
        name="token"
        autoComplete="current-password"
        label={t("signin.token")}
        description={t("signin.tokenHint")}
        value={token}
        error={said}
        onChange={(event) => setToken(event.currentTarget.value)}
        autoFocus
        data-autofocus
      />
      {enter.error !== null && !isWrong && <ErrorPanel error={enter.error} />}
      <Button type="submit" loading={enter.isPending}>
        {t("signin.submit")}
      </Button>
    </form>
  );
}
