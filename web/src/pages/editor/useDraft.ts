import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { publish, refreshJob, saveDraft } from "../../api/change";
import type { ContentView, JobView, VersionView } from "../../api/client";
import { keys } from "../../api/keys";
import { hasCode } from "../../api/problem";
import { type JobPath, jobQuery } from "../../api/queries";
import { isSameContent } from "../../parts/diff/same";
import { type Fields, NO_PROBLEMS, type Problems, sortProblems, toContent, toFields } from "./draft";

interface Base {
  revision: number;
  content: ContentView;
}

export interface Published {
  version: number;
  isNew: boolean;
}

const baseOf = (job: JobView): Base => ({ revision: job.revision, content: job.draft });

/**
 * The draft under the hands of one person: it is saved only over the revision that it was based on, and
 * what was typed is never replaced but by a click.
 */
export function useDraft(path: JobPath, job: JobView) {
  const client = useQueryClient();
  const [base, setBase] = useState(() => baseOf(job));
  const [fields, setFields] = useState<Fields>(() => toFields(job.draft));
  const [problems, setProblems] = useState<Problems>(NO_PROBLEMS);
  const [published, setPublished] = useState<Published | null>(null);
  const isDirty = !isSameContent(toContent(fields), base.content);
  const theirs = job.revision > base.revision ? baseOf(job) : null;

  const adopt = (next: JobView) => {
    setBase(baseOf(next));
    client.setQueryData(keys.job(path.project, path.job), next);
  };
  const save = useMutation({
    mutationFn: () => saveDraft(path, base.revision, toContent(fields)),
    onMutate: () => {
      setProblems(NO_PROBLEMS);
      setPublished(null);
    },
    onSuccess: adopt,
    onError: async (error) => {
      if (hasCode(error, "invalid")) setProblems(sortProblems(error));
      // Somebody else was first: read theirs, so that the page can show both.
      if (hasCode(error, "stale")) await client.fetchQuery({ ...jobQuery(path), staleTime: 0 });
    },
  });
  const release = useMutation({
    mutationFn: async (): Promise<VersionView> => {
      if (isDirty) await save.mutateAsync();
      return publish(path);
    },
    onMutate: () => {
      setProblems(NO_PROBLEMS);
      setPublished(null);
    },
    onSuccess: async (version) => {
      setPublished({ version: version.number, isNew: version.number !== job.version });
      await refreshJob(client, path);
    },
    onError: (error) => {
      if (hasCode(error, "invalid")) setProblems(sortProblems(error));
    },
  });

  // Nothing was typed here: what somebody else saved can be shown at once.
  useEffect(() => {
    if (theirs === null || isDirty || save.isPending) return;
    setBase(theirs);
    setFields(toFields(theirs.content));
  }, [theirs, isDirty, save.isPending]);

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
  };
}

export type Draft = ReturnType<typeof useDraft>;
