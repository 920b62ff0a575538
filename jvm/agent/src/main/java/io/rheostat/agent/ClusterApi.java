package io.rheostat.agent;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * One ConfigMap, through the Kubernetes API as a pod sees it.
 *
 * <p>Environment: {@code KUBERNETES_SERVICE_HOST}, {@code KUBERNETES_SERVICE_PORT}; {@code RHEOSTAT_PERMIT}, the
 * ConfigMap's name; for tests {@code RHEOSTAT_API}, a base URL in the place of host and port, and {@code
 * RHEOSTAT_SERVICE_ACCOUNT}, a folder with {@code token}, {@code namespace} and {@code ca.crt}.
 */
final class ClusterApi {
    private static final String SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    private final Path account;
    private final String base;
    private final String name;
    private final Duration patience;
    private HttpClient client;

    ClusterApi(Map<String, String> environment, Duration patience) {
        this.account = Path.of(environment.getOrDefault("RHEOSTAT_SERVICE_ACCOUNT", SERVICE_ACCOUNT));
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        this.base = environment.getOrDefault("RHEOSTAT_API", "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
        this.name = environment.getOrDefault("RHEOSTAT_PERMIT", "");
        this.patience = patience;
        if (!name.matches("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")) {
            throw new IllegalArgumentException("RHEOSTAT_PERMIT does not name a ConfigMap");
        }
    }

    /** The answer could not be had, or was none: nothing is known about the ConfigMap, also not whether a write took place. */
    static final class Unseen extends Exception {
        private static final long serialVersionUID = 1L;

        Unseen(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * The ConfigMap as it is now; null when there is none.
     *
     * <p>Without a resourceVersion the API server answers with the latest, not with what it has cached.
     */
    PermitRecord read() throws Unseen, InterruptedException {
        HttpResponse<String> answer = send("GET", HttpRequest.BodyPublishers.noBody());
        if (answer.statusCode() == 404) {
            return null;
        }
        if (answer.statusCode() != 200) {
            throw new Unseen("the Kubernetes API answered " + answer.statusCode(), null);
        }
        try {
            return PermitRecord.parse(answer.body());
        } catch (IllegalArgumentException malformed) {
            throw new Unseen("the Kubernetes API's answer is not understood", malformed);
        }
    }

    /**
     * Puts a record in the place of the one that it was made from.
     *
     * @return false when that one is not the latest any more, or is gone: read again
     */
    boolean replace(PermitRecord record) throws Unseen, InterruptedException {
        int status = send("PUT", HttpRequest.BodyPublishers.ofString(record.toJson())).statusCode();
        if (status == 409 || status == 404) {
            return false;
        }
        if (status != 200 && status != 201) {
            throw new Unseen("the Kubernetes API answered " + status + " to the update of the permit", null);
        }
        return true;
    }

    private HttpResponse<String> send(String method, HttpRequest.BodyPublisher body) throws Unseen, InterruptedException {
        CompletableFuture<HttpResponse<String>> answer = null;
        try {
            // Both files are replaced while a pod runs, so they are read each time.
            String token = Files.readString(account.resolve("token")).trim();
            String namespace = Files.readString(account.resolve("namespace")).trim();
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(base + "/api/v1/namespaces/" + namespace + "/configmaps/" + name))
                            .timeout(patience)
                            .header("Authorization", "Bearer " + token)
                            .header("Accept", "application/json")
                            .header("Content-Type", "application/json")
                            .method(method, body)
                            .build();
            answer = client().sendAsync(request, HttpResponse.BodyHandlers.ofString());
            // The request's own limit does not count the body.
            return answer.get(patience.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            throw new Unseen("the Kubernetes API is not reached: " + failure.getCause().getClass().getSimpleName(), failure);
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw new Unseen("the Kubernetes API does not answer", late);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException failure) {
            // The message may quote the token.
            throw new Unseen("the service account is not usable: " + failure.getClass().getSimpleName(), failure);
        }
    }

    private HttpClient client() throws IOException, GeneralSecurityException {
        if (client == null) {
            HttpClient.Builder builder =
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .proxy(HttpClient.Builder.NO_PROXY)
                            .connectTimeout(CONNECT_TIMEOUT);
            if (base.startsWith("https:")) {
                builder.sslContext(trusting(account.resolve("ca.crt")));
            }
            client = builder.build();
        }
        return client;
    }

    private static SSLContext trusting(Path authorities) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream pem = new FileInputStream(authorities.toFile())) {
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
