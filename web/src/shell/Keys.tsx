import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { isTyping, lettersAreOn } from "../parts/key/keys";

const Palette = lazy(() => import("./Palette"));
const KeySheet = lazy(() => import("./KeySheet"));

/** How long `g` waits for its second letter. */
const SECOND_MS = 1500;

type Open = "palette" | "sheet" | null;

interface Props {
  open: Open;
  onOpen: (open: Open) => void;
}

/** Keys that work on every page: the palette, the filter, the way to the jobs, the sheet of keys. */
export function Keys({ open, onOpen }: Props) {
  const navigate = useNavigate();
  const { project } = useParams({ strict: false });
  const begun = useRef(0);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onOpen("palette");
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || !lettersAreOn()) return;
      const isSecond = Date.now() - begun.current < SECOND_MS;
      begun.current = 0;
      const act = () => {
        if (isSecond && event.key === "j" && project !== undefined)
          return void navigate({ to: "/p/$project/jobs", params: { project } });
        if (event.key === "g") {
          begun.current = Date.now();
          return;
        }
        if (event.key === "?") return onOpen("sheet");
        if (event.key !== "/") return false;
        document.querySelector<HTMLInputElement>("[data-filter]")?.focus();
      };
      if (act() !== false) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [navigate, onOpen, project]);
  return (
    <Suspense>
      {open === "palette" && <Palette onClose={() => onOpen(null)} />}
      {open === "sheet" && <KeySheet onClose={() => onOpen(null)} />}
    </Suspense>
  );
}

/** Which of the two is open. */
export const useSheet = (): [Open, (open: Open) => void] => useState<Open>(null);
