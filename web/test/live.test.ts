/** A model of the server and what a network may do to its events: in the end the cache must hold the truth. */
import { type InfiniteData, InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JobPage, JobRow } from "../src/api/client";
import { keys } from "../src/api/keys";
import { type HistoryFrame, LiveCache } from "../src/api/patch";
import { isPhase, PHASES, type Phase } from "../src/parts/status/vocabulary";
import { makeEvent, makeRow } from "./fixtures";

const PROJECT = "shop";
const JOBS = 7;
const PAGE = 3;
const WORDS = (Object.keys(PHASES) as string[]).filter(isPhase) as Phase[];

/** Small numbers from a seed: a failing run can be had again. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

class Server {
  rows: JobRow[] = Array.from({ length: JOBS }, (_, index) =>
    makeRow({ id: `job-${index}`, name: `job-${index}` }),
  );
  frames: [number, HistoryFrame][] = [];

  change(random: (below: number) => number): void {
    const at = random(JOBS);
    const old = this.rows[at];
    const phase = WORDS[random(WORDS.length)];
    if (old === undefined || phase === undefined) throw new Error("no such row");
    const row: JobRow = { ...old, phase, run: (old.run ?? 0) + 1 };
    this.rows = this.rows.map((each, index) => (index === at ? row : each));
    const id = this.frames.length + 1;
    this.frames.push([id, { project: PROJECT, job: row.name, run: 1, event: makeEvent({ id }), row }]);
  }

  /** As it is when the request comes; the answer may take its time. */
  page(after: number): JobPage {
    const items = this.rows.slice(after, after + PAGE);
    const next = after + PAGE < JOBS ? String(after + PAGE) : null;
    return { items, next, total: JOBS, counts: {}, server_time: "2026-11-22T12:00:00Z" };
  }
}

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

async function open(server: Server, delay: () => number) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const queryKey = keys.jobList(PROJECT, {});
  const observer = new InfiniteQueryObserver(client, {
    queryKey,
    initialPageParam: "0",
    queryFn: async ({ pageParam }) => {
      const page = server.page(Number(pageParam));
      await new Promise((done) => setTimeout(done, delay()));
      return page;
    },
    getNextPageParam: (page: JobPage) => page.next,
  });
  const close = observer.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(1000);
  for (let at = PAGE; at < JOBS; at += PAGE) {
    void observer.fetchNextPage();
    await vi.advanceTimersByTimeAsync(1000);
  }
  const shown = () =>
    (client.getQueryData<InfiniteData<JobPage>>(queryKey)?.pages ?? []).flatMap((page) => page.items);
  return { client, queryKey, shown, close };
}

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

test.each(SEEDS)(
  "lost, doubled and mixed up events end in the truth after one refetch (%d)",
  async (seed) => {
    const random = makeRandom(seed);
    const server = new Server();
    const page = await open(server, () => random(30));
    const cache = new LiveCache(page.client, PROJECT);
    for (let turn = 0; turn < 40; turn += 1) {
      server.change(random);
      for (let more = random(4); more > 0; more -= 1) {
        const [id, frame] = server.frames[random(server.frames.length)] ?? [];
        if (id !== undefined && frame !== undefined) cache.history(id, frame);
      }
      if (random(6) === 0) void page.client.invalidateQueries({ queryKey: page.queryKey });
      if (random(9) === 0) cache.job({ project: PROJECT, job: "job-1", deleted: false });
      await vi.advanceTimersByTimeAsync(random(400));
    }
    void page.client.invalidateQueries({ queryKey: page.queryKey });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(page.shown()).toEqual(server.rows);
    // What comes late, or again, changes nothing back.
    for (const [id, frame] of server.frames.slice(0, cache.lastId ?? 0)) cache.history(id, frame);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(page.shown()).toEqual(server.rows);
    cache.close();
    page.close();
  },
);

test.each(SEEDS)("whole and in order, they need no refetch, however slow an answer is (%d)", async (seed) => {
  const random = makeRandom(seed);
  const server = new Server();
  const page = await open(server, () => random(300));
  const cache = new LiveCache(page.client, PROJECT);
  for (let turn = 0; turn < 40; turn += 1) {
    server.change(random);
    const [id, frame] = server.frames.at(-1) ?? [];
    if (id === undefined || frame === undefined) throw new Error("no frame");
    cache.history(id, frame);
    if (random(3) === 0) cache.history(id, frame);
    if (random(6) === 0) void page.client.invalidateQueries({ queryKey: page.queryKey });
    await vi.advanceTimersByTimeAsync(random(200));
  }
  await vi.advanceTimersByTimeAsync(10_000);
  expect(page.shown()).toEqual(server.rows);
  cache.close();
  page.close();
});

test("a job's queries are asked again at most four times a second", async () => {
  const client = new QueryClient();
  const asked: unknown[] = [];
  const spy = vi.spyOn(client, "invalidateQueries").mockImplementation(async (filters) => {
    asked.push(filters?.queryKey);
  });
  const server = new Server();
  const random = makeRandom(3);
  const cache = new LiveCache(client, PROJECT);
  for (let turn = 0; turn < 200; turn += 1) {
    server.change(random);
    const [id, frame] = server.frames.at(-1) ?? [];
    if (id !== undefined && frame !== undefined) cache.history(id, { ...frame, job: "orders" });
    await vi.advanceTimersByTimeAsync(5);
  }
  await vi.advanceTimersByTimeAsync(1000);
  const job = JSON.stringify(keys.job(PROJECT, "orders"));
  const count = asked.filter((key) => JSON.stringify(key) === job).length;
  expect(count).toBeGreaterThanOrEqual(4);
  expect(count).toBeLessThanOrEqual(6);
  cache.history(1, server.frames[0]?.[1] as HistoryFrame);
  cache.history(999, { ...(server.frames[0]?.[1] as HistoryFrame), project: "another" });
  expect(cache.lastId).toBe(200);
  cache.close();
  spy.mockRestore();
});

test("a stream that begins asks for the project's jobs again, and for nothing that no event tells of", async () => {
  const client = new QueryClient();
  const asked: unknown[] = [];
  const all = [
    keys.jobCount(PROJECT, {}),
    keys.projects(),
    keys.jobList(PROJECT, {}),
    keys.job(PROJECT, "orders"),
    keys.jobList("other", {}),
  ];
  for (const queryKey of all) client.setQueryData(queryKey, {});
  const cache = new LiveCache(client, PROJECT);
  cache.begin();
  for (const { queryKey, state } of client.getQueryCache().getAll())
    if (state.isInvalidated) asked.push(queryKey);
  expect(asked).toEqual([keys.jobList(PROJECT, {}), keys.job(PROJECT, "orders")]);
  cache.close();
});
