import { makeHands } from "./hands.mjs";

const SILENCE = "00:40";

/** What a network, a colleague and time do to a page that is open. The job runs, and runs at the end. */
export async function runWorld(page, { folder, troubles, url, token, job }) {
  const { button, dialog, step, phase, check, toPlan, tab } = makeHands(page, { folder, troubles });
  const apiJob = `/api/v1${job.replace("/p/", "/projects/")}`;
  const sql = page.locator(".cm-content");
  const publishMore = (path) =>
    page.evaluate(async (at) => {
      const seen = await (await fetch(at)).json();
      const headers = {
        "Content-Type": "application/json",
        "If-Match": `"${seen.revision}"`,
        "X-Rheostat-Request": "1",
      };
      const body = JSON.stringify({ sql: `${seen.draft.sql}-- ${Date.now()}\n` });
      await fetch(`${at}/draft`, { method: "PATCH", headers, body });
      await fetch(`${at}/versions`, { method: "POST", headers });
    }, path);

  step("a changed world makes Apply refuse, and says what differs; a double click applies once");
  await page.goto(`${url}${job}`);
  await phase("running");
  await button("More").click();
  await page.getByRole("menuitem", { name: /^Restart/ }).click();
  await toPlan();
  await dialog.getByRole("button", { name: /^Apply/ }).waitFor();
  await publishMore(apiJob);
  await dialog.getByRole("button", { name: /^Apply/ }).click();
  await dialog.getByText("The world changed meanwhile", { exact: false }).waitFor();
  await check("plan changed");
  const runs = [];
  page.on("response", async (answer) => {
    if (answer.request().method() === "POST" && /restart\?/.test(answer.url()))
      runs.push(`${answer.status()} ${new URL(answer.url()).search}`);
  });
  await dialog.getByRole("button", { name: /^Apply/ }).dblclick();
  await dialog.getByText("It is under way", { exact: false }).waitFor();
  const applied = runs.filter((each) => each.includes("dry_run=false"));
  if (applied.length !== 1 || !applied[0].startsWith("200"))
    troubles.push(`a double click was sent as ${runs}`);
  await dialog.getByRole("button", { name: "Close" }).click();
  await phase("running", "version ");

  step("a session that ends keeps the draft");
  await tab("Edit");
  await sql.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("-- typed while signed out\n");
  await page.evaluate(() =>
    fetch("/api/v1/session", { method: "DELETE", headers: { "X-Rheostat-Request": "1" } }),
  );
  await page.keyboard.press("Control+s");
  await dialog.getByText("Your session has ended", { exact: false }).waitFor();
  await check("session ended");
  await dialog.locator("input[name=token]").fill(token);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await sql.getByText("-- typed while signed out").first().waitFor();
  await button("Save draft").click();
  await page.getByText("saved, revision", { exact: false }).waitFor();

  step("a cut stream is said, from when, and recovers");
  await page.clock.install();
  await page.goto(`${url}${job}`);
  await page.getByText("live", { exact: true }).waitFor();
  await page.context().setOffline(true);
  await page.clock.fastForward(SILENCE);
  await page.getByText(/Live updates stopped|has not answered since/).waitFor();
  await check("stale");
  await page.context().setOffline(false);
  await button("Reconnect").click();
  await page.getByText("live", { exact: true }).waitFor();
  await page.locator(".rh-stale").waitFor({ state: "detached" });
}
