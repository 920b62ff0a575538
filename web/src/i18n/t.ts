/**
 * Texts with named slots: `{name}`, and `{count:job|jobs}` for the word that fits the count.
 * A key that one language lacks, and a slot that the caller leaves out, fail the type check.
 */
import { catalogueOf, type Language, type TextKey } from "./catalogue";
import type { en } from "./en";

type SlotName<S> = S extends `${infer Name}:${string}` ? Name : S;
type Slots<S> = S extends `${string}{${infer Slot}}${infer Rest}` ? SlotName<Slot> | Slots<Rest> : never;
type Values<K extends TextKey> = [Slots<(typeof en)[K]>] extends [never]
  ? []
  : [Record<Slots<(typeof en)[K]>, string | number>];

/** A text without slots. */
export type PlainKey = {
  [K in TextKey]: [Slots<(typeof en)[K]>] extends [never] ? K : never;
}[TextKey];

export type Translate = <K extends TextKey>(key: K, ...values: Values<K>) => string;

const SLOT = /\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g;

export const LOCALES: Record<Language, string> = { en: "en", zh: "zh-CN" };

export function fill(
  text: string,
  values: Readonly<Record<string, string | number>>,
  language: Language,
): string {
  const locale = LOCALES[language];
  return text.replace(SLOT, (_, name: string, one?: string, other?: string) => {
    const value = values[name];
    if (one !== undefined && other !== undefined) {
      return new Intl.PluralRules(locale).select(Number(value)) === "one" ? one : other;
    }
    return typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : (value ?? "?");
  });
}

export function makeTranslate(language: Language): Translate {
  const { texts } = catalogueOf(language);
  return (key, ...values) => fill(texts[key], values[0] ?? {}, language);
}

/** Names of the slots of a text, for the test that holds both languages against each other. */
export function slotsOf(text: string): string[] {
  return [...new Set([...text.matchAll(SLOT)].map((match) => match[1] ?? ""))].sort();
}
