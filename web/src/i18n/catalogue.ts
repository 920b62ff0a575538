/**
 * The texts of one language, loaded when it is chosen. What is loaded stays: switching back costs nothing.
 * A key that one language lacks fails the type check here.
 */
import type { en } from "./en";

export type Language = "en" | "zh";
export type TextKey = keyof typeof en;

export interface Catalogue {
  readonly texts: Readonly<Record<TextKey, string>>;
  /** Sentences by their codes, where the server's own English is not what is shown. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly advice: Readonly<Record<string, string>>;
}

const LOADERS: Record<Language, () => Promise<Catalogue>> = {
  en: async () => ({ texts: (await import("./en")).en, reasons: {}, advice: {} }),
  zh: async () => {
    const { advice, reasons, zh } = await import("./zh/all");
    return { texts: zh, reasons, advice };
  },
};
const loaded = new Map<Language, Catalogue>();

export async function loadCatalogue(language: Language): Promise<void> {
  if (!loaded.has(language)) loaded.set(language, await LOADERS[language]());
}

export function catalogueOf(language: Language): Catalogue {
  const catalogue = loaded.get(language);
  if (catalogue === undefined) throw new Error(`the texts of ${language} are not loaded`);
  return catalogue;
}
