package io.rheostat.agent;

import java.util.List;

/** Carries events to the control plane. */
interface Post {
    /** What became of one delivery. */
    enum Answer {
        /** Every event of the delivery is known there. */
        ACKNOWLEDGED,
        /** Nobody wants to hear of this attempt any more. */
        GONE,
        /** Reached, and turned away: trying soon again would not help. */
        REFUSED,
        /** Not reached, or the other side is in trouble. */
        UNAVAILABLE
    }

    /** Delivers events (JSON objects) in their order; repeating a delivery is harmless. Never throws an I/O error. */
    Answer deliver(List<String> events);
}
