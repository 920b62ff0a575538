import { useMutation } from "@tanstack/react-query";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { signIn } from "../api/session";
import { useT } from "../i18n/language";
import { Loading } from "../parts/page/States";
import { Logo } from "./Logo";
import { PreferencesMenu } from "./Menus";
import { SignIn } from "./SignIn";

/** The whole page, in place of the one that was asked for: after signing in that one is shown. */
export default function SignInPage({ onDone }: { onDone: () => unknown }) {
  const t = useT();
  const navigate = useNavigate();
  const place = useRouterState({ select: (state) => state.location });
  const code = place.pathname === "/signin" ? codeOf(place.searchStr) : null;
  const sent = useRef(false);
  const enter = async () => {
    await onDone();
    if (place.pathname === "/signin") await navigate({ to: "/", replace: true });
  };
  const byLink = useMutation({ mutationFn: signIn, onSuccess: enter });
  const { mutate } = byLink;
  useEffect(() => {
    if (code === null || sent.current) return;
    sent.current = true; // a code works once, and React runs an effect twice while developing
    mutate({ code });
  }, [code, mutate]);
  useEffect(() => {
    document.title = `${t("signin.submit")} · ${t("app.name")}`;
  }, [t]);
  const isWaiting = code !== null && byLink.error === null;
  return (
    <main className="rh-alone">
      <div className="rh-panel rh-signin">
        <div className="rh-row rh-spread">
          <Logo />
          <PreferencesMenu />
        </div>
        <h1>{t("signin.title")}</h1>
        {byLink.error !== null && (
          <div className="rh-problem" role="alert">
            {t("signin.linkUsed")}
          </div>
        )}
        {isWaiting ? (
          <>
            <p>{t("signin.link")}</p>
            <Loading height={36} />
          </>
        ) : (
          <SignIn onDone={() => void enter()} />
        )}
      </div>
    </main>
  );
}

function codeOf(search: string): string | null {
  const code = new URLSearchParams(search).get("code");
  return code === null || code === "" ? null : code;
}
