import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** The modules anew: nothing is loaded, as in a page that was just opened. */
async function openPage() {
  vi.resetModules();
  const { catalogueOf, loadCatalogue } = await import("../src/i18n/catalogue");
  const { firstLanguage, ReaderProvider, useReader } = await import("../src/i18n/language");
  function Page() {
    const { t, setLanguage } = useReader();
    return (
      <button type="button" onClick={() => setLanguage("zh")}>
        {t("job.advice")}
      </button>
    );
  }
  const page = (
    <ReaderProvider>
      <Page />
    </ReaderProvider>
  );
  return { catalogueOf, loadCatalogue, firstLanguage, page };
}

beforeEach(() => localStorage.clear());
afterEach(cleanup);

test("only the chosen language is loaded, and nothing is shown before it", async () => {
  localStorage.setItem("rheostat.language", "zh");
  const { catalogueOf, loadCatalogue, firstLanguage, page } = await openPage();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(() => render(page)).toThrow("not loaded");
  vi.restoreAllMocks();
  await loadCatalogue(firstLanguage());
  render(page);
  expect(screen.getByRole("button").textContent).toBe("怎么办");
  expect(() => catalogueOf("en")).toThrow("not loaded");
});

test("another language is shown once it is loaded, and is remembered then", async () => {
  const { catalogueOf, loadCatalogue, firstLanguage, page } = await openPage();
  await loadCatalogue(firstLanguage());
  render(page);
  screen.getByRole("button").click();
  expect(screen.getByRole("button").textContent).toBe("What to do");
  expect(() => catalogueOf("zh")).toThrow("not loaded");
  expect(await screen.findByText("怎么办")).toBeTruthy();
  expect(localStorage.getItem("rheostat.language")).toBe("zh");
  expect(document.documentElement.lang).toBe("zh-CN");
});
