package io.rheostat.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One reading of a launch permit, and what it answers. Immutable; every change is a new record for {@link ClusterApi}
 * to put in the place of the one read.
 *
 * <p>It is a ConfigMap with these keys under {@code data}, all of them texts:
 *
 * <ul>
 *   <li>{@code policy}: {@code resume_latest_proven}, {@code fail_and_alert} or {@code hold}; written by the control
 *       plane, never changed here
 *   <li>{@code ha}: {@code true} when Kubernetes HA is on; likewise
 *   <li>{@code state}: {@code unused}, then {@code claimed}, then {@code ended}; absent is none of them
 *   <li>{@code claimed-by}: the incarnation that turned unused into claimed; never replaced
 *   <li>{@code incarnations}: all that were let go, oldest first, separated by blanks; the newest 500
 *   <li>{@code outcome}: the outcome as JSON, as in {@code outcome.json}; with {@code ended} only
 * </ul>
 */
final class PermitRecord {
    private static final String RESUME = "resume_latest_proven";
    private static final int KEPT_INCARNATIONS = 500;

    /** The whole object: what is not ours in it must survive a replacement. */
    private final Map<String, Object> object;

    private final Map<String, String> data;

    private PermitRecord(Map<String, Object> object, Map<String, String> data) {
        this.object = object;
        this.data = data;
    }

    /** What a permit says to one incarnation. */
    enum Answer {
        /** It may go once its claim is written. */
        CLAIM,
        /** It may go: it is written down already. */
        GO,
        /** It may not go, now or ever. */
        REFUSE
    }

    /**
     * Reads a ConfigMap.
     *
     * @throws IllegalArgumentException when the text is no JSON object
     */
    static PermitRecord parse(String json) {
        Map<String, Object> object = JsonReader.object(json);
        Map<String, String> data = new LinkedHashMap<>();
        if (object.get("data") instanceof Map) {
            ((Map<?, ?>) object.get("data")).forEach((key, value) -> data.put(String.valueOf(key), Objects.toString(value, "")));
        }
        return new PermitRecord(object, data);
    }

    String toJson() {
        Map<String, Object> whole = new LinkedHashMap<>(object);
        whole.put("data", data);
        return Json.object(whole);
    }

    /** The whole table: ended, unused, claimed by this one, claimed by another; anything else is refused. */
    Answer answer(String incarnation) {
        switch (value("state")) {
            case "unused":
                return Answer.CLAIM;
            case "claimed":
                return knows(incarnation) ? Answer.GO : takesOver() ? Answer.CLAIM : Answer.REFUSE;
            default:
                return Answer.REFUSE;
        }
    }

    /** Why the answer is to refuse, for a log line. */
    String refusal() {
        switch (value("state")) {
            case "ended":
                return "the attempt has ended";
            case "claimed":
                String why = takesOver() ? "" : !value("ha").equals("true") ? ", and HA is off" : ", and the policy is " + value("policy");
                return "another JobManager (" + value("claimed-by") + ") has claimed the attempt" + why;
            default:
                return "the permit's state is '" + Excerpt.of(value("state"), 40) + "', which means nothing";
        }
    }

    /** This permit, with the incarnation among those that were let go. */
    PermitRecord claimedBy(String incarnation) {
        Map<String, String> changed = new LinkedHashMap<>(data);
        if (value("state").equals("unused")) {
            changed.put("state", "claimed");
            changed.put("claimed-by", incarnation);
        }
        List<String> all = new ArrayList<>(incarnations());
        all.add(incarnation);
        changed.put("incarnations", String.join(" ", all.subList(Math.max(0, all.size() - KEPT_INCARNATIONS), all.size())));
        return new PermitRecord(object, changed);
    }

    boolean isEnded() {
        return value("state").equals("ended");
    }

    /** This permit, at its end: nothing is let go by it any more. */
    PermitRecord ended(String outcome) {
        Map<String, String> changed = new LinkedHashMap<>(data);
        changed.put("state", "ended");
        changed.put("outcome", outcome);
        return new PermitRecord(object, changed);
    }

    /** The value of a key, or empty. */
    String value(String key) {
        return data.getOrDefault(key, "");
    }

    private boolean knows(String incarnation) {
        return value("claimed-by").equals(incarnation) || incarnations().contains(incarnation);
    }

    private boolean takesOver() {
        return value("ha").equals("true") && value("policy").equals(RESUME);
    }

    private List<String> incarnations() {
        String all = value("incarnations").trim();
        return all.isEmpty() ? List.of() : List.of(all.split("\\s+"));
    }
}
