/**
 * What Rheostat runs inside a Flink JobManager.
 *
 * <p>Two doors: {@link io.rheostat.agent.SqlRunner} is the main class of a SQL job, {@link
 * io.rheostat.agent.StatusListenerFactory} reports what becomes of it. Both speak through one
 * {@link io.rheostat.agent.Outbox} per JVM. Nothing here may throw into Flink, and nothing links
 * against the planner.
 */
package io.rheostat.agent;
