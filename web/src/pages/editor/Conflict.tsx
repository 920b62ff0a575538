import { Button } from "@mantine/core";
import { useState } from "react";
import type { ContentView } from "../../api/client";
import { useT } from "../../i18n/language";
import { Dialog } from "../../parts/dialog/Dialog";
import { changesOf } from "../../parts/diff/changes";
import Diff from "../../parts/diff/Diff";
import { ChangeTable } from "../../parts/plan/Changes";
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
  const mine = toContent(draft.fields);
  const changes = changesOf(theirs.content, mine);
  const ends = (
    <>
      <Button size="xs" variant="default" onClick={draft.takeTheirs}>
        {t("editor.takeTheirs")}
      </Button>
      <Button size="xs" variant="default" onClick={draft.keepMine}>
        {t("editor.keepMine")}
      </Button>
    </>
  );
  return (
    <div className="rh-problem" role="alert">
      <strong>{t("editor.conflict", { revision: theirs.revision, base: draft.base.revision })}</strong>
      <p>{t("editor.conflictText")}</p>
      <div className="rh-row">
        <Button size="xs" onClick={() => setShown(true)}>
          {t("editor.showTheirs")}
        </Button>
        {ends}
      </div>
      <Dialog title={t("editor.conflictTitle")} isOpen={isShown} onClose={() => setShown(false)} size="xl">
        <p className="rh-muted">{t("editor.differs")}</p>
        {changes.length > 0 && <ChangeTable changes={changes} sides={["editor.theirs", "editor.mine"]} />}
        {theirs.content.sql !== mine.sql && <Diff before={theirs.content.sql} after={mine.sql} isSplit />}
        <div className="rh-dialog-end">
          <Button size="xs" variant="default" onClick={() => setShown(false)} data-autofocus>
            {t("common.close")}
          </Button>
          {ends}
        </div>
      </Dialog>
    </div>
  );
}
