import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { loadCatalogue } from "./i18n/catalogue";
import { firstLanguage, ReaderProvider } from "./i18n/language";
import { nonce } from "./nonce";
import { router } from "./routes";
import { theme } from "./theme/mantine";
import "./theme/tokens.css";
import "./theme/base.css";

// What locks scrolling under a dialog makes its own style element and takes the nonce from here.
setNonce(nonce);

const client = new QueryClient({
  defaultOptions: { queries: { staleTime: 1000, retry: false }, mutations: { retry: false } },
});
/** No page is shown in another language first: its texts come before it. */
async function start(root: HTMLElement): Promise<void> {
  try {
    await loadCatalogue(firstLanguage());
  } catch (error) {
    root.textContent =
      "Rheostat's texts could not be loaded: reload this page. 无法加载界面文字，请刷新页面。";
    throw error;
  }
  createRoot(root).render(
    <StrictMode>
      <ReaderProvider>
        <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
          <QueryClientProvider client={client}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </MantineProvider>
      </ReaderProvider>
    </StrictMode>,
  );
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
void start(root);
