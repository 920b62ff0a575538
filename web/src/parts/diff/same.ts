import type { ContentView } from "../../api/client";
import { changesOf } from "./changes";

/** Whether a draft and a version say the same; the order of keys says nothing. */
export function isSameContent(one: ContentView, other: ContentView): boolean {
  return one.sql === other.sql && changesOf(one, other).length === 0;
}
