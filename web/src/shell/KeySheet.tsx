import { Button } from "@mantine/core";
import { useState } from "react";
import { useT } from "../i18n/language";
import type { PlainKey } from "../i18n/t";
import { Dialog } from "../parts/dialog/Dialog";
import { lettersAreOn, switchLetters } from "../parts/key/keys";

const KEYS: readonly [string, PlainKey][] = [
  ["Ctrl K", "keys.palette"],
  ["/", "keys.filter"],
  ["g j", "keys.jobs"],
  ["j k", "keys.rows"],
  ["Enter", "keys.open"],
  ["x", "keys.mark"],
  ["n", "keys.new"],
  [".", "keys.actions"],
  ["r", "keys.refresh"],
  ["Ctrl S", "keys.save"],
  ["?", "keys.sheet"],
  ["Esc", "keys.close"],
];

/** What the keys do, and the switch for single letters. */
export default function KeySheet({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [isOn, setOn] = useState(lettersAreOn);
  return (
    <Dialog title={t("keys.title")} isOpen onClose={onClose} size="md">
      <dl className="rh-facts rh-keys">
        {KEYS.map(([key, text]) => (
          <div key={key} className="rh-key-row">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
      <label className="rh-check">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => {
            switchLetters(event.currentTarget.checked);
            setOn(event.currentTarget.checked);
          }}
        />
        {t("keys.letters")}
      </label>
      <div className="rh-dialog-end">
        <Button onClick={onClose} data-autofocus>
          {t("common.close")}
        </Button>
      </div>
    </Dialog>
  );
}
