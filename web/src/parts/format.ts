/** Numbers and instants as people read them. Pure: the clock and the language are given. */

import type { Language } from "../i18n/catalogue";
import type { Zone } from "../i18n/language";
import { LOCALES } from "../i18n/t";

const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB"];

/** Binary units, as Flink's memory options have them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let power = 1;
  while (bytes / 1024 ** power >= 1023.95 && power < UNITS.length) power += 1;
  return `${(bytes / 1024 ** power).toFixed(1)} ${UNITS[power - 1]}`;
}

const STEPS = [
  { size: 86400, en: "d", zh: "天", lesser: 3600, lesserEn: "h", lesserZh: "小时" },
  { size: 3600, en: "h", zh: "小时", lesser: 60, lesserEn: "min", lesserZh: "分" },
  { size: 60, en: "min", zh: "分", lesser: 1, lesserEn: "s", lesserZh: "秒" },
] as const;

/** Two or three digits that matter: `840 ms`, `7.1 s`, `3 min 20 s`, `2 d 4 h`. */
export function formatDuration(seconds: number, language: Language): string {
  const word = (en: string, zh: string) => (language === "zh" ? zh : en);
  if (seconds < 0) return formatDuration(0, language);
  const ms = Math.round(seconds * 1000);
  if (ms === 0) return `0 ${word("s", "秒")}`;
  if (ms < 1000) return `${ms < 10 ? (seconds * 1000).toFixed(1) : ms} ${word("ms", "毫秒")}`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} ${word("s", "秒")}`;
  const whole = Math.round(seconds);
  for (const step of STEPS) {
    if (whole < step.size) continue;
    const rest = Math.floor((whole % step.size) / step.lesser);
    const head = `${Math.floor(whole / step.size)} ${word(step.en, step.zh)}`;
    return rest === 0 ? head : `${head} ${rest} ${word(step.lesserEn, step.lesserZh)}`;
  }
  return `${whole} ${word("s", "秒")}`;
}

/** One unit, never younger than the truth; null when it is less than a second ago. */
export function formatAge(seconds: number, language: Language): string | null {
  if (seconds < 1) return null;
  for (const step of STEPS) {
    if (seconds >= step.size)
      return `${Math.floor(seconds / step.size)} ${language === "zh" ? unitZh(step) : step.en}`;
  }
  return `${Math.floor(seconds)} ${language === "zh" ? "秒" : "s"}`;
}

/** Minutes alone are 分钟, minutes and seconds 分 … 秒. */
function unitZh(step: (typeof STEPS)[number]): string {
  return step.size === 60 ? "分钟" : step.zh;
}

interface InstantStyle {
  language: Language;
  zone: Zone;
  now: number;
}

/** `11-22 12:03:11`; with the year when it is not this one. */
export function formatInstant(iso: string, { zone, now }: InstantStyle): string {
  const parts = partsOf(new Date(iso), zone);
  const year = partsOf(new Date(now), zone).year === parts.year ? "" : `${parts.year}-`;
  return `${year}${parts.month}-${parts.day} ${parts.hour}:${parts.minute}:${parts.second}`;
}

/** Time of day with milliseconds, for lines that follow each other closely. */
export function formatClock(iso: string, zone: Zone): string {
  const at = new Date(iso);
  const { hour, minute, second } = partsOf(at, zone);
  return `${hour}:${minute}:${second}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

const FORMATS: Record<Zone, Intl.DateTimeFormat> = {
  local: makeFormat(undefined),
  utc: makeFormat("UTC"),
};

function makeFormat(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-GB", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    ...(timeZone === undefined ? {} : { timeZone }),
  });
}

function partsOf(
  at: Date,
  zone: Zone,
): Record<"year" | "month" | "day" | "hour" | "minute" | "second", string> {
  const found = { year: "", month: "", day: "", hour: "", minute: "", second: "" };
  for (const { type, value } of FORMATS[zone].formatToParts(at))
    if (type in found) found[type as "year"] = value;
  return found;
}

export const formatNumber = (value: number, language: Language): string =>
  new Intl.NumberFormat(LOCALES[language]).format(value);
