import { Button } from "@mantine/core";
import { useState } from "react";
import type { ContentView } from "../../api/client";
import { useT } from "../../i18n/language";
import { contentText } from "../../parts/diff/content";
import { Diff } from "../../parts/diff/Diff";
import { toContent } from "./draft";
import type { Draft } from "./useDraft";

interface Props {
  draft: Draft;
  theirs: { revision: number; content: ContentView };
}

/** Two people, one draft: nothing is overwritten but by a click here. */
export function Conflict({ draft, theirs }: Props) {
  const t = useT();
  const [isShown, setShown] = useState(false);
  return (
    <div className="rh-problem" role="alert">
      <strong>{t("editor.conflict", { revision: theirs.revision, base: draft.base.revision })}</strong>
      <p>{t("editor.conflictText")}</p>
      <div className="rh-row">
        <Button size="xs" variant="default" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {t("editor.showTheirs")}
        </Button>
        <Button size="xs" variant="default" onClick={draft.keepMine}>
          {t("editor.keepMine")}
        </Button>
        <Button size="xs" variant="default" onClick={draft.takeTheirs}>
          {t("editor.takeTheirs")}
        </Button>
      </div>
      {isShown && (
        <>
          <p className="rh-muted">{t("editor.differs")}</p>
          <Diff before={contentText(theirs.content)} after={contentText(toContent(draft.fields))} />
        </>
      )}
    </div>
  );
}
