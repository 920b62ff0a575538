import { checkAxe } from "./browser.mjs";

/** Every page of one job, as it stands: looked at by axe, kept as a picture. */
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
    ["logs", `${job}/runs/2/logs`],
    ["snapshots", `${job}/snapshots`],
    ["no-such-job", `${list}/nobody`],
    ["no-such-page", "/nowhere"],
  ];
  for (const [place, path] of places) {
    await page.goto(`${url}${path}`);
    await page.locator("#page h1, #page h2").first().waitFor();
    await page.locator(".rh-skeleton").first().waitFor({ state: "detached" });
    await checkAxe(page, `${name} ${place}`, troubles);
    await page.screenshot({ path: `${folder}/${name}-${place}.png`, fullPage: true });
  }
  await page.goto(`${url}${job}`);
  const actions = page.locator("header.rh-head .rh-row > button");
  await actions.last().waitFor();
  await actions.nth(-2).click();
  await page.locator("[role=dialog] ol li").first().waitFor();
  await checkAxe(page, `${name} plan`, troubles);
  await page.screenshot({ path: `${folder}/${name}-plan.png` });
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(`${url}${job}`);
  await page.locator("#page h1").first().waitFor();
  await checkAxe(page, `${name} narrow`, troubles);
  await page.screenshot({ path: `${folder}/${name}-narrow.png` });
}
