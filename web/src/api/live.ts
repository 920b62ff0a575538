/**
 * How a page follows the server: the only place that knows. Now it asks again every two seconds for what
 * is on screen, not while the tab is hidden; a stream of events can take its place without a page knowing.
 */
import { type QueryKey, type UseQueryOptions, type UseQueryResult, useQuery } from "@tanstack/react-query";

const EVERY_MS = 2000;
const WHEN_AWAY_MS = 5000;

interface Following {
  /** False: read once; what is shown cannot change any more. */
  isLive?: boolean;
}

export function useLive<T, K extends QueryKey>(
  options: UseQueryOptions<T, Error, T, K>,
  { isLive = true }: Following = {},
): UseQueryResult<T, Error> {
  return useQuery({
    ...options,
    refetchInterval: (query) => {
      if (!isLive) return false;
      return query.state.status === "error" || query.state.fetchFailureCount > 0 ? WHEN_AWAY_MS : EVERY_MS;
    },
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: true,
    retry: false,
  });
}
