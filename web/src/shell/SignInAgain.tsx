import { useEffect, useState } from "react";
import { useT } from "../i18n/language";
import { Dialog } from "../parts/dialog/Dialog";
import { SignIn } from "./SignIn";

/** Over the page, whose unsaved text and place stay. It goes when the server knows us again. */
export default function SignInAgain() {
  const t = useT();
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // Once the dialog has let go of the focus.
      setTimeout(() => {
        const isLost = document.activeElement === null || document.activeElement === document.body;
        if (isLost && before instanceof HTMLElement && before.isConnected) before.focus();
      });
    },
    [before],
  );
  return (
    <Dialog title={t("signin.title")} isOpen onClose={() => undefined} size="md">
      <p>{t("signin.again")}</p>
      <SignIn onDone={() => undefined} />
    </Dialog>
  );
}
