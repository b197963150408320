import "./lib/mantine-styles.ts";
import "./lib/tokens.css";
import "./lib/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startTranslations } from "./lib/i18n.ts";
import { reloadWhenCodeIsGone } from "./lib/missing-chunk.ts";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

reloadWhenCodeIsGone();
await startTranslations();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
