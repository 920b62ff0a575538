import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const toGzip = promisify(gzip);
const toBrotli = promisify(brotliCompress);

/**
 * Puts a .br and a .gz beside every asset, so that the server never compresses.
 * In writeBundle and from disk: in generateBundle Vite has not yet replaced __VITE_PRELOAD__,
 * and the compressed files would be broken while the plain ones work.
 */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    async writeBundle(options, bundle) {
      const folder = options.dir ?? "dist";
      const names = Object.keys(bundle).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const raw = await readFile(join(folder, name));
          if (raw.length < 512) return;
          const params = {
            [constants.BROTLI_PARAM_QUALITY]: 11,
            [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
          };
          await writeFile(join(folder, `${name}.gz`), await toGzip(raw, { level: 9 }));
          await writeFile(join(folder, `${name}.br`), await toBrotli(raw, { params }));
        }),
      );
    },
  };
}

const server = process.env["RHEOSTAT_URL"] ?? "http://127.0.0.1:8642";

export default defineConfig({
  plugins: [react(), precompress()],
  html: { cspNonce: "__NONCE__" },
  build: { target: "es2023", manifest: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { "/api": { target: server, changeOrigin: true } } },
  test: { environment: "jsdom", include: ["test/**/*.test.{ts,tsx}"], setupFiles: ["test/setup.ts"] },
});
