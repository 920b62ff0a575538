import { loadCatalogue } from "../src/i18n/catalogue";

// jsdom has no matchMedia; Mantine asks it for the colour scheme.
window.matchMedia ??= ((query: string) => ({
  matches: false,
  media: query,
  addEventListener() {},
  removeEventListener() {},
})) as never;

await Promise.all([loadCatalogue("en"), loadCatalogue("zh")]);
