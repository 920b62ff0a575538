package io.rheostat.agent;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@link Post} over HTTP, with the run folder's bearer token. */
final class HttpPost implements Post {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

    private final RunFolder folder;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .build();
    private String lastTrouble = "";

    HttpPost(RunFolder folder) {
        this.folder = folder;
    }

    @Override
    public Answer deliver(List<String> events) {
        try {
            RunFolder.Target target = folder.target();
            Map<String, Object> envelope = new LinkedHashMap<>();
            envelope.put("attempt", target.attempt);
            envelope.put("incarnation", folder.incarnation());
            String head = Json.object(envelope);
            String body = head.substring(0, head.length() - 1) + ",\"events\":[" + String.join(",", events) + "]}";
            HttpRequest request =
                    HttpRequest.newBuilder(target.uri)
                            .timeout(REQUEST_TIMEOUT)
                            .header("Authorization", "Bearer " + target.token)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            return judge(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
        } catch (IOException | IllegalArgumentException trouble) {
            // The message may quote a header's value, so only the kind is said.
            return trouble("cannot deliver: " + trouble.getClass().getSimpleName(), Answer.UNAVAILABLE);
        } catch (InterruptedException interrupted) {
            return Answer.UNAVAILABLE;
        }
    }

    private Answer judge(int status) {
        if (status == 200) {
            lastTrouble = "";
            return Answer.ACKNOWLEDGED;
        }
        if (status == 410) {
            return trouble("the control plane is done with this attempt; no more reports", Answer.GONE);
        }
        return trouble("the control plane answered " + status, status >= 500 ? Answer.UNAVAILABLE : Answer.REFUSED);
    }

    /** Says each trouble once, not once a try. */
    private Answer trouble(String text, Answer answer) {
        if (!text.equals(lastTrouble)) {
            lastTrouble = text;
            Notice.say(text);
        }
        return answer;
    }
}
