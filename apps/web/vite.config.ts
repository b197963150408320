import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressFiles } from "./build/compress-files.ts";
import { drawnDocuments } from "./build/documents.ts";
import { inlineScripts } from "./build/inline-scripts.ts";
import { ourColours } from "./build/our-colours.ts";
import { visitorEntries } from "./build/page-assets.ts";
import { visitorPagesAtTheDesk } from "./build/visitor-pages-at-the-desk.ts";
import { apiUrl } from "./env.ts";

const toApi = { target: apiUrl, changeOrigin: false };

export default defineConfig({
  plugins: [
    react(),
    visitorPagesAtTheDesk(),
    ourColours(),
    inlineScripts(),
    drawnDocuments(),
    compressFiles(),
  ],
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
      // Members' pages are one document, which finds its way by the address; visitors' pages are one each.
      input: { app: "index.html", ...visitorEntries },
      // Core builds its schemas with these (`instant` and `moment` are schemas that others go on from): calls without effect, or the browser would carry zod for one constant.
      output: {
        codeSplitting: {
          // What is needed together is one file: it compresses better than twenty small ones, and is asked for once. An
          // earlier group takes what a later one needs as well, so visitors are sent nothing of the members' group.
          groups: [
            { name: "react", priority: 4, test: /node_modules\/(react|react-dom|scheduler)\// },
            {
              name: "frame",
              priority: 3,
              test: /@mantine\/core\/esm\/(core|components\/(ActionIcon|Button|Loader|UnstyledButton))\/|icons-react\/dist\/esm\/createReactComponent|src\/lib\/(i18n|stored|theme|use-media|use-page-title|use-translation|user-mark|visitor-styles|missing-chunk)\.ts|src\/features\/shell\/header\.module|src\/components\/offline-notice|src\/lib\/(tokens|base)\.css|src\/components\/logo|core\/src\/own-path/,
            },
            {
              name: "fields",
              priority: 2,
              test: /@mantine\/core\/esm\/components\/(CloseButton|Input|InputBase|PasswordInput|TextInput)\//,
            },
            {
              name: "auth",
              priority: 1,
              test: /src\/features\/auth\/(auth|credential|form|with)|src\/visitor\/(address|go-on)|src\/lib\/(field-problem|use-call)/,
            },
            {
              name: "visitor",
              priority: 2,
              test: /src\/visitor\/(page-data|start-page|visitor-app)|src\/features\/shell\/visitor-header|src\/lib\/ask-server/,
            },
            {
              name: "notes",
              priority: 2,
              test: /src\/lib\/(format|problem)\.ts|src\/components\/(note|problem-note)\./,
            },
            {
              name: "base",
              priority: 1,
              test: /node_modules\/(@tanstack|@trpc)\/|src\/lib\/(live-cache|new-id|queries|query-client|session|trpc|use-user)\.ts/,
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
