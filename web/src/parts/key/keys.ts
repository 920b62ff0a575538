/** Single-letter keys: they work outside of fields only, and the reader can switch them off. */
import { useEffect } from "react";

const OFF = "rheostat.letters";

export const lettersAreOn = (): boolean => localStorage.getItem(OFF) !== "off";

export function switchLetters(isOn: boolean): void {
  if (isOn) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "off");
}

/** Where letters are text: fields, the editor; and where a dialog or a menu has its own keys. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.closest("input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]") !== null
  );
}

/** Keys of a page: a letter, and what it does. */
export function useKeys(bindings: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || !lettersAreOn()) return;
      const act = bindings[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [bindings]);
}
