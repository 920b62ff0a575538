import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--font-render-hinting=none",
];

export function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, chromiumSandbox: false, args: FLAGS });
}

/** A page of a fresh browser that has signed in; what its console complains of is a trouble. */
export async function signIn(browser, { url, token, locale, colorScheme, troubles, folder }) {
  const context = await browser.newContext({
    locale,
    colorScheme,
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => troubles.push(`page: ${error.message}`));
  page.on("console", (message) => {
    // A stream that a story cuts, a 401 before signing in and a 4xx that the page shows are answers, not troubles.
    const text = message.text();
    const isAnswer = /the server responded with a status of 4\d\d|ERR_INTERNET_DISCONNECTED/.test(text);
    if (["error", "warning"].includes(message.type()) && !isAnswer) troubles.push(`console: ${text}`);
  });
  await page.goto(url);
  await page.locator("input[name=token]").waitFor();
  if (folder) {
    await checkAxe(page, `${locale} ${colorScheme} sign in`, troubles);
    await page.screenshot({ path: `${folder}/${locale.slice(0, 2)}-${colorScheme}-signin.png` });
  }
  await page.locator("input[name=token]").fill(token);
  await page.keyboard.press("Enter");
  await page.locator("#page h1").first().waitFor();
  return page;
}

export async function checkAxe(page, where, troubles) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, nodes } of violations) {
    troubles.push(`axe: ${where}: ${id} (${nodes.length}): ${nodes[0].html.slice(0, 160)}`);
  }
}
