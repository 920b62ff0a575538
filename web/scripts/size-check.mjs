// Fails when a page costs more bytes than its budget. Sizes are those of the .gz files that the server sends.
import { readFileSync, statSync } from "node:fs";

const KB = 1000;
const BUDGETS = { initial: 250 * KB, editor: 320 * KB };
/** One of these is loaded before the first page; what is counted is the largest. */
const LANGUAGES = ["src/i18n/en/index.ts", "src/i18n/zh/all.ts"];
const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));

/** What one entry of the manifest needs before it can run: itself and its static imports. */
function filesOf(key, found = new Set()) {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`the build has no file of its own for ${key}`);
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
const addedBy = (language) => [...filesOf(language)].filter((file) => !initial.has(file));
const [texts] = LANGUAGES.map(addedBy).sort((one, other) => sum(other) - sum(one));
for (const file of texts) initial.add(file);
const editor = new Set(filesOf("src/pages/editor/Page.tsx"));
for (const file of initial) editor.delete(file);

let isTooLarge = false;
for (const [name, files] of Object.entries({ initial, editor })) {
  const bytes = sum(files);
  isTooLarge ||= bytes > BUDGETS[name];
  console.log(`${name}: ${(bytes / KB).toFixed(1)} KB gzip of ${BUDGETS[name] / KB} KB`);
}
console.log(
  `of which texts: ${(sum(texts) / KB).toFixed(1)} KB, the larger of ${LANGUAGES.length} languages`,
);
if (isTooLarge) {
  console.error("over budget: load a part later, or leave it out");
  process.exit(1);
}
