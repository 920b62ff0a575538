/**
 * Signing in and out. The token goes to the server once and comes back as an HttpOnly cookie:
 * no script of this page, ours included, can read it again, and nothing of it is kept here.
 */
import { queryOptions } from "@tanstack/react-query";
import { api, take } from "./client";
import { noteSignedIn } from "./contact";
import { toError } from "./problem";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/me", { signal })),
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
});

export async function signIn(given: { token: string } | { code: string }): Promise<void> {
  await take(api.POST("/api/v1/session", { body: given }));
  noteSignedIn();
}

export async function signOut(): Promise<void> {
  const { response, error } = await api.DELETE("/api/v1/session");
  if (!response.ok) throw toError(response.status, error);
}
