import type { components } from "./schema";

export type Problem = components["schemas"]["Problem"];

/** The server's refusal: RFC 9457, as it came. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly status: number;

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ProblemError";
    this.status = status;
    this.problem = problem;
  }
}

/** No answer at all, or one of something between here and the server: nothing is known. */
export class AwayError extends Error {
  constructor(cause: unknown) {
    super("no answer", { cause });
    this.name = "AwayError";
  }
}

export function hasCode(error: unknown, code: string): error is ProblemError {
  return error instanceof ProblemError && error.problem.code === code;
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "title" in body;
}

/** What a refusal's body means; one that is no problem came from a proxy, not from the server. */
export function toError(status: number, body: unknown): ProblemError | AwayError {
  return isProblem(body) ? new ProblemError(status, body) : new AwayError(status);
}
