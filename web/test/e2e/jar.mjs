import { makeHands } from "./hands.mjs";

/** A JAR job: uploaded, published, started, canceled, deleted; each grave step by typing its name. */
export async function runJar(page, { folder, troubles, jar, url, list }) {
  const { button, dialog, step, phase, check, toPlan, apply, tab } = makeHands(page, { folder, troubles });

  step("a JAR job begins without a JAR");
  await page.goto(`${url}${list}`);
  await button("New job").first().click();
  await dialog.getByLabel(/^Name/).fill("totals");
  await dialog.getByLabel("Kind").selectOption("jar");
  await button("Create job").click();
  await page.getByRole("heading", { name: "Program" }).waitFor();
  await check("jar empty");

  step("what is no JAR is refused before it is sent");
  const field = page.locator("input[type=file]");
  await field.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no") });
  await page.getByText("notes.txt is not a JAR", { exact: false }).waitFor();
  await field.setInputFiles({
    name: "fake.jar",
    mimeType: "application/java-archive",
    buffer: Buffer.from("no"),
  });
  await page.getByRole("alert").getByText("not", { exact: false }).first().waitFor();
  await check("jar refused");

  step("the upload fills in what the JAR says of itself; the second time nothing is sent");
  await field.setInputFiles(jar);
  await page.getByText(/is on the server$/).waitFor();
  const sent = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().includes("/artifacts")) sent.push(request.url());
  });
  await field.setInputFiles(jar);
  await page.getByText(/is on the server$/).waitFor();
  if (sent.length > 0) troubles.push(`a known JAR was sent again: ${sent}`);
  await page.getByLabel("Main class").fill("demo.Programs$Endless");
  await page.getByLabel("Arguments").fill(`${folder}/told.txt`);
  await check("jar editor");

  step("published, started, running");
  await button("Publish").click();
  await page.getByText("Version 1 is published.").waitFor();
  await button("Start it").click();
  await toPlan();
  await apply();
  await phase("running");

  step("a cancel asks for the name; Apply is off until it is typed");
  await button("More").click();
  await page.getByRole("menuitem", { name: /^Cancel/ }).click();
  await dialog.getByLabel(/to confirm/).waitFor();
  if (await dialog.getByRole("button", { name: /^Apply/ }).isEnabled()) troubles.push("cancel needs no name");
  await apply("totals");
  await phase("canceled");

  step("a program that throws: its exception is told, root cause first, and its log is there");
  await tab("Edit");
  await page.getByLabel("Main class").fill("demo.Programs$Throws");
  await button("Publish").click();
  await page.getByText("Version 2 is published.").waitFor();
  await button("Start it").click();
  await dialog.getByText("Without state", { exact: true }).click();
  await toPlan();
  await dialog.getByRole("button", { name: /^Apply/ }).waitFor();
  const confirm = dialog.getByLabel(/to confirm/);
  if (await confirm.isVisible()) await confirm.fill("totals");
  await dialog.getByRole("button", { name: /^Apply/ }).click();
  await dialog.getByRole("button", { name: "Close" }).click();
  await phase("failed");
  await tab("Overview");
  await check("failed");
  await page.getByRole("link", { name: "see the exceptions" }).click();
  await page.locator(".rh-exception-root", { hasText: "--input is missing" }).first().waitFor();
  await check("exceptions");
  await page.getByRole("link", { name: "Logs", exact: true }).click();
  await page.locator(".rh-log-line").first().waitFor();

  step("deleted by its name, it is nowhere");
  await button("More").click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog.getByLabel(/to confirm/).fill("totals");
  await check("delete");
  await dialog.getByRole("button", { name: /^Apply/ }).click();
  await page.waitForURL(/\/jobs$/);
  await page.getByRole("link", { name: "totals", exact: true }).waitFor({ state: "detached" });
  await page.goto(`${url}${new URL(page.url()).pathname}/totals`);
  await page.getByRole("heading", { name: "Not found, or not yours" }).waitFor();
}
