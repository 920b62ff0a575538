import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { type Language, loadCatalogue } from "./catalogue";
import { LOCALES, makeTranslate, type Translate } from "./t";

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

/** What was chosen in this browser before, else the browser's own. Its texts are loaded before the first page. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem(LANGUAGE);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** What the reader chose for reading: language and time zone. Kept in this browser; it is no secret. */
export function ReaderProvider({ children }: { children: ReactNode }) {
  const [language, showLanguage] = useState(firstLanguage);
  const wanted = useRef(language);
  const setLanguage = useCallback((next: Language) => {
    wanted.current = next;
    const show = () => {
      if (wanted.current === next) showLanguage(next);
    };
    // Where its texts cannot be had now, the language stays as it is; choosing again tries again.
    loadCatalogue(next).then(show, () => undefined);
  }, []);
  const [zone, setZone] = useState<Zone>(() => (localStorage.getItem(ZONE) === "utc" ? "utc" : "local"));
  useEffect(() => {
    document.documentElement.lang = LOCALES[language];
    localStorage.setItem(LANGUAGE, language);
  }, [language]);
  useEffect(() => localStorage.setItem(ZONE, zone), [zone]);
  const reader = useMemo(
    () => ({ language, zone, t: makeTranslate(language), setLanguage, setZone }),
    [language, zone, setLanguage],
  );
  return <Context value={reader}>{children}</Context>;
}

export function useReader(): Reader {
  const reader = useContext(Context);
  if (reader === null) throw new Error("useReader outside of ReaderProvider");
  return reader;
}

export const useT = (): Translate => useReader().t;
