// Fails when a page costs more bytes than its budget. Sizes are those of the .gz files that the server sends.
import { readFileSync, statSync } from "node:fs";

const KB = 1000;
const BUDGETS = { initial: 250 * KB, editor: 320 * KB };
const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));

/** What one entry of the manifest needs before it can run: itself and its static imports. */
function filesOf(key, found = new Set()) {
  const chunk = manifest[key];
  for (const file of [chunk.file, ...(chunk.css ?? [])]) found.add(file);
  for (const next of chunk.imports ?? []) if (!found.has(manifest[next].file)) filesOf(next, found);
  return found;
}

function gzipSize(file) {
  const stat = statSync(`dist/${file}.gz`, { throwIfNoEntry: false });
  return (stat ?? statSync(`dist/${file}`)).size;
}

const sum = (files) => [...files].reduce((bytes, file) => bytes + gzipSize(file), 0);
const initial = filesOf("index.html");
for (const file of filesOf("src/pages/jobs/Page.tsx")) initial.add(file);
const editor = new Set(filesOf("src/pages/editor/Page.tsx"));
for (const file of initial) editor.delete(file);

let isTooLarge = false;
for (const [name, files] of Object.entries({ initial, editor })) {
  const bytes = sum(files);
  isTooLarge ||= bytes > BUDGETS[name];
  console.log(`${name}: ${(bytes / KB).toFixed(1)} KB gzip of ${BUDGETS[name] / KB} KB`);
}
if (isTooLarge) {
  console.error("over budget: load a part later, or leave it out");
  process.exit(1);
}
