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

interface Props {
  text: string;
  label: string;
  /** Within a line of text: small, and told apart from its like by what it copies. */
  isSmall?: boolean;
}

export function CopyButton({ text, label, isSmall = false }: Props) {
  const t = useT();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const word = isCopied ? t("common.copied") : label;
  return (
    <Button
      size={isSmall ? "compact-xs" : "xs"}
      variant="default"
      aria-label={isSmall ? `${word} ${text}` : undefined}
      onClick={() => {
        void copy(text).then(() => setCopied(true));
      }}
    >
      {word}
    </Button>
  );
}
