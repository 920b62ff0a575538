import { fill, type Language, type PlainKey, type Translate } from "./t";
import { reasons } from "./zh/reasons";

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
  if (told.code === "phase_changed") return tellPhase(told, t);
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
  source: { pushed: "主动上报", asked: "REST 查询", watched: "进程表" },
};

function wordOf(name: string, value: string): string {
  return WORDS[name]?.[value] ?? value;
}

/** The event carries the reason's code, not its facts: a sentence that needs them stays in English. */
function tellPhase(told: Told, t: Translate): string {
  const { before, after, reason, text } = told.fields;
  if (!isPhase(before) || !isPhase(after)) return told.text;
  const known = typeof reason === "string" ? reasons[reason] : undefined;
  const why = known === undefined || known.includes("{") ? String(text ?? "") : known;
  return `${t(`phase.${before}` as PlainKey)} → ${t(`phase.${after}` as PlainKey)}：${why}`;
}

/** English sentences that come without a code, as plans have them, each with its Chinese. */
const PLAIN: [RegExp, string][] = [
  [/^start version (\d+) without state: (.*)$/, "无状态启动版本 $1：{$2}"],
  [/^start version (\d+) from savepoint (\S+): (.*)$/, "从保存点 $2 启动版本 $1：{$3}"],
  [/^start version (\d+) from checkpoint (\S+): (.*)$/, "从检查点 $2 启动版本 $1：{$3}"],
  [/^launch a JobManager and its TaskManagers of Flink (\S+)$/, "启动 Flink $1 的 JobManager 和 TaskManager"],
  [/^stop run (\d+) with a savepoint, and prove it$/, "带保存点停止运行 $1，并验证保存点"],
  [
    /^make a savepoint of run (\d+), and prove it; the job runs on$/,
    "为运行 $1 生成保存点并验证，作业继续运行",
  ],
  [/^start version (\d+) from that savepoint$/, "从该保存点启动版本 $1"],
  [/^start version (\d+) without state$/, "无状态启动版本 $1"],
  [/^this goes back: version (\d+) runs now$/, "这是回滚：当前运行的是版本 $1"],
  [/^the SQL differs$/, "SQL 有变化"],
  [/^(\S+): not set → (.*)$/, "$1：未设置 → $2"],
  [/^(\S+): (.*) → not set$/, "$1：$2 → 未设置"],
  [/^guard (\S+) → (\S+)$/, "保护策略 $1 → $2"],
  [
    /^remove (\S+) from the lists, with (\d+) versions? and (\d+) runs?$/,
    "从列表中移除 $1，含 $2 个版本和 $3 次运行",
  ],
  [/^leave its (\d+) snapshots? on disk$/, "其 $1 个快照保留在磁盘上"],
  [/^this cannot be undone by command$/, "此操作无法用命令撤销"],
  [/^the savepoint of run (\d+), as (.*) chose$/, "运行 $1 的保存点，由 $2 选定"],
  [/^cancel run (\d+)$/, "取消运行 $1"],
  [/^end its JobManager and TaskManagers; keep their logs$/, "结束其 JobManager 和 TaskManager，保留日志"],
  [/^the draft has changes that this version does not have$/, "草稿中有此版本没有的更改"],
  [/^a batch job has no savepoints: to stop it is to cancel it$/, "批作业没有保存点：停止即取消"],
  [
    /^no savepoint is made; what came after the last checkpoint is read again$/,
    "不会生成保存点，上一个检查点之后的数据将重读",
  ],
  [/^started without state, as (.*) chose$/, "按 $1 的选择无状态启动"],
  [/^chosen by (.*)$/, "由 $1 选定"],
  [/^there is no snapshot to start from yet$/, "还没有可用的快照"],
  [/^the newest proven snapshot of this job$/, "这个作业最新的已验证快照"],
  [/^the newest proven snapshot since the branch began$/, "本分支开始以来最新的已验证快照"],
  [
    /^no snapshot was made since the branch began, so its base again$/,
    "本分支开始以来没有新快照，因此仍用起始恢复点",
  ],
  [
    /^the last run finished its input, so this one starts without state$/,
    "上次运行已读完全部输入，因此本次无状态启动",
  ],
];

/** A sentence of the server in the reader's language; one that is not known stays as it came. */
export function tellSentence(text: string, language: Language): string {
  if (language === "en") return text;
  for (const [pattern, chinese] of PLAIN) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const filled = chinese.replace(/\$(\d)/g, (_, index: string) => match[Number(index)] ?? "");
    return filled.replace(/\{(.*)\}$/, (_, inner: string) => tellSentence(inner, language));
  }
  return text;
}
