import { makeHands } from "./hands.mjs";

/** Creates a job, publishes, starts, upgrades, stops, starts again from a snapshot. Returns the job's path. */
export async function runStory(page, { folder, troubles }) {
  const project = `e2e-${Date.now().toString(36)}`;
  const { button, dialog, step, phase, check, toPlan, apply, tab } = makeHands(page, { folder, troubles });

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
  await dialog.getByLabel(/^Name/).fill("orders");
  await check("new job");
  await button("Create job").click();
  const sql = page.locator(".cm-content");
  await sql.waitFor();

  step("a fault is shown at its place, and nothing is published");
  await sql.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("SELECT 1;\n");
  await button("Add a key").click();
  await page.getByLabel("Key 1").fill("rest.port");
  await page.getByLabel("Value of rest.port").fill("1");
  await button("Publish").click();
  await page.getByRole("heading", { name: /problem/ }).waitFor();
  await page.locator(".rh-conf-row [role=alert], .rh-conf-row .mantine-TextInput-error").first().waitFor();
  await check("problems");
  await button("Remove rest.port").click();

  step("a fault of the SQL leads to its place");
  await button("Publish").click();
  await page.locator(".cm-lint-marker-error").first().waitFor();
  await page.getByRole("button", { name: /^1:/ }).first().click();
  await page.locator(".cm-focused").waitFor();

  step("somebody else's change is not overwritten, and comes by the stream");
  await sql.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Delete");
  await page.getByText("not saved", { exact: true }).waitFor();
  await page.evaluate(async (path) => {
    const seen = await (await fetch(path)).json();
    const headers = {
      "Content-Type": "application/json",
      "If-Match": `"${seen.revision}"`,
      "X-Rheostat-Request": "1",
    };
    await fetch(`${path}/draft`, { method: "PATCH", headers, body: JSON.stringify({ guard: "hold" }) });
  }, `/api/v1/projects/${project}/jobs/orders`);
  await page.getByText("Somebody else changed this draft", { exact: false }).waitFor();
  await check("conflict");
  await button("Show what differs").click();
  await dialog.getByText("What differs: - theirs, + yours").waitFor();
  await check("conflict dialog");
  await dialog.getByRole("button", { name: "Keep mine" }).click();

  step("leaving with unsaved changes asks; a reload loses none of them");
  await tab("Versions");
  await dialog.getByRole("button", { name: "Stay here" }).click();
  page.once("dialog", (asked) => asked.accept());
  await page.reload();
  await page.getByText("not saved", { exact: true }).waitFor();

  step("publish, start, running: told by the stream");
  await button("Publish").click();
  await page.getByText("Version 1 is published.").waitFor();
  await button("Start it").click();
  await check("start");
  await toPlan();
  await apply();
  await phase("running");

  step("evidence, the steps of the start, one event as JSON");
  await tab("Overview");
  await page.getByRole("button", { name: /^Evidence/ }).click();
  await page.getByText("asked from Flink's REST").waitFor();
  await check("evidence");
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "Start, step by step" }).waitFor();
  await page.getByText("every task comes to run").first().waitFor();
  await page
    .getByRole("button", { name: /^JSON of event/ })
    .first()
    .click();
  await page.locator("pre.rh-event-json").waitFor();
  await check("overview");

  step("a savepoint appears by itself");
  await tab("Snapshots");
  await button("More").click();
  await page.getByRole("menuitem", { name: "Make a savepoint" }).click();
  await check("savepoint");
  await toPlan();
  await apply();
  await page
    .getByRole("cell", { name: /^savepoint/ })
    .first()
    .waitFor({ timeout: phase.most });
  await check("snapshots");

  step("the log follows, is searched, and pauses");
  await tab("Runs and logs");
  await page.getByRole("link", { name: "Run 1" }).click();
  await page.getByRole("link", { name: "Logs", exact: true }).click();
  await page.locator(".rh-log-line").first().waitFor();
  await page.getByLabel("Search this file").fill("checkpoint");
  await page.getByText(/found$/).waitFor();
  await button("Next").click();
  await page.locator(".rh-log-line[data-here] mark").first().waitFor();
  await button("Follow the end").waitFor();
  await check("log search");

  step("upgrade: the plan shows what differs, and a changed world refuses it");
  await tab("Edit");
  await sql.waitFor();
  await sql.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("-- Only large ones.\n");
  await button("Add a key").click();
  await page.getByLabel("Key 1").fill("pipeline.object-reuse");
  await page.getByLabel("Value of pipeline.object-reuse").fill("true");
  await page.getByLabel("Slots per TaskManager").fill("2");
  await page.keyboard.press("Control+s");
  await page.getByText("saved, revision", { exact: false }).waitFor();
  await button("Publish").click();
  await page.getByText("Version 2 is published.").waitFor();
  await tab("Versions");
  await page.getByRole("link", { name: "Version 2", exact: true }).click();
  await button("Upgrade to this version").click();
  await check("restart");
  await toPlan();
  await dialog.getByRole("cell", { name: "setting pipeline.object-reuse" }).waitFor();
  await dialog.getByText("-- Only large ones.").waitFor();
  await apply();
  await phase("running", "version 2");

  step("stop with drain; the job is at rest with a savepoint");
  await button("Stop with savepoint").click();
  await dialog.getByText("Drain", { exact: true }).click();
  await check("stop");
  await toPlan();
  await apply();
  await page
    .locator("header.rh-head .rh-badge", { hasText: /stopped|finished/ })
    .first()
    .waitFor({ timeout: phase.most });

  step("start again from a snapshot that is chosen in the list");
  await tab("Snapshots");
  await page
    .getByRole("button", { name: /^Start from (savepoint|checkpoint)/ })
    .last()
    .click();
  await check("start from here");
  await toPlan();
  await dialog.getByText("chosen by", { exact: false }).first().waitFor();
  await apply();
  await phase("running");

  step("operations tell who asked for what");
  await tab("Operations");
  await page.getByRole("cell", { name: "Stop with savepoint" }).first().waitFor();
  await check("operations");
  return `/p/${project}/jobs/orders`;
}
