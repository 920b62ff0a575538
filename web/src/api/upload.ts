/** Sending a JAR: named by its digest first, so that one which the server has is not sent again. */
import { type ArtifactView, api, REQUEST_HEADER, take } from "./client";
import { AwayError, hasCode, toError } from "./problem";

/** As much as the server takes. */
export const MOST_BYTES = 512 * 1024 * 1024;

export type UploadStep = { step: "hash" } | { step: "send"; sent: number; total: number };

/** Null where the browser does not hash: on a page that comes neither over https nor from this machine. */
async function digestOf(file: File): Promise<string | null> {
  if (crypto.subtle === undefined) return null;
  const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function findArtifact(project: string, digest: string): Promise<ArtifactView | null> {
  try {
    return await take(
      api.GET("/api/v1/projects/{project}/artifacts/{digest}", { params: { path: { project, digest } } }),
    );
  } catch (error) {
    if (hasCode(error, "not_found")) return null;
    throw error;
  }
}

export async function uploadJar(
  project: string,
  file: File,
  onStep: (step: UploadStep) => void,
): Promise<ArtifactView> {
  onStep({ step: "hash" });
  const digest = await digestOf(file);
  const known = digest === null ? null : await findArtifact(project, digest);
  if (known !== null) return known;
  return send(project, file, (sent) => onStep({ step: "send", sent, total: file.size }));
}

/** Not fetch: only XMLHttpRequest tells how much is gone. */
function send(project: string, file: File, onSent: (bytes: number) => void): Promise<ArtifactView> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const name = encodeURIComponent(file.name);
    request.open("POST", `/api/v1/projects/${encodeURIComponent(project)}/artifacts?name=${name}`);
    for (const [key, value] of Object.entries(REQUEST_HEADER)) request.setRequestHeader(key, value);
    request.setRequestHeader("Content-Type", "application/java-archive");
    request.responseType = "json";
    request.upload.onprogress = (event) => onSent(event.loaded);
    request.onerror = () => reject(new AwayError("upload"));
    request.onload = () => {
      if (request.status < 300) resolve(request.response as ArtifactView);
      else reject(toError(request.status, request.response));
    };
    request.send(file);
  });
}
