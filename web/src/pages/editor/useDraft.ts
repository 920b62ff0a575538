import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { publish, refreshJob, saveDraft } from "../../api/change";
import type { ContentView, JobView, VersionView } from "../../api/client";
import { keys } from "../../api/keys";
import { hasCode } from "../../api/problem";
import { type JobPath, jobQuery } from "../../api/queries";
import { isSameContent } from "../../parts/diff/same";
import { type Fields, NO_PROBLEMS, type Problems, sortProblems, toBody, toContent, toFields } from "./draft";
import { keep, letGo, recall } from "./kept";

interface Base {
  revision: number;
  content: ContentView;
}

export interface Published {
  version: number;
  isNew: boolean;
}

const baseOf = (job: JobView): Base => ({ revision: job.revision, content: job.draft });

/** What this tab still holds of the draft goes before what the server has; a newer revision is a conflict. */
function firstOf(job: JobView, kind: Fields["kind"] | undefined): { base: Base; fields: Fields } {
  const kept = recall(job.id);
  const base = baseOf(job);
  if (kept === null || kept.revision > job.revision) {
    const fields = toFields(job.draft);
    const isEmpty = fields.sql === "" && fields.jar === null;
    return { base, fields: isEmpty && kind !== undefined ? { ...fields, kind } : fields };
  }
  return { base: { ...base, revision: kept.revision }, fields: kept.fields };
}

/**
 * The draft under the hands of one person: it is saved only over the revision that it was based on, and
 * what was typed is never replaced but by a click.
 */
export function useDraft(path: JobPath, job: JobView, kind?: Fields["kind"]) {
  const client = useQueryClient();
  const [first] = useState(() => firstOf(job, kind));
  const [base, setBase] = useState(first.base);
  const [fields, setFields] = useState<Fields>(first.fields);
  const [problems, setProblems] = useState<Problems>(NO_PROBLEMS);
  const [published, setPublished] = useState<Published | null>(null);
  const isDirty = !isSameContent(toContent(fields), base.content);
  const theirs = job.revision > base.revision ? baseOf(job) : null;

  const begin = () => {
    setProblems(NO_PROBLEMS);
    setPublished(null);
  };
  const showFaults = (error: Error) => {
    if (hasCode(error, "invalid")) setProblems(sortProblems(error));
  };
  const save = useMutation({
    mutationFn: () => saveDraft(path, base.revision, toBody(fields)),
    onMutate: begin,
    onSuccess: (next: JobView) => {
      setBase(baseOf(next));
      client.setQueryData(keys.job(path.project, path.job), next);
    },
    onError: async (error) => {
      showFaults(error);
      // Somebody else was first: read theirs, so that the page can show both.
      if (hasCode(error, "stale")) await client.fetchQuery({ ...jobQuery(path), staleTime: 0 });
    },
  });
  const release = useMutation({
    mutationFn: async (): Promise<VersionView> => {
      if (isDirty) await save.mutateAsync();
      return publish(path);
    },
    onMutate: begin,
    onSuccess: async (version) => {
      setPublished({ version: version.number, isNew: version.number !== job.version });
      await refreshJob(client, path);
    },
    onError: showFaults,
  });

  // Nothing was typed here: what somebody else saved can be shown at once.
  useEffect(() => {
    if (theirs === null || isDirty || save.isPending) return;
    setBase(theirs);
    setFields(toFields(theirs.content));
  }, [theirs, isDirty, save.isPending]);
  useEffect(() => {
    if (isDirty) keep(job.id, { revision: base.revision, fields });
    else letGo(job.id);
  }, [isDirty, job.id, base.revision, fields]);

  const change = (next: Partial<Fields>) => {
    setFields((old) => ({ ...old, ...next }));
    setPublished(null);
  };
  return {
    base,
    fields,
    problems,
    published,
    isDirty,
    save,
    release,
    change,
    theirs: isDirty && !save.isPending ? theirs : null,
    keepMine: () => theirs !== null && setBase(theirs),
    takeTheirs: () => {
      if (theirs === null) return;
      setBase(theirs);
      setFields(toFields(theirs.content));
      setProblems(NO_PROBLEMS);
    },
    /** The reader leaves and wants none of it. */
    discard: () => letGo(job.id),
  };
}

export type Draft = ReturnType<typeof useDraft>;
