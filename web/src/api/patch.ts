/**
 * What an event changes in the query cache: the job's row where a list shows it, and which queries are asked
 * again. An event that is not newer than the last one is dropped: what was lost comes with the next answer.
 */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { EventView, JobPage, JobRow } from "./client";
import { keys } from "./keys";

export interface HistoryFrame {
  project: string;
  job: string;
  run: number;
  event: EventView;
  row: JobRow;
}

export interface JobFrame {
  project: string;
  job: string;
  deleted: boolean;
}

export type JobPages = InfiniteData<JobPage, string | null>;

/** The same pages with newer rows in their places; the same object where nothing is shown of them. */
export function patchRows(pages: JobPages, rows: ReadonlyMap<string, JobRow>): JobPages {
  let isChanged = false;
  const next = pages.pages.map((page) => {
    if (!page.items.some((row) => rows.has(row.id))) return page;
    isChanged = true;
    return { ...page, items: page.items.map((row) => rows.get(row.id) ?? row) };
  });
  return isChanged ? { ...pages, pages: next } : pages;
}

/** How often, at most, what is shown is asked for again because of events. */
const JOB_MS = 250;
const LIST_MS = 2000;
const COUNT_MS = 5000;
const FRAME_MS = 100;

/** Runs `act` at once when it has rested long enough, else once when it has: never more often. */
export class Joiner {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = Number.NEGATIVE_INFINITY;
  readonly #restMs: number;
  readonly #act: () => void;

  constructor(restMs: number, act: () => void) {
    this.#restMs = restMs;
    this.#act = act;
  }

  ask(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(this.#last + this.#restMs - Date.now(), 0);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#last = Date.now();
      this.#act();
    }, wait);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Between one project's stream and the query cache. */
export class LiveCache {
  /** The newest event that was taken; null before the first. */
  lastId: number | null = null;
  readonly #client: QueryClient;
  readonly #project: string;
  readonly #rows = new Map<string, JobRow>();
  readonly #touched = new Set<string>();
  readonly #frames: Joiner;
  readonly #jobs: Joiner;
  readonly #lists: Joiner;
  readonly #counts: Joiner;

  constructor(client: QueryClient, project: string) {
    this.#client = client;
    this.#project = project;
    this.#frames = new Joiner(FRAME_MS, () => this.#showRows());
    this.#jobs = new Joiner(JOB_MS, () => this.#askJobs());
    this.#lists = new Joiner(LIST_MS, () => this.#askLists());
    this.#counts = new Joiner(COUNT_MS, () => this.#ask(keys.jobCounts(project)));
  }

  history(id: number, frame: HistoryFrame): void {
    if (frame.project !== this.#project || !this.#isNews(id)) return;
    this.#rows.set(frame.row.id, frame.row);
    this.#touched.add(frame.job);
    this.#frames.ask();
    this.#jobs.ask();
    this.#counts.ask();
  }

  /** The server says that everything up to this event was told. */
  pass(id: number): void {
    this.lastId = Math.max(this.lastId ?? 0, id);
  }

  /** Only a hint, without a place in the order: what it means is asked for. */
  job(frame: JobFrame): void {
    if (frame.project !== this.#project) return;
    this.#touched.add(frame.job);
    this.#jobs.ask();
    this.#lists.ask();
    this.#counts.ask();
  }

  /** The stream begins: an event may have come between an answer and now. Of projects no event tells,
   *  and the counts come with the list. */
  begin(): void {
    this.#askLists();
    this.#ask(keys.anyJob(this.#project));
  }

  /** What was missed is not known: everything that is on screen is asked for again. */
  reset(): void {
    void this.#client.invalidateQueries({ predicate: ({ queryKey }) => isOfServer(queryKey[0]) });
  }

  close(): void {
    for (const each of [this.#frames, this.#jobs, this.#lists, this.#counts]) each.close();
  }

  #isNews(id: number): boolean {
    if (this.lastId !== null && id <= this.lastId) return false;
    this.lastId = id;
    return true;
  }

  #showRows(): void {
    const rows = new Map(this.#rows);
    this.#rows.clear();
    for (const query of this.#client.getQueryCache().findAll({ queryKey: keys.jobLists(this.#project) })) {
      const pages = query.state.data as JobPages | undefined;
      const isAsking = query.state.fetchStatus === "fetching";
      if (pages !== undefined) {
        const next = patchRows(pages, rows);
        // A filter may let the job go or come; a short list is simply asked again.
        if (next !== pages) query.setData(next, { manual: true });
        if (pages.pages.length === 1 && isFiltered(query.queryKey[3])) this.#lists.ask();
      }
      // An answer that is on its way may be older than these rows.
      if (isAsking) void this.#client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }
  }

  #askJobs(): void {
    for (const job of this.#touched) this.#ask(keys.job(this.#project, job));
    this.#touched.clear();
  }

  #askLists(): void {
    this.#ask(keys.jobLists(this.#project));
  }

  #ask(queryKey: readonly unknown[]): void {
    void this.#client.invalidateQueries({ queryKey });
  }
}

function isFiltered(filter: unknown): boolean {
  return typeof filter === "object" && filter !== null && ("phase" in filter || "health" in filter);
}

const OF_SERVER: ReadonlySet<unknown> = new Set(["jobs", "job", "projects", "artifacts"]);
const isOfServer = (head: unknown): boolean => OF_SERVER.has(head);
