package io.rheostat.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import demo.Programs;
import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class JarRunnerTest {
    @TempDir Path folder;
    private final List<Map<String, Object>> events = Collections.synchronizedList(new ArrayList<>());
    private final FakeFlink flink = new FakeFlink();
    private Thread main;

    @BeforeEach
    void prepare() throws ReflectiveOperationException {
        flink.install();
        Programs.called = "";
        Programs.wentOn = false;
    }

    @AfterEach
    void stop() throws InterruptedException, ReflectiveOperationException {
        main.interrupt();
        main.join(5_000);
        FakeFlink.remove();
        assertFalse(main.isAlive(), "ends when it is told to");
    }

    /** Runs the program until main has returned, or the outcome is there. */
    private void run(String properties) throws Exception {
        Path file = Files.writeString(folder.resolve("main.properties"), properties);
        main = new Thread(() -> JarRunner.start(new Launch(events::add), new String[] {file.toString()}), "runner");
        main.start();
        while (main.isAlive() && events.stream().noneMatch(event -> event.get("kind").equals("outcome"))) {
            Thread.sleep(10);
        }
    }

    private void run(Class<?> program) throws Exception {
        run("jar=/usrlib/my.jar\nmain=" + program.getName() + "\n");
    }

    private List<Object> kinds() {
        return List.copyOf(events).stream().map(event -> event.get("kind")).collect(Collectors.toList());
    }

    private void assertFailed(String code, String words) throws InterruptedException {
        Map<String, Object> outcome = events.get(events.size() - 1);
        assertEquals("outcome", outcome.get("kind"));
        assertEquals(code, outcome.get("code"));
        assertEquals("FAILED", outcome.get("status"));
        assertTrue(outcome.get("message").toString().contains(words), outcome.toString());
        assertEquals("failed", events.get(events.size() - 2).get("kind"));
        assertEquals("hold", events.get(events.size() - 3).get("kind"));
        Thread.sleep(50);
        assertTrue(main.isAlive(), "the runner parks");
    }

    @Test
    void aProgramBecomesAJob() throws Exception {
        run("jar=/usrlib/my.jar\nmain=demo.Programs$Executes\narg.0=--in\narg.1=a b\narg.2=\narg.4=lost\n");
        main.join();
        assertEquals("--in|a b| runner", Programs.called);
        assertTrue(Programs.wentOn, "execute returns while the job runs");
        assertEquals(List.of("hello", "submitted"), kinds());
        assertEquals(flink.id.toString(), events.get(1).get("job_id"));
        assertEquals(JobStatus.RUNNING, flink.status);
    }

    @Test
    void anAsynchronousProgramTakesItsMainClassFromTheManifest() throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "demo.Programs$ExecutesAsync");
        Path jar = folder.resolve("my.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        run("jar=" + jar + "\n");
        main.join();
        assertEquals(List.of("hello", "submitted"), kinds());
    }

    @Test
    void aSecondJobIsNeverSubmittedAndTheFirstIsCancelled() throws Exception {
        run(Programs.ExecutesTwice.class);
        assertFailed("second_execute", "split the program into two jobs");
        assertEquals(1, flink.submissions.get());
        assertEquals(JobStatus.CANCELED, flink.status);
        assertEquals(flink.id.toString(), events.get(events.size() - 1).get("job_id"));
        assertFalse(Programs.wentOn);
        assertEquals("", Programs.called);
    }

    @Test
    void noJob() throws Exception {
        run(Programs.DoesNothing.class);
        assertFailed("no_job", "without submitting a job");
    }

    @Test
    void mainThrows() throws Exception {
        run(Programs.Throws.class);
        assertFailed("main_threw", "before it submitted a job: --input is missing.");
        String cause = events.get(events.size() - 1).get("cause").toString();
        assertTrue(cause.contains("at ") && cause.contains("demo.Programs$Throws.main(Programs.java:"), cause);
    }

    @Test
    void mainThrowsWhileItsJobRuns() throws Exception {
        run(Programs.ThrowsAfterwards.class);
        assertFailed("main_threw", "which was cancelled: no metrics.");
        assertEquals(JobStatus.CANCELED, flink.status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FINISHED", "FAILED", "CANCELED", "SUSPENDED"})
    void whatMainThrowsAfterItsJobHasEndedIsNoNews(JobStatus status) throws Exception {
        flink.status = status;
        run(Programs.ThrowsAfterwards.class);
        main.join();
        List<Object> expected = status == JobStatus.CANCELED ? List.of("hello", "submitted", "outcome") : List.of("hello", "submitted");
        assertEquals(expected, kinds());
        assertEquals(status, flink.status);
    }

    @Test
    void whatMainThrowsWhenNobodyKnowsItsJobIsNoNews() throws Exception {
        flink.trouble = new IllegalStateException("no leader");
        run(Programs.ThrowsAfterwards.class);
        main.join();
        assertEquals(List.of("hello", "submitted"), kinds());
    }

    @Test
    void beingToldToEndIsNoFault() throws Exception {
        run(Programs.IsInterrupted.class);
        main.join();
        assertEquals(List.of("hello", "submitted"), kinds());
        assertEquals(JobStatus.RUNNING, flink.status);
    }

    @Test
    void aJobThatFlinkRefuses() throws Exception {
        flink.refusal = new IllegalStateException("no slots for you");
        run(Programs.Executes.class);
        assertFailed("submit_failed", "Flink refused the job: no slots for you.");
        assertFalse(Programs.wentOn);
    }

    @Test
    void aFileThatAJobMissesIsNoRestore() throws Exception {
        flink.refusal = new FileNotFoundException("x");
        run(Programs.Executes.class);
        assertFailed("submit_failed", "x");
    }

    @Test
    void aMissingClass() throws Exception {
        run(Programs.MissesAClass.class);
        assertFailed("missing_class", "The class demo.Absent is not on the classpath");
    }

    @Test
    void aMissingMainClass() throws Exception {
        run("jar=/usrlib/my.jar\nmain=demo.Nope\n");
        assertFailed("missing_class", "The main class demo.Nope is not in my.jar");
    }

    @Test
    void aMainThatIsNone() throws Exception {
        run(Programs.HasNoStaticMain.class);
        assertFailed("no_main", "public static void main(String[])");
    }

    @Test
    void aMainOfAHiddenClass() throws Exception {
        run("jar=/usrlib/my.jar\nmain=demo.Programs$IsNotPublic\n");
        assertFailed("no_main", "is not public");
    }

    @Test
    void aManifestWithoutAMainClass() throws Exception {
        Path jar = folder.resolve("my.jar");
        JarOutputStream empty = new JarOutputStream(Files.newOutputStream(jar));
        empty.putNextEntry(new java.util.zip.ZipEntry("a"));
        empty.close();
        run("jar=" + jar + "\nmain=\n");
        assertFailed("no_main", "names no Main-Class");
    }

    @Test
    void aJarThatIsNone() throws Exception {
        run("jar=" + Files.writeString(folder.resolve("my.jar"), "hello") + "\n");
        assertFailed("no_main", "my.jar cannot be read as a JAR");
    }

    @Test
    void propertiesWithoutAJar() throws Exception {
        run("main=demo.Programs$Executes\n");
        assertFailed("runner_failed", "names no jar");
    }

    @Test
    void exitIsIntercepted() throws Exception {
        run(Programs.Exits.class);
        assertFailed("exited", "System.exit(7) at ");
        assertTrue(events.get(events.size() - 1).get("message").toString().contains("demo.Programs$Exits.main(Programs.java:"));
        assertNull(System.getSecurityManager());
    }

    @Test
    void exitAfterTheJobIsSubmittedIsTheEndOfMain() throws Exception {
        run(Programs.ExitsAfterwards.class);
        main.join();
        assertEquals(List.of("hello", "submitted"), kinds());
        assertEquals(JobStatus.RUNNING, flink.status);
    }

    @Test
    void anExitThatIsSwallowedIsStillTold() throws Exception {
        run(Programs.SwallowsItsExit.class);
        assertFailed("exited", "System.exit(1)");
    }
}
