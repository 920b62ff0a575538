/**
 * How a page follows the server: the only place that knows. Events patch and invalidate what is cached
 * (`stream.ts`, `patch.ts`); the ages of evidence, which no event tells, are asked for now and then.
 */
import {
  type QueryKey,
  type UseQueryOptions,
  type UseQueryResult,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { follow } from "./stream";

export const AGES_MS = 15_000;

interface Following {
  /** False: what is shown cannot change any more but by an event. */
  isLive?: boolean;
}

export function useLive<T, K extends QueryKey>(
  options: UseQueryOptions<T, Error, T, K>,
  { isLive = true }: Following = {},
): UseQueryResult<T, Error> {
  return useQuery({
    ...options,
    refetchInterval: isLive ? AGES_MS : false,
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: false,
    retry: false,
  });
}

/** Follows the project of the page that is shown: one stream a tab. */
export function useStream(project: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => (project === undefined ? undefined : follow(client, project)), [client, project]);
}
