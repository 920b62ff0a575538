// The whole way of a job through the pages, on a real server with real Flink:
//   RHEOSTAT_URL=http://127.0.0.1:8642 RHEOSTAT_TOKEN=... RHEOSTAT_JAR=programs.jar node test/e2e.mjs FOLDER
// Every page and dialog is checked by axe and kept as a picture in FOLDER, in both themes and both languages.
import { mkdirSync } from "node:fs";
import { signIn, startBrowser } from "./e2e/browser.mjs";
import { runJar } from "./e2e/jar.mjs";
import { runKeys } from "./e2e/keys.mjs";
import { look } from "./e2e/pictures.mjs";
import { runStory } from "./e2e/story.mjs";
import { runWorld } from "./e2e/world.mjs";

const url = process.env.RHEOSTAT_URL;
const token = process.env.RHEOSTAT_TOKEN;
const jar = process.env.RHEOSTAT_JAR;
const folder = process.argv[2];
if (!url || !token || !jar || !folder) {
  console.error("usage: RHEOSTAT_URL=... RHEOSTAT_TOKEN=... RHEOSTAT_JAR=... node test/e2e.mjs FOLDER");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const browser = await startBrowser();
const troubles = [];

/** One story in a browser of its own, with a picture of where it broke. */
async function tell(name, story, more) {
  console.log(name);
  const page = await signIn(browser, { url, token, locale: "en-US", colorScheme: "light", troubles });
  try {
    return await story(page, { folder, troubles, url, token, ...more });
  } catch (error) {
    await page.screenshot({ path: `${folder}/where-it-broke.png` });
    throw error;
  } finally {
    await page.context().close();
  }
}

try {
  const job = await tell("a SQL job", runStory, {});
  await tell("by keys alone", runKeys, { job });
  await tell("a changing world", runWorld, { job });
  await tell("a JAR job", runJar, { jar, list: job.slice(0, job.lastIndexOf("/")) });
  for (const locale of ["en-US", "zh-CN"]) {
    for (const colorScheme of ["light", "dark"]) {
      console.log(`pictures: ${locale} ${colorScheme}`);
      const page = await signIn(browser, { url, token, locale, colorScheme, troubles, folder });
      await look(page, { url, folder, name: `${locale.slice(0, 2)}-${colorScheme}`, job, troubles });
      await page.context().close();
    }
  }
} finally {
  await browser.close();
  for (const trouble of troubles) console.error(trouble);
}
console.log(troubles.length === 0 ? "all is well" : `${troubles.length} troubles`);
process.exit(troubles.length === 0 ? 0 : 1);
