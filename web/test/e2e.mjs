// The whole way of a job through the pages, on a real server with real Flink:
//   RHEOSTAT_URL=http://127.0.0.1:8642 RHEOSTAT_TOKEN=... node test/e2e.mjs FOLDER
// Every page is checked by axe and kept as a picture in FOLDER, in both themes and both languages.
import { mkdirSync } from "node:fs";
import { signIn, startBrowser } from "./e2e/browser.mjs";
import { look } from "./e2e/pictures.mjs";
import { runStory } from "./e2e/story.mjs";

const url = process.env.RHEOSTAT_URL;
const token = process.env.RHEOSTAT_TOKEN;
const folder = process.argv[2];
if (!url || !token || !folder) {
  console.error("usage: RHEOSTAT_URL=... RHEOSTAT_TOKEN=... node test/e2e.mjs FOLDER");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const browser = await startBrowser();
const troubles = [];
try {
  const first = await signIn(browser, { url, token, locale: "en-US", colorScheme: "light", troubles });
  const job = await runStory(first, { folder, troubles }).catch(async (error) => {
    await first.screenshot({ path: `${folder}/where-it-broke.png` });
    throw error;
  });
  await first.context().close();
  for (const locale of ["en-US", "zh-CN"]) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await signIn(browser, { url, token, locale, colorScheme, troubles, folder });
      await look(page, { url, folder, name: `${locale.slice(0, 2)}-${colorScheme}`, job, troubles });
      await page.context().close();
    }
  }
} finally {
  await browser.close();
}
for (const trouble of troubles) console.error(trouble);
console.log(troubles.length === 0 ? "all is well" : `${troubles.length} troubles`);
process.exit(troubles.length === 0 ? 0 : 1);
