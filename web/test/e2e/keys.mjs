import { makeHands } from "./hands.mjs";

/** The main way by keys alone: palette, list, a start, a stop, in bulk and one by one. Nothing is clicked. */
export async function runKeys(page, { folder, troubles, url, job }) {
  const { dialog, step, phase, check } = makeHands(page, { folder, troubles });
  const press = (...keys) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const name = job.split("/").at(-1);
  const list = job.slice(0, job.lastIndexOf("/"));
  /** Tab until the focus is on what has this name. */
  const tabTo = async (role, wanted) => {
    for (let turn = 0; turn < 60; turn += 1) {
      const found = page.getByRole(role, { name: wanted }).and(page.locator(":focus"));
      if ((await found.count()) > 0) return;
      await press("Tab");
    }
    throw new Error(`no ${role} ${wanted} can be reached by Tab`);
  };

  step("the palette leads to the job, its keys are listed, g j leads back");
  await page.goto(`${url}${list}`);
  await page.locator(".rh-jobs-row a").first().waitFor();
  await press("Control+k");
  await dialog.getByRole("combobox").waitFor();
  await page.keyboard.type(name);
  await dialog
    .getByRole("option", { name: new RegExp(name) })
    .first()
    .waitFor();
  await check("palette");
  await press("Enter");
  await page.locator("h1", { hasText: name }).waitFor();
  await press("?");
  await dialog.getByText("Single letters are keys").waitFor();
  await check("key sheet");
  await press("Escape");
  await dialog.waitFor({ state: "detached" });
  await press("g", "j");
  await page.locator(".rh-jobs-row a").first().waitFor();

  step("/ filters, Tab goes into the rows, x marks");
  await press("/");
  await page.keyboard.type(name.slice(0, 4));
  await page.waitForURL(/q=/);
  await tabTo("link", name);
  await press("x");
  await page.getByText("1 job marked").waitFor();
  await check("marked");

  step("stop in bulk: one line each with its verdict");
  await tabTo("button", "Clear filters");
  await press("Escape");
  await page.getByRole("button", { name: "Stop with savepoint" }).focus();
  await press("Enter");
  await dialog.getByText(/1 ready/).waitFor();
  await check("bulk");
  await dialog.getByRole("button", { name: /^Apply to/ }).focus();
  await press("Enter");
  await dialog.getByText("1 under way", { exact: false }).waitFor();
  await press("Escape");
  await page.getByRole("link", { name, exact: true }).focus();
  await press("Enter");
  await phase("stopped");

  step("start by keys: the dialog begins at the chosen state, Enter plans, Enter applies, focus comes back");
  await tabTo("button", "Start");
  await press("Enter");
  await dialog
    .getByRole("radio", { name: /Newest proven/ })
    .and(page.locator(":focus"))
    .waitFor();
  await press("Enter");
  await dialog.getByRole("button", { name: /^Apply/ }).waitFor();
  await tabTo("button", /^Apply/);
  await press("Enter");
  await dialog.getByText("It is under way", { exact: false }).waitFor();
  await press("Escape");
  await dialog.waitFor({ state: "detached" });
  await phase("running");

  step("letters can be switched off");
  await press("?");
  await dialog.getByLabel("Single letters are keys").focus();
  await press("Space", "Escape");
  await dialog.waitFor({ state: "detached" });
  await press("g", "j", "?");
  if ((await dialog.count()) > 0) troubles.push("letters work though they are off");
  if (!page.url().includes(`/${name}`)) troubles.push("g j leads away though letters are off");
}
