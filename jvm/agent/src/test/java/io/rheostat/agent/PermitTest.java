package io.rheostat.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PermitTest {
    @TempDir Path account;
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private PermitStore store;

    @AfterEach
    void stop() {
        threads.shutdownNow();
        if (store != null) {
            store.close();
        }
    }

    private void permit(String... data) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < data.length; i += 2) {
            fields.put(data[i], data[i + 1]);
        }
        store = new PermitStore(account, fields);
    }

    private Permit permitOf(String incarnation) {
        return new Permit(store.api(), incarnation, Duration.ofMillis(20), log::add);
    }

    private String refusal(String incarnation) throws Exception {
        Map<String, Object> refusal = permitOf(incarnation).ask();
        return refusal == null ? null : (String) refusal.get("reason");
    }

    @Test
    void unusedIsClaimedByOneWriteThatKeepsTheRest() throws Exception {
        permit("policy", "hold", "ha", "false", "state", "unused", "later", "kept");
        assertNull(refusal("inc-a"));
        assertEquals(
                Map.of(
                        "policy", "hold", "ha", "false", "state", "claimed", "claimed-by", "inc-a",
                        "incarnations", "inc-a", "later", "kept"),
                store.data());
        assertEquals(Map.of("app", "rheostat"), store.metadata().get("labels"));
        assertEquals("3", store.metadata().get("generation").toString());
        assertEquals(
                List.of(
                        "GET /api/v1/namespaces/flink/configmaps/permit-1 Bearer cluster-token",
                        "PUT /api/v1/namespaces/flink/configmaps/permit-1 Bearer cluster-token"),
                store.requests);
    }

    @Test
    void claimedByThisOneGoesWithoutAWrite() throws Exception {
        permit("policy", "hold", "ha", "false", "state", "claimed", "claimed-by", "inc-a", "incarnations", "inc-a");
        assertNull(refusal("inc-a"));
        assertEquals(1, store.requests.size());
    }

    @ParameterizedTest
    @CsvSource({
        "resume_latest_proven,true,true",
        "resume_latest_proven,false,false",
        "resume_latest_proven,,false",
        "fail_and_alert,true,false",
        "hold,true,false",
        "hold,false,false",
        ",true,false",
        "RESUME_LATEST_PROVEN,true,false",
    })
    void claimedByAnotherGoesOnlyUnderHaWithTheResumingPolicy(String policy, String ha, boolean goes) throws Exception {
        permit(
                "policy", policy == null ? "" : policy, "ha", ha == null ? "" : ha,
                "state", "claimed", "claimed-by", "inc-a", "incarnations", "inc-a");
        String reason = refusal("inc-b");
        assertEquals(goes, reason == null, reason);
        assertEquals("inc-a", store.data().get("claimed-by"));
        assertEquals(goes ? "inc-a inc-b" : "inc-a", store.data().get("incarnations"));
        if (!goes) {
            assertTrue(reason.contains("inc-a"), reason);
        }
    }

    @ParameterizedTest
    @CsvSource({"resume_latest_proven,true", "resume_latest_proven,false", "hold,true", "fail_and_alert,false"})
    void endedRefusesEverybodyEvenItsOwn(String policy, String ha) throws Exception {
        permit("policy", policy, "ha", ha, "state", "ended", "claimed-by", "inc-a", "incarnations", "inc-a", "outcome", "{\"status\":\"FINISHED\"}");
        Map<String, Object> refusal = permitOf("inc-a").ask();
        assertEquals("the attempt has ended", refusal.get("reason"));
        assertEquals("{\"status\":\"FINISHED\"}", refusal.get("outcome"));
        assertEquals("inc-a", refusal.get("claimed_by"));
    }

    @Test
    void missingIsRevoked() throws Exception {
        permit("state", "unused");
        store.delete();
        assertEquals("the permit is revoked", refusal("inc-a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "UNUSED", "unused ", "revoked"})
    void aStateThatMeansNothingRefuses(String state) throws Exception {
        permit("policy", "resume_latest_proven", "ha", "true", "state", state);
        assertTrue(refusal("inc-a").contains("means nothing"));
        assertEquals(1, store.requests.size());
    }

    @Test
    void aConfigMapWithoutDataRefuses() throws Exception {
        permit();
        store.data();
        assertTrue(refusal("inc-a").contains("means nothing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"401", "403", "500", "503", "429", "302", "204", "garbage", "lose", "stall"})
    void notBeingAbleToLookIsWaitedOutAndSaidOnce(String fault) throws Exception {
        permit("policy", "hold", "ha", "false", "state", "unused");
        store.faults.addAll(List.of(fault, fault, fault));
        assertNull(refusal("inc-a"));
        assertEquals("inc-a", store.data().get("claimed-by"));
        assertEquals(1, log.size(), log.toString());
        assertTrue(log.get(0).startsWith("cannot look at the permit, so nothing runs: "), log.get(0));
        assertFalse(log.get(0).contains("cluster-token"));
    }

    @Test
    void aServerThatIsNotThereIsWaitedFor() throws Exception {
        permit("state", "unused");
        store.close();
        Future<Map<String, Object>> asking = threads.submit(permitOf("inc-a")::ask);
        assertThrows(TimeoutException.class, () -> asking.get(600, TimeUnit.MILLISECONDS));
        asking.cancel(true);
        assertEquals(1, log.size());
    }

    @Test
    void aServiceAccountThatComesLateIsWaitedFor() throws Exception {
        permit("state", "unused");
        Files.delete(account.resolve("token"));
        Future<Map<String, Object>> asking = threads.submit(permitOf("inc-a")::ask);
        assertThrows(TimeoutException.class, () -> asking.get(300, TimeUnit.MILLISECONDS));
        Files.writeString(account.resolve("token"), "new-token");
        assertNull(asking.get(10, TimeUnit.SECONDS));
        assertTrue(store.requests.get(store.requests.size() - 1).endsWith("Bearer new-token"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lose", "stall", "500"})
    void aLostAnswerToTheClaimIsHarmless(String fault) throws Exception {
        permit("policy", "hold", "ha", "false", "state", "unused");
        store.faults.addAll(List.of("let-through", fault));
        assertNull(refusal("inc-a"));
        assertEquals("inc-a", store.data().get("claimed-by"));
        assertEquals("inc-a", store.data().get("incarnations"));
    }

    @Test
    void aLostAnswerUnderHaIsHarmlessToo() throws Exception {
        permit("policy", "resume_latest_proven", "ha", "true", "state", "claimed", "claimed-by", "inc-a", "incarnations", "inc-a");
        store.faults.addAll(List.of("let-through", "lose"));
        assertNull(refusal("inc-b"));
        assertEquals("inc-a inc-b", store.data().get("incarnations"));
    }

    @Test
    void aConflictMeansToReadAgain() throws Exception {
        permit("policy", "hold", "ha", "false", "state", "unused");
        store.faults.addAll(List.of("let-through", "409", "let-through", "409"));
        assertNull(refusal("inc-a"));
        assertEquals(6, store.requests.size());
        assertEquals(List.of(), log);
    }

    @Test
    void aPermitThatIsRevokedUnderTheClaimRefuses() throws Exception {
        permit("policy", "hold", "ha", "false", "state", "unused");
        store.faults.addAll(List.of("let-through", "404", "404"));
        assertEquals("the permit is revoked", refusal("inc-a"));
    }

    @Test
    void ofManyClaimersExactlyOneGoes() throws Exception {
        for (int round = 0; round < 5; round++) {
            permit("policy", "resume_latest_proven", "ha", "false", "state", "unused");
            for (int i = 0; i < 10; i++) {
                store.faults.add(i % 3 == 0 ? "lose" : i % 3 == 1 ? "let-through" : "503");
            }
            List<Future<String>> claims = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                String incarnation = "inc-" + i;
                claims.add(threads.submit(() -> refusal(incarnation)));
            }
            int gone = 0;
            for (int i = 0; i < claims.size(); i++) {
                if (claims.get(i).get() == null) {
                    gone++;
                    assertEquals("inc-" + i, store.data().get("claimed-by"));
                }
            }
            assertEquals(1, gone);
            store.close();
        }
    }

    @Test
    void underHaAllGoAndAllAreWrittenDown() throws Exception {
        permit("policy", "resume_latest_proven", "ha", "true", "state", "unused");
        List<Future<String>> claims = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String incarnation = "inc-" + i;
            claims.add(threads.submit(() -> refusal(incarnation)));
        }
        for (Future<String> claim : claims) {
            assertNull(claim.get());
        }
        List<String> all = new ArrayList<>(List.of(store.data().get("incarnations").split(" ")));
        assertEquals(store.data().get("claimed-by"), all.get(0));
        Collections.sort(all);
        assertEquals(List.of("inc-0", "inc-1", "inc-2", "inc-3", "inc-4", "inc-5", "inc-6", "inc-7"), all);
    }

    @Test
    void onlyTheNewestIncarnationsAreKept() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            many.append("old-").append(i).append(' ');
        }
        permit("policy", "resume_latest_proven", "ha", "true", "state", "claimed", "claimed-by", "old-0", "incarnations", many.toString());
        assertNull(refusal("inc-b"));
        String[] kept = store.data().get("incarnations").split(" ");
        assertEquals(500, kept.length);
        assertEquals("old-1", kept[0]);
        assertEquals("inc-b", kept[499]);
    }

    @Test
    void anOutcomeEndsThePermitOnceAndIsTheTerminationMessage() throws Exception {
        permit("policy", "resume_latest_proven", "ha", "true", "state", "claimed", "claimed-by", "inc-a", "incarnations", "inc-a");
        store.faults.addAll(List.of("503", "let-through", "409", "let-through", "lose"));
        Path message = Files.writeString(account.resolve("termination-log"), "");
        Map<String, String> environment = new LinkedHashMap<>(store.environment());
        environment.put("RHEOSTAT_TERMINATION_MESSAGE", message.toString());
        new PodOutcome(environment).accept("{\"status\":\"FAILED\"}");
        new PodOutcome(store.environment()).accept("{\"status\":\"CANCELED\"}");
        assertEquals("ended", store.data().get("state"));
        assertEquals("{\"status\":\"FAILED\"}", store.data().get("outcome"));
        assertEquals("{\"status\":\"FAILED\"}", Files.readString(message));
        assertEquals("the attempt has ended", refusal("inc-b"));
    }

    @Test
    void anOutcomeOfARevokedAttemptIsLetGo() throws Exception {
        permit("state", "claimed");
        store.delete();
        new PodOutcome(store.environment()).accept("{}");
        new PodOutcome(Map.of()).accept("{}");
        assertEquals(1, store.requests.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../secrets/x", "A", "a/b"})
    void aNameThatIsNoneIsRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> new ClusterApi(Map.of("RHEOSTAT_PERMIT", name), Duration.ofSeconds(1)));
    }

    @Test
    void theOneThatGoesSaysItsIncarnation() throws Exception {
        permit("policy", "hold", "ha", "false", "state", "unused");
        ProcessBuilder start =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp", Path.of(Permit.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString(),
                        Permit.class.getName());
        start.environment().putAll(store.environment());
        start.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = start.start();
        String said = new String(process.getInputStream().readAllBytes()).trim();
        assertEquals(0, process.waitFor());
        assertNotNull(said);
        assertTrue(said.matches("[0-9a-f]{32}"), said);
        assertEquals(said, store.data().get("claimed-by"));

        Process second = start.start();
        assertFalse(second.waitFor(2, TimeUnit.SECONDS), "a refused one is parked");
        second.destroyForcibly().waitFor();
    }
}
