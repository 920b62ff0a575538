/** A fresh idempotency key. Not randomUUID: that is missing where the page does not come over https or from this machine. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
