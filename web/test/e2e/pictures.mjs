import { checkAxe } from "./browser.mjs";

const WIDE = { width: 1440, height: 900 };
const NARROWER = { width: 1000, height: 900 };
const PHONE = { width: 390, height: 800 };

/** Every page and dialog of one job, as it stands: looked at by axe, kept as a picture. */
export async function look(page, { url, folder, name, job, troubles }) {
  const list = job.slice(0, job.lastIndexOf("/"));
  const places = [
    ["jobs", list],
    ["jobs-nothing-found", `${list}?q=nothing-like-this`],
    ["job", job],
    ["edit", `${job}/edit`],
    ["versions", `${job}/versions`],
    ["version", `${job}/versions/2`],
    ["difference", `${job}/versions/2?with=1`],
    ["runs", `${job}/runs`],
    ["run", `${job}/runs/1`],
    ["run-everything", `${job}/runs/2?show=all`],
    ["exceptions", `${job}/runs/1/exceptions`],
    ["logs", `${job}/runs/2/logs?q=checkpoint`],
    ["operations", `${job}/operations`],
    ["snapshots", `${job}/snapshots`],
    ["tokens", "/tokens"],
    ["no-such-job", `${list}/nobody`],
    ["no-such-page", "/nowhere"],
  ];
  const settle = async () => {
    await page.locator("#page h1, #page h2").first().waitFor();
    await page.locator(".rh-skeleton").first().waitFor({ state: "detached" });
  };
  for (const [place, path] of places) {
    await page.setViewportSize(WIDE);
    await page.goto(`${url}${path}`);
    await settle();
    await checkAxe(page, `${name} ${place}`, troubles);
    await page.screenshot({ path: `${folder}/${name}-${place}.png`, fullPage: true });
    await page.setViewportSize(NARROWER);
    await page.screenshot({ path: `${folder}/${name}-${place}-1000.png` });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) troubles.push(`${name} ${place}: ${over} px wider than the window`);
  }
  await page.setViewportSize(WIDE);
  await lookAtDialogs(page, { url, folder, name, job, list, troubles });
  await page.setViewportSize(PHONE);
  await page.goto(`${url}${job}`);
  await settle();
  await checkAxe(page, `${name} narrow`, troubles);
  await page.screenshot({ path: `${folder}/${name}-narrow.png` });
}

/** Opened by place, not by name: the names are another language's. */
async function lookAtDialogs(page, { url, folder, name, job, list, troubles }) {
  const dialog = page.locator("[role=dialog]");
  const shown = async (place) => {
    await dialog.locator("h2").first().waitFor();
    await dialog.locator(".rh-skeleton").first().waitFor({ state: "detached" });
    await checkAxe(page, `${name} ${place}`, troubles);
    await page.screenshot({ path: `${folder}/${name}-${place}.png` });
  };
  const close = async () => {
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  };
  const head = page.locator("header.rh-head .rh-row > button");
  const fromMenu = async (index, place) => {
    await head.last().click();
    await page.locator("[role=menuitem]").nth(index).click();
    await shown(place);
  };
  await page.goto(`${url}${job}`);
  await head.last().waitFor();
  await head.last().click();
  await page.locator("[role=menuitem]").first().waitFor();
  await checkAxe(page, `${name} menu`, troubles);
  await page.screenshot({ path: `${folder}/${name}-menu.png` });
  await page.keyboard.press("Escape");
  await head.nth(-2).click();
  await shown("stop");
  await dialog.locator("button[type=submit]").click();
  await dialog.locator("ol li").first().waitFor();
  await shown("stop-plan");
  await close();
  await fromMenu(0, "savepoint");
  await close();
  await fromMenu(1, "restart");
  await dialog.locator("input[value=snapshot]").check();
  await shown("restart-snapshot");
  await dialog.locator("button[type=submit]").click();
  await dialog.locator("ol li").first().waitFor();
  await shown("restart-plan");
  await close();
  await fromMenu(2, "cancel-plan");
  await close();
  await page.keyboard.press("Control+k");
  await shown("palette");
  await close();
  await page.goto(`${url}${list}`);
  await page.locator(".rh-dots").first().click();
  await page.locator("[role=menuitem]").first().waitFor();
  await checkAxe(page, `${name} row menu`, troubles);
  await page.screenshot({ path: `${folder}/${name}-row-menu.png` });
  await page.keyboard.press("Escape");
  await page.locator(".rh-jobs-row input").first().check();
  await page.locator(".rh-selected button").nth(1).click();
  await dialog.locator("tbody .rh-badge").first().waitFor();
  await shown("bulk");
  await close();
  await page.locator("#page .rh-spread > button").click();
  await shown("new-job");
  await close();
  await page.goto(`${url}/tokens`);
  await page.locator("#page .rh-spread > button").click();
  await shown("new-token");
  await dialog
    .locator("input")
    .first()
    .fill(`looks-${name}-${Date.now().toString(36)}`);
  await dialog.locator("button[type=submit]").click();
  await dialog.locator(".rh-secret").waitFor();
  await checkAxe(page, `${name} token`, troubles); // no picture: it is a secret
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await page.locator("tbody tr button").first().click();
  await shown("revoke");
  await close();
}
