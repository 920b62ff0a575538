/**
 * Signing in and out. The token goes to the server once and comes back as an HttpOnly cookie:
 * no script of this page, ours included, can read it again, and nothing of it is kept here.
 */
import { queryOptions } from "@tanstack/react-query";
import { api, REQUEST_HEADER, take } from "./client";
import { noteAnswer, noteSignedIn } from "./contact";
import { AwayError, toError } from "./problem";

const ROUTE = "/api/v1/session";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/me", { signal })),
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
});

async function send(method: "POST" | "DELETE", body?: { token: string } | { code: string }): Promise<void> {
  let response: Response;
  try {
    response = await fetch(ROUTE, {
      method,
      headers: { "Content-Type": "application/json", ...REQUEST_HEADER },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new AwayError(error);
  }
  if (!response.ok) throw toError(response.status, await response.json().catch(() => null));
  if (method === "POST") noteSignedIn();
  else noteAnswer(401);
}

export const signIn = (given: { token: string } | { code: string }): Promise<void> => send("POST", given);

export const signOut = (): Promise<void> => send("DELETE");
