/**
 * Chinese for the advice of `core/advice.py`, by the code of the reason, with the same commands. A code that
 * is missing here is shown in English, and a test names it.
 */
const START_NEWEST = "从最新快照重新启动：rheostat job start {job} -p {project}";
const LOGS = "查看 JobManager 的日志：rheostat job logs {job} -p {project}";
const EXCEPTIONS = "查看 Flink 抛出的异常：rheostat job exceptions {job} -p {project}";
const CHOOSE =
  "请自行选择：先执行 rheostat snapshot list {job} -p {project}，再执行 rheostat job cancel {job} -p {project}" +
  " 和 rheostat job start {job} -p {project} --from SNAPSHOT";
const CANCEL_START =
  "先取消，再从最新快照启动：rheostat job cancel {job} -p {project}，" +
  "rheostat job start {job} -p {project}";
const EDIT =
  "修改草稿，发布，然后启动：rheostat job edit {job} -p {project}，" +
  "rheostat job publish {job} -p {project}，rheostat job start {job} -p {project}";

export const advice: Record<string, string> = {
  no_room: "停止一个运行，或提高服务器同时进行的运行数上限；有空位后会自动继续",
  launch_failed: "解决消息中指出的问题，然后重新启动",
  engine_missing: "在服务器所在机器上安装引擎：rheostat engine install；然后重新启动",
  no_process_came: "查看服务器的日志：可能有端口或文件被占用",
  no_job_submitted:
    "程序还没有提交作业：请查看事件中的线程转储（rheostat job events {job} -p {project}）；一旦提交，运行会自动继续",
  tasks_never_ran: `通常是 Slot 不足：请比较并行度与 Slot、TaskManager 的数量；${LOGS}。所有任务都得到 Slot 后会自动继续`,
  restore_not_proven: CHOOSE,
  nothing_proven: CHOOSE,
  rewind_too_large: `重读这么多数据，结果可能重复写入。${CHOOSE}`,
  version_does_not_fit:
    "快照完好，但这个版本与它不匹配：请启动生成它的版本，或允许丢弃一部分状态数据（--allow-dropped）",
  restore_failed: CHOOSE,
  too_many_losses: `${LOGS}；进程被外部终止，或一启动就结束。然后${CANCEL_START}`,
  guard_held: `查明丢失的原因，然后${CANCEL_START}`,
  guard_failed: `查明丢失的原因，然后${START_NEWEST}`,
  no_checkpointing:
    "没有保留任何可以接着运行的内容：请取消后无状态启动，或开启检查点；如果每次都可以从头开始，请将作业声明为无状态",
  batch_ended_unseen:
    "检查结果是否完整；如不完整，请取消后重新启动。作业对这种情况的策略可以是 hold、rerun 或 fail",
  unknown_outcome: "检查结果是否完整；如不完整，请重新启动",
  probably_finished: "输入可能已读完：先检查结果，再取消，或从某个快照重新启动",
  stop_interrupted: CANCEL_START,
  stop_unproven: `这个保存点已损坏，更早的快照没有问题。${CHOOSE}`,
  stop_waited_in_vain: `只有取消才能结束它，最新的检查点会保留。${CANCEL_START}`,
  stop_failed: "作业继续运行，没有任何丢失；解决消息中指出的问题，然后再次停止",
  stop_waits_unseen: "请等待，或取消：取消不需要 JobManager 应答",
  engine_will_not_end: "查看服务器所在机器上的引擎进程；它们结束之前不会启动其他任何进程",
  records_contradict: "查看事件（rheostat job events {job} -p {project}），并报告这个问题",
  job_manager_silent: "作业可能是健康的：请查看进程和网络。仅仅没有应答，不会触发任何重启",
  no_look_succeeded: "无法查询作业所在的环境：请查看服务器自己的日志",
  sources_disagree: "比较各项依据：以更谨慎的答案为准",
  taskmanager_lost: `无需处理：正在启动新的 TaskManager；如果再次丢失，请${LOGS}`,
  job_restarting: EXCEPTIONS,
  tasks_not_running: `${EXCEPTIONS}；Slot 不足时也会如此`,
  parallelism_lower: "缺少 TaskManager，或机器没有更多空间；作业本身正常",
  no_checkpoint: `检查是否有反压，以及检查点存储是否缓慢或无法访问；${EXCEPTIONS}`,
  no_checkpoint_since_start: `连接器比状态数据旧时会如此，存储已满时也会如此；${EXCEPTIONS}`,
  code_overrides: "程序在代码中设置了这个键；它由 Rheostat 管理，请从代码中去掉",
  run_failed: `${EXCEPTIONS}；然后${START_NEWEST}`,
  sql_invalid: EDIT,
  sql_refused: EDIT,
  reserved_key: EDIT,
  missing_class: `将连接器的 JAR 加入引擎，或改正名称；然后${EDIT}`,
  submit_failed: LOGS,
  no_job: `脚本或程序必须包含一条 INSERT，或执行一个作业；然后${EDIT}`,
  main_threw: "修正程序，重新上传，发布，然后启动",
  no_main: "指定主类（--main），或使用 JAR 清单中的主类；然后发布并启动",
  second_execute: "一个程序只能执行一个作业：请拆分成两个作业",
  exited: "程序不得结束 JVM：请去掉 System.exit",
  runner_failed: LOGS,
  artifact_gone: "重新上传 JAR（内容相同的文件视为同一个 JAR），然后启动",
};
