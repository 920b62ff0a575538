import { catalogueOf, type Language } from "./catalogue";
import { fill, type PlainKey, type Translate } from "./t";

interface Told {
  code: string;
  text: string;
  fields: Record<string, unknown>;
}

function isPhase(word: unknown): word is string {
  return typeof word === "string";
}

/** The server's sentence in the reader's language: by its code, else as the server wrote it. */
export function tell(told: Told, language: Language, t: Translate): string {
  if (language === "en") return told.text;
  const { reasons } = catalogueOf(language);
  if (told.code === "phase_changed") return tellPhase(told, reasons, t);
  const text = reasons[told.code];
  if (text === undefined) return told.text;
  const values = Object.entries(told.fields).map(
    ([name, value]) => [name, wordOf(name, String(value))] as const,
  );
  return fill(text, Object.fromEntries(values), language);
}

/** Facts that are words of ours, not names or messages. */
const WORDS: Record<string, Record<string, string>> = {
  kind: { savepoint: "保存点", checkpoint: "检查点" },
  intent: { stop: "停止", cancel: "取消", savepoint: "保存点", restart: "重启" },
  format: { canonical: "标准格式", native: "原生格式" },
  from: { savepoint: "保存点", newest: "最新的已验证快照", empty: "空状态" },
  source: { pushed: "主动上报", asked: "REST 查询", watched: "进程表" },
};

function wordOf(name: string, value: string): string {
  return WORDS[name]?.[value] ?? value;
}

/** The event carries the reason's code, not its facts: a sentence that needs them stays in English. */
function tellPhase(told: Told, reasons: Readonly<Record<string, string>>, t: Translate): string {
  const { before, after, reason, text } = told.fields;
  if (!isPhase(before) || !isPhase(after)) return told.text;
  const known = typeof reason === "string" ? reasons[reason] : undefined;
  const why = known === undefined || known.includes("{") ? String(text ?? "") : known;
  return `${t(`phase.${before}` as PlainKey)} → ${t(`phase.${after}` as PlainKey)}：${why}`;
}
