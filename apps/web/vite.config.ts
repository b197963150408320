import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressFiles } from "./compress-files.ts";
import { apiUrl } from "./env.ts";

const toApi = { target: apiUrl, changeOrigin: false };

export default defineConfig({
  plugins: [react(), compressFiles()],
  // The SPA and the API share one origin in production; the proxy makes it so at the desk.
  server: {
    // Vite's own list, which ours replaces, and the folder with the stack's secrets.
    fs: { deny: [".env", ".env.*", "*.{crt,pem}", "**/.git/**", "**/.tintype/**"] },
    proxy: {
      "/trpc": toApi,
      "/auth": toApi,
      "/export": toApi,
      "/unsubscribe": toApi,
      "/healthz": toApi,
    },
  },
  build: {
    target: "es2023",
    // The manifest is what the first-load budget is measured on.
    manifest: true,
    sourcemap: false,
    // Every browser of this target preloads modules by itself.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Core builds its schemas with these (`instant` and `moment` are schemas that others go on from): calls without effect, or the browser would carry zod for one constant.
      output: {
        codeSplitting: {
          // What every page needs is one file: it compresses better than twenty small ones.
          groups: [
            {
              name: "base",
              test: /node_modules\/(react|react-dom|scheduler|i18next|react-i18next|@tanstack|@trpc|@mantine\/core\/esm\/core)\/|icons-react\/dist\/esm\/createReactComponent|src\/lib\/(format|live-cache|new-id|problem|queries|query-client|session|stored|trpc|use-media|use-page-title|use-user)\.ts/,
            },
          ],
        },
      },
      treeshake: {
        manualPureFunctions: ["z", "inputText", "instant", "moment"],
        propertyReadSideEffects: false,
      },
    },
  },
});
