import { checkAxe } from "./browser.mjs";

/** A start of Flink on a machine that has other work, too. */
const ENGINE_MS = 150_000;

/** What every story does with a page. */
export function makeHands(page, { folder, troubles }) {
  const button = (name) => page.getByRole("button", { name, exact: true });
  const dialog = page.getByRole("dialog");
  const step = (text) => console.log(`  ${text}`);
  const check = async (place) => {
    await checkAxe(page, place, troubles);
    await page.screenshot({ path: `${folder}/story-${place.replaceAll(" ", "-")}.png` });
  };
  const phase = async (word, version = "") => {
    const head = page.locator("header.rh-head", { hasText: version });
    await head.locator(".rh-badge", { hasText: word }).first().waitFor({ timeout: ENGINE_MS });
  };
  phase.most = ENGINE_MS;
  const toPlan = () => dialog.getByRole("button", { name: "Show the plan" }).click();
  const apply = async (confirm) => {
    await dialog.getByRole("button", { name: /^Apply/ }).waitFor();
    await check("plan");
    if (confirm !== undefined) await dialog.getByLabel(/to confirm/).fill(confirm);
    await dialog.getByRole("button", { name: /^Apply/ }).click();
    await dialog.getByRole("button", { name: "Close" }).click();
  };
  const tab = (name) =>
    page
      .getByRole("navigation", { name: "Pages of this job" })
      .getByRole("link", { name, exact: true })
      .click();
  return { button, dialog, step, check, phase, toPlan, apply, tab };
}
