import "./lib/mantine-styles.ts";
import "./lib/tokens.css";
import "./lib/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { includeTexts, rememberedLocale, startTexts } from "./lib/i18n.ts";
import { reloadWhenCodeIsGone } from "./lib/missing-chunk.ts";
import { claimStyles, outlineLocale } from "./lib/outline.ts";
import en from "./locales/en.json" with { type: "json" };
import enMember from "./locales/en-member.json" with { type: "json" };

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

reloadWhenCodeIsGone();
claimStyles();
// The words of most readers come with the code; others are one more request away.
includeTexts("en", en, enMember);
const written = outlineLocale();
await startTexts(written ?? rememberedLocale(), "common", "member");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
