import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { keys } from "../../api/keys";
import { type LogPlace, searchLog } from "../../api/log";
import type { JobPath } from "../../api/queries";

/** Where a text stands in the whole file, and which of the places is looked at. */
export function useFind(path: JobPath, place: LogPlace, q: string, onGo: (offset: number) => void) {
  const [at, setAt] = useState(-1);
  const file = `${place.attempt}/${place.name}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another search begins anew
  useEffect(() => setAt(-1), [q, file]);
  const found = useQuery({
    queryKey: keys.logSearch(path.project, path.job, place.run, file, q),
    queryFn: ({ signal }) => searchLog(path, place, q, null, signal),
    enabled: q !== "",
    staleTime: 5000,
  });
  const matches = found.data?.items ?? [];
  const step = (by: 1 | -1) => {
    if (matches.length === 0) return;
    const first = by === 1 ? 0 : matches.length - 1;
    const next = at < 0 ? first : (at + by + matches.length) % matches.length;
    const match = matches[next];
    if (match === undefined) return;
    setAt(next);
    onGo(match.offset);
  };
  return {
    count: matches.length,
    isMore: found.data?.next != null,
    error: found.error,
    isBusy: found.isFetching && q !== "",
    at,
    goal: at < 0 ? null : (matches[at]?.offset ?? null),
    step,
  };
}
