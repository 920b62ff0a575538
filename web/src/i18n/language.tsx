import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { type Language, LOCALES, makeTranslate, type Translate } from "./t";

export type Zone = "local" | "utc";

interface Reader {
  language: Language;
  zone: Zone;
  t: Translate;
  setLanguage: (language: Language) => void;
  setZone: (zone: Zone) => void;
}

const Context = createContext<Reader | null>(null);
const LANGUAGE = "rheostat.language";
const ZONE = "rheostat.zone";

function firstLanguage(): Language {
  const kept = localStorage.getItem(LANGUAGE);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** What the reader chose for reading: language and time zone. Kept in this browser; it is no secret. */
export function ReaderProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  const [zone, setZone] = useState<Zone>(() => (localStorage.getItem(ZONE) === "utc" ? "utc" : "local"));
  useEffect(() => {
    document.documentElement.lang = LOCALES[language];
    localStorage.setItem(LANGUAGE, language);
  }, [language]);
  useEffect(() => localStorage.setItem(ZONE, zone), [zone]);
  const reader = useMemo(
    () => ({ language, zone, t: makeTranslate(language), setLanguage, setZone }),
    [language, zone],
  );
  return <Context value={reader}>{children}</Context>;
}

export function useReader(): Reader {
  const reader = useContext(Context);
  if (reader === null) throw new Error("useReader outside of ReaderProvider");
  return reader;
}

export const useT = (): Translate => useReader().t;
