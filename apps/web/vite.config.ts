import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The server of `npm run dev:web` asks a running FlowLens for data. */
const FLOWLENS_URL = process.env["FLOWLENS_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  // The server puts the nonce of each answer here: apps/server/src/api/console.
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    // Not `assets`, which is a page of the console.
    assetsDir: "static",
    // No data: addresses, which the content security policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/health"].map((path) => [path, { target: FLOWLENS_URL, changeOrigin: true }]),
    ),
  },
});
