import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { useT } from "../../i18n/language";

/** The clipboard's own way is missing where the page does not come over https or from this machine. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useT();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <Button
      size="xs"
      variant="default"
      onClick={() => {
        void copy(text).then(() => setCopied(true));
      }}
    >
      {isCopied ? t("common.copied") : label}
    </Button>
  );
}
