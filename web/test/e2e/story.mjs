import { checkAxe } from "./browser.mjs";

const ENGINE_MS = 120_000;

/** Creates a job, publishes, starts, stops with a savepoint, starts again from it. Returns the job's path. */
export async function runStory(page, { folder, troubles }) {
  const project = `e2e-${Date.now().toString(36)}`;
  const button = (name) => page.getByRole("button", { name, exact: true });
  const dialog = page.getByRole("dialog");
  const step = (text) => console.log(`  ${text}`);
  const phase = (word) =>
    page.locator("header.rh-head .rh-badge", { hasText: word }).first().waitFor({ timeout: ENGINE_MS });
  const check = async (place) => {
    await checkAxe(page, place, troubles);
    await page.screenshot({ path: `${folder}/story-${place.replaceAll(" ", "-")}.png` });
  };
  const apply = async () => {
    await dialog.getByRole("button", { name: /^Apply/ }).waitFor();
    await check("plan");
    await dialog.getByRole("button", { name: /^Apply/ }).click();
    await dialog.getByRole("button", { name: "Close" }).click();
  };

  step(`project ${project}`);
  if (await page.getByRole("heading", { name: "Create your first project" }).isVisible()) {
    await check("first run");
  } else {
    await page.getByRole("button", { name: /^Project/ }).click();
    await page.getByRole("menuitem", { name: "New project" }).click();
  }
  await page.getByLabel("Name of the project").fill(project);
  await button("Create project").click();
  await page.getByRole("heading", { name: "This project has no jobs yet" }).waitFor();
  await check("no jobs");

  step("a new job opens in the editor");
  await button("New job").first().click();
  await page.getByLabel("Name", { exact: false }).fill("orders");
  await check("new job");
  await button("Create job").click();
  const sql = page.locator(".cm-content");
  await sql.waitFor();

  step("a fault is shown at its place, and nothing is published");
  await sql.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("SELECT 1;\n");
  await button("Publish").click();
  await page.getByRole("heading", { name: /problem/ }).waitFor();
  await page.locator(".cm-lint-marker-error").first().waitFor();
  await check("problems");

  step("somebody else's change is not overwritten");
  await page.evaluate(async (path) => {
    const seen = await (await fetch(path)).json();
    const headers = {
      "Content-Type": "application/json",
      "If-Match": `"${seen.revision}"`,
      "X-Rheostat-Request": "1",
    };
    await fetch(`${path}/draft`, { method: "PATCH", headers, body: JSON.stringify({ guard: "hold" }) });
  }, `/api/v1/projects/${project}/jobs/orders`);
  await sql.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Delete");
  await page.getByText("Somebody else changed this draft", { exact: false }).waitFor();
  await check("conflict");
  await button("Keep mine").click();

  step("leaving with unsaved changes asks");
  await page.getByRole("link", { name: "Versions", exact: true }).click();
  await dialog.getByRole("button", { name: "Stay here" }).click();

  step("publish, start, running");
  await button("Publish").click();
  await page.getByText("Version 1 is published.").waitFor();
  await button("Start it").click();
  await check("start");
  await dialog.getByRole("button", { name: "Show the plan" }).click();
  await apply();
  await phase("running");

  step("evidence, savepoint, stop with savepoint");
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("button", { name: /^Evidence/ }).click();
  await page.getByText("asked from Flink's REST").waitFor();
  await check("evidence");
  await page.keyboard.press("Escape");
  await button("More").click();
  await page.getByRole("menuitem", { name: "Make a savepoint" }).click();
  await apply();
  await page.getByRole("link", { name: "Snapshots" }).click();
  await page
    .getByRole("cell", { name: /^savepoint/ })
    .first()
    .waitFor({ timeout: ENGINE_MS });
  await button("Stop with savepoint").click();
  await apply();
  await phase("stopped");

  step("start again from the savepoint");
  await page
    .getByRole("button", { name: /^Start from savepoint/ })
    .first()
    .click();
  await dialog.getByRole("button", { name: "Show the plan" }).click();
  await dialog.getByText("chosen by", { exact: false }).first().waitFor();
  await apply();
  await phase("running");
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText("savepoint", { exact: false }).first().waitFor();

  step("a draft that differs, published as version 2, for the pictures");
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await sql.waitFor();
  await sql.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("-- Only large ones.\n");
  await button("Add a key").click();
  await page.getByLabel("Key 1").fill("parallelism.default");
  await page.getByLabel("Value of parallelism.default").fill("1");
  await page.keyboard.press("Control+s");
  await page.getByText("saved, revision", { exact: false }).waitFor();
  await button("Publish").click();
  await page.getByText("Version 2 is published.").waitFor();
  return `/p/${project}/jobs/orders`;
}
