// Takes the README's pictures from the pages of a running demo: node tools/pictures.mjs FOLDER
// Called by pictures.py, which starts the demo; RHEOSTAT_URL and RHEOSTAT_TOKEN name it.
import { signIn, startBrowser } from "../web/test/e2e/browser.mjs";

const url = process.env.RHEOSTAT_URL;
const token = process.env.RHEOSTAT_TOKEN;
const folder = process.argv[2];
const JOBS = "/p/demo/jobs";
const WIDTH = 1200;
const HEIGHT = 720;

const browser = await startBrowser();
try {
  const page = await signIn(browser, { url, token, locale: "en-US", colorScheme: "light", troubles: [] });
  const settle = async () => {
    await page.locator("#page h1, #page h2").first().waitFor();
    await page.locator(".rh-skeleton").first().waitFor({ state: "detached" });
    await page.waitForTimeout(1500); // the stream's first rows
  };
  for (const [name, path, height] of [
    ["jobs", JOBS, 380],
    ["job", `${JOBS}/flights`, HEIGHT],
  ]) {
    await page.setViewportSize({ width: WIDTH, height });
    await page.goto(`${url}${path}`);
    await settle();
    await page.screenshot({ path: `${folder}/${name}.png` });
  }
  const dialog = page.locator("[role=dialog]");
  await page.locator("header.rh-head .rh-row > button").last().click();
  await page.getByRole("menuitem", { name: /^Restart/ }).click();
  await dialog.locator("h2").first().waitFor();
  await dialog.locator("button[type=submit]").click();
  await dialog.locator("ol li").first().waitFor();
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${folder}/plan.png` });
} finally {
  await browser.close();
}
