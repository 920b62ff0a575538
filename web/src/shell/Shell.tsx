import { AppShell, Burger } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import type { MeView } from "../api/client";
import { useContact } from "../api/contact";
import { useStream } from "../api/live";
import { hasCode } from "../api/problem";
import { meQuery } from "../api/session";
import { useT } from "../i18n/language";
import { ErrorPanel, Loading } from "../parts/page/States";
import { RoleContext } from "../parts/role";
import { Keys, useSheet } from "./Keys";
import { LiveDot, StaleBanner } from "./Live";
import { Logo } from "./Logo";
import { AccountMenu, PreferencesMenu } from "./Menus";
import { ProjectMenu } from "./ProjectMenu";
import "./shell.css";

const SignInPage = lazy(() => import("./SignInPage"));
const SignInAgain = lazy(() => import("./SignInAgain"));

/** Around every page: who you are, where you are, whether the server answers. */
export function Shell() {
  const me = useQuery(meQuery);
  const isLink = useRouterState({ select: (state) => state.location.pathname === "/signin" });
  const isNew = hasCode(me.error, "unauthenticated");
  if (me.data === undefined || isLink) {
    if (isNew || isLink) {
      return (
        <Suspense>
          <SignInPage onDone={() => me.refetch()} />
        </Suspense>
      );
    }
    return (
      <main className="rh-alone">
        {me.error === null ? (
          <Loading height={48} />
        ) : (
          <ErrorPanel error={me.error} onRetry={() => me.refetch()} />
        )}
      </main>
    );
  }
  return (
    <RoleContext value={me.data.role}>
      <Frame name={me.data.name} role={me.data.role} />
    </RoleContext>
  );
}

function Frame({ name, role }: Pick<MeView, "name" | "role">) {
  const t = useT();
  const { project } = useParams({ strict: false });
  useStream(project);
  const [open, setOpenKeys] = useSheet();
  const [isOpen, setOpen] = useState(false);
  const { isSignedOut } = useContact();
  const path = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes when the place changes
  useEffect(() => setOpen(false), [path]);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 200, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      {/* Above the navigation, which is at 101: its menus open over it. */}
      <AppShell.Header className="rh-header" zIndex={102}>
        <a className="rh-skip" href="#page">
          {t("app.skip")}
        </a>
        <Burger
          opened={isOpen}
          onClick={() => setOpen(!isOpen)}
          hiddenFrom="sm"
          size="sm"
          aria-label={t("nav.open")}
        />
        <Link to="/" className="rh-brand" aria-label={t("app.name")}>
          <Logo />
          <span className="rh-brand-name">{t("app.name")}</span>
        </Link>
        <ProjectMenu />
        <span className="rh-grow" />
        <button type="button" className="rh-search" onClick={() => setOpenKeys("palette")}>
          <span className="rh-search-word">{t("palette.open")}</span>
          <kbd>{"Ctrl K"}</kbd>
        </button>
        <LiveDot />
        <PreferencesMenu />
        <AccountMenu name={name} role={role} onKeys={() => setOpenKeys("sheet")} />
      </AppShell.Header>
      <AppShell.Navbar className="rh-nav" aria-label={t("nav.main")}>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1} className="rh-main">
        <StaleBanner />
        <Outlet />
      </AppShell.Main>
      <Keys open={open} onOpen={setOpenKeys} />
      <Suspense>{isSignedOut && <SignInAgain />}</Suspense>
    </AppShell>
  );
}

function Navigation() {
  const t = useT();
  const { project } = useParams({ strict: false });
  if (project === undefined) {
    return (
      <Link to="/" className="rh-nav-link">
        {t("nav.jobs")}
      </Link>
    );
  }
  return (
    <Link
      to="/p/$project/jobs"
      params={{ project }}
      className="rh-nav-link"
      activeProps={{ "data-active": true }}
    >
      {t("nav.jobs")}
    </Link>
  );
}
