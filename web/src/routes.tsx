import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { readJobsSearch } from "./pages/jobs/search";
import { Broken, NoPage } from "./shell/Boundary";
import { Shell } from "./shell/Shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NoPage, errorComponent: Broken });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/welcome/Page")),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/signin",
  component: lazyRouteComponent(() => import("./pages/welcome/Page")),
});
const tokens = createRoute({
  getParentRoute: () => root,
  path: "/tokens",
  component: lazyRouteComponent(() => import("./pages/tokens/Page")),
});
const jobs = createRoute({
  getParentRoute: () => root,
  path: "/p/$project/jobs",
  validateSearch: readJobsSearch,
  component: lazyRouteComponent(() => import("./pages/jobs/Page")),
});
const job = createRoute({
  getParentRoute: () => root,
  path: "/p/$project/jobs/$job",
  component: lazyRouteComponent(() => import("./pages/job/Layout")),
});
const overview = createRoute({
  getParentRoute: () => job,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/job/Page")),
});
const editor = createRoute({
  getParentRoute: () => job,
  path: "/edit",
  validateSearch: (search: Record<string, unknown>): { line?: number; kind?: "sql" | "jar" } => {
    const line = Number(search["line"]);
    const { kind } = search;
    return {
      ...(Number.isInteger(line) && line > 0 ? { line } : {}),
      ...(kind === "sql" || kind === "jar" ? { kind } : {}),
    };
  },
  component: lazyRouteComponent(() => import("./pages/editor/Page")),
});
const versions = createRoute({
  getParentRoute: () => job,
  path: "/versions",
  component: lazyRouteComponent(() => import("./pages/versions/Page")),
});
const version = createRoute({
  getParentRoute: () => job,
  path: "/versions/$number",
  validateSearch: (search: Record<string, unknown>): { with?: string } => {
    const other = String(search["with"] ?? "");
    return /^(draft|[1-9][0-9]*)$/.test(other) ? { with: other } : {};
  },
  component: lazyRouteComponent(() => import("./pages/versions/One")),
});
const runs = createRoute({
  getParentRoute: () => job,
  path: "/runs",
  component: lazyRouteComponent(() => import("./pages/runs/Page")),
});
const run = createRoute({
  getParentRoute: () => job,
  path: "/runs/$run",
  validateSearch: (search: Record<string, unknown>): { show?: "all" } =>
    search["show"] === "all" ? { show: "all" } : {},
  component: lazyRouteComponent(() => import("./pages/runs/Timeline")),
});
const exceptions = createRoute({
  getParentRoute: () => job,
  path: "/runs/$run/exceptions",
  component: lazyRouteComponent(() => import("./pages/runs/Exceptions")),
});
const operations = createRoute({
  getParentRoute: () => job,
  path: "/operations",
  component: lazyRouteComponent(() => import("./pages/job/Operations")),
});
const logs = createRoute({
  getParentRoute: () => job,
  path: "/runs/$run/logs",
  validateSearch: (search: Record<string, unknown>): { file?: string; q?: string; errors?: true } => ({
    ...(typeof search["file"] === "string" && search["file"] !== "" ? { file: search["file"] } : {}),
    ...(search["q"] !== undefined && search["q"] !== "" ? { q: String(search["q"]) } : {}),
    ...(search["errors"] === true ? { errors: true as const } : {}),
  }),
  component: lazyRouteComponent(() => import("./pages/runs/Logs")),
});
const snapshots = createRoute({
  getParentRoute: () => job,
  path: "/snapshots",
  validateSearch: (search: Record<string, unknown>): { kind?: "savepoint" | "checkpoint" } => {
    const kind = search["kind"];
    return kind === "savepoint" || kind === "checkpoint" ? { kind } : {};
  },
  component: lazyRouteComponent(() => import("./pages/snapshots/Page")),
});

const tree = root.addChildren([
  home,
  signIn,
  tokens,
  jobs,
  job.addChildren([overview, editor, versions, version, runs, run, exceptions, logs, operations, snapshots]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: NoPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
