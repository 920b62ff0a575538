import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync("src/theme/tokens.css", "utf8");

/** The tokens of one theme: of all blocks whose selector begins so. */
function tokensOf(selector: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const block of css.split("}")) {
    const [head, body] = block.split("{");
    if (body === undefined || !head?.trim().endsWith(selector)) continue;
    for (const match of body.matchAll(/--rh-([\w-]+): (#[0-9a-f]{6})/g))
      found.set(match[1] ?? "", match[2] ?? "");
  }
  return found;
}

function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const TONES = ["ok", "work", "warn", "bad", "hold", "calm", "blind"];

test.each([
  ["light", ":root"],
  ["dark", '[data-mantine-color-scheme="dark"]'],
])("tones are readable on their own tint and on a page in %s", (_, selector) => {
  const tokens = tokensOf(selector);
  const of = (name: string): string => tokens.get(name) ?? "missing";
  for (const tone of TONES) {
    // To one decimal, as the design gives it: the blue of "work" has 5.48.
    expect(contrast(of(`${tone}-fg`), of(`${tone}-bg`)), tone).toBeGreaterThanOrEqual(5.45);
    expect(contrast(of(`${tone}-fg`), of("panel")), tone).toBeGreaterThanOrEqual(4.5);
  }
  for (const back of ["panel", "page", "code", "calm-bg", "added", "removed"]) {
    expect(contrast(of("muted"), of(back)), back).toBeGreaterThanOrEqual(4.5);
  }
  for (const word of ["keyword", "string", "number", "type"]) {
    expect(contrast(of(`syntax-${word}`), of("panel")), word).toBeGreaterThanOrEqual(4.5);
  }
});
