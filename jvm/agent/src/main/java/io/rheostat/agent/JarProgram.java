package io.rheostat.agent;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * The program to call, as {@code main.properties} names it.
 *
 * <p>Keys: {@code jar}, the path of the program's JAR, which is on the class path already; {@code main}, its main
 * class, empty or absent when the JAR's manifest names it; {@code arg.0}, {@code arg.1} and so on without a gap.
 */
final class JarProgram {
    private final Path jar;
    private final String named;
    private final List<String> arguments;

    private JarProgram(Path jar, String named, List<String> arguments) {
        this.jar = jar;
        this.named = named;
        this.arguments = arguments;
    }

    static JarProgram read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        String jar = properties.getProperty("jar", "");
        if (jar.isBlank()) {
            throw new IOException("main.properties names no jar");
        }
        List<String> arguments = new ArrayList<>();
        for (String value; (value = properties.getProperty("arg." + arguments.size())) != null; ) {
            arguments.add(value);
        }
        return new JarProgram(Path.of(jar), properties.getProperty("main", "").trim(), arguments);
    }

    String[] arguments() {
        return arguments.toArray(new String[0]);
    }

    /** The method to call; its class is loaded but not initialised. */
    Method main(ClassLoader loader) throws LaunchFault {
        String name = named.isEmpty() ? fromManifest() : named;
        try {
            Class<?> type = Class.forName(name, false, loader);
            Method main = type.getMethod("main", String[].class);
            boolean callable = Modifier.isStatic(main.getModifiers()) && Modifier.isPublic(type.getModifiers());
            if (!callable || main.getReturnType() != void.class) {
                throw noMain(name, null);
            }
            return main;
        } catch (ClassNotFoundException absent) {
            throw new LaunchFault(
                    FailureCode.MISSING_CLASS,
                    "The main class " + name + (named.isEmpty() ? ", which the manifest names," : "")
                            + " is not in " + jar.getFileName() + ". Correct the name.",
                    absent);
        } catch (NoSuchMethodException absent) {
            throw noMain(name, absent);
        } catch (LinkageError broken) {
            FlinkFailure read = new FlinkFailure(broken);
            throw read.isMissingClass()
                    ? new LaunchFault(FailureCode.MISSING_CLASS, read.message(FailureCode.MISSING_CLASS), broken)
                    : new LaunchFault(
                            FailureCode.MAIN_THREW, "The main class cannot be loaded: " + FlinkFailure.plain(broken), broken);
        }
    }

    private LaunchFault noMain(String name, Throwable cause) {
        return new LaunchFault(
                FailureCode.NO_MAIN,
                "The class " + name + " has no method public static void main(String[]), or is not public.",
                cause);
    }

    private String fromManifest() throws LaunchFault {
        String name;
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            name = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
        } catch (IOException unreadable) {
            throw new LaunchFault(FailureCode.NO_MAIN, jar.getFileName() + " cannot be read as a JAR.", unreadable);
        }
        if (name == null || name.isBlank()) {
            throw new LaunchFault(
                    FailureCode.NO_MAIN,
                    "The manifest of " + jar.getFileName() + " names no Main-Class. Name the main class in the job.",
                    null);
        }
        return name.trim();
    }
}
