/**
 * What Rheostat runs inside a Flink JobManager, and what it says: the reference for the other side.
 *
 * <p>Doors: {@link io.rheostat.agent.SqlRunner} and {@link io.rheostat.agent.JarRunner} are the main classes of SQL and
 * JAR jobs; {@link io.rheostat.agent.StatusListenerFactory} is named in {@code execution.job-status-changed-listeners}
 * on Flink 2.x only; {@link io.rheostat.agent.Permit} runs before Flink on Kubernetes. One JAR fits Flink 1.20 to 2.3,
 * decided at run time: without Flink's listener interface a {@link io.rheostat.agent.StatusPoller} asks instead, never
 * both. Nothing here throws into Flink, and nothing links against the planner.
 *
 * <h2>Environment</h2>
 *
 * <ul>
 *   <li>{@code RHEOSTAT_RUN_DIR}: the run folder; without it nothing is reported
 *   <li>{@code RHEOSTAT_INCARNATION}: random id of this start of the JVM
 *   <li>{@code RHEOSTAT_PERMIT}: name of the permit's ConfigMap, in the pod's namespace; Kubernetes only
 *   <li>{@code RHEOSTAT_TERMINATION_MESSAGE}: a file that takes the outcome too; Kubernetes only
 *   <li>{@code RHEOSTAT_API}, {@code RHEOSTAT_SERVICE_ACCOUNT}: for tests, see {@link io.rheostat.agent.ClusterApi}
 * </ul>
 *
 * <h2>Files of the run folder</h2>
 *
 * <ul>
 *   <li>{@code agent.properties}: {@code attempt} and {@code endpoint}, or {@code endpoint.file} with the URL in it
 *   <li>{@code token}: the bearer token
 *   <li>{@code reserved.keys}: keys that a script may not set, one a line, a trailing {@code *} for a prefix
 *   <li>{@code main.properties}, JAR jobs: {@code jar}, {@code main}, {@code arg.0} …, see {@link io.rheostat.agent.JarProgram}
 *   <li>{@code outcome.json}, written here: the last word, once, at most 3,500 bytes; {@code attempt}, {@code
 *       incarnation}, {@code at} and the fields of the event {@code outcome}
 * </ul>
 *
 * <h2>Events</h2>
 *
 * <p>POST {@code <endpoint>/ingest/v1/events} of {@code {attempt, incarnation, events: [{seq, at, kind, …}]}}; 200
 * acknowledges, 410 silences for ever, everything else is tried again. {@code dropped} counts status events that were
 * lost before one. Fields without a value are left out. After the hello, an outbox that has nothing to say posts no
 * events every {@code beat_ms}: a sign of life.
 *
 * <ul>
 *   <li>{@code hello}: {@code pid}, {@code flink_version}, {@code java_version}, {@code rest_port}, {@code job_id},
 *       {@code beat_ms}
 *   <li>{@code compiled}, SQL jobs: {@code statements}, {@code inserts}, {@code ms}
 *   <li>{@code waiting}, once, when nothing was submitted for two minutes: {@code ms}, {@code thread_dump} of at most
 *       16 KiB, the main thread first
 *   <li>{@code submitted}: {@code job_id}, {@code ms}
 *   <li>{@code status}: {@code job_id}, {@code old}, {@code new}, {@code cause}. On 1.20 changes within half a second
 *       may be missing between two of them, and there is a cause at FAILED only. SUSPENDED is no end of a job
 *   <li>{@code failed}: {@code code}, {@code message}, {@code cause}, for SQL also {@code statement}, {@code line},
 *       {@code column}, {@code end_line}, {@code end_column}; always before its outcome
 *   <li>{@code outcome}, at most once: {@code status} FINISHED, CANCELED or FAILED, {@code job_id}, {@code cause}, and
 *       after {@code failed} its {@code code}, {@code message}, {@code statement}, {@code line}, {@code column}
 *   <li>{@code refused}, from {@link io.rheostat.agent.Permit} alone: {@code reason}, {@code state}, {@code policy},
 *       {@code ha}, {@code claimed_by}, {@code outcome}
 *   <li>{@code bye}: the JVM ends
 * </ul>
 *
 * <h2>Codes</h2>
 *
 * <p>{@link io.rheostat.agent.FailureCode} in lower case. After each of them the job, if there was one, is cancelled,
 * and the JobManager stays until it is ended; only {@code exited} may come from a JVM that is ending, where System.exit
 * cannot be stopped (see {@link io.rheostat.agent.ExitGuard}), and then without the event {@code failed}.
 *
 * <h2>Rules for JAR programs</h2>
 *
 * <p>One program is one job, through DataStream or Table API: {@code execute} always returns at once, and a second one
 * never reaches Flink. What main throws counts while its job runs or when it has none; System.exit after the job was
 * submitted is the end of main. The DataSet API of 1.20 and DataStream V2 are not seen: {@code no_job}.
 *
 * <h2>Permit</h2>
 *
 * <p>{@link io.rheostat.agent.PermitRecord} lists the keys and answers. An outcome makes it {@code ended}, before it is
 * reported.
 */
package io.rheostat.agent;
