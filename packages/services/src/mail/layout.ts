import type { Locale } from "@tintype/core/auth";

const escapes: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (c) => escapes[c] ?? c);

export type Letter = {
  subject: string;
  greeting: string;
  paragraphs: readonly string[];
  /** What stands side by side, as on a receipt: "Paid" and "$10.00". */
  facts?: readonly (readonly [label: string, value: string])[];
  action: { label: string; url: string };
  footer: string;
  /** For letters that one may do without: how to get no more of them. */
  unsubscribe?: {
    text: string;
    url: string;
    /** It works with one press and without signing in, so a mail program may offer it by itself (RFC 8058). */
    isOneClick: boolean;
  };
};

/** Readers that know dark mode take these; all others the colours that stand beside the text. */
const DARK = `<style>@media (prefers-color-scheme:dark){
body{background:#17140f!important;color:#efe9df!important}.sheet{background:#231f18!important}
.quiet,.quiet a{color:#a79d8d!important}.button{background:#efe9df!important;color:#17140f!important}
.facts td{border-color:#3b352b!important}}</style>`;

/** One column, system fonts, no picture and nothing loaded from anywhere: it looks the same in every reader. */
export function renderHtml(letter: Letter, locale: Locale): string {
  const { subject, greeting, paragraphs, action, footer, unsubscribe } = letter;
  const text = paragraphs.map((p) => `<p style="margin:0 0 16px">${escapeHtml(p)}</p>`).join("");
  const url = escapeHtml(action.url);
  const settings = escapeHtml(unsubscribe?.url ?? "");
  const leave = unsubscribe
    ? `<p class="quiet" style="margin:8px 0 0;font-size:13px;color:#6b6459">${escapeHtml(unsubscribe.text)} <a href="${settings}" style="color:#6b6459;word-break:break-all">${settings}</a></p>`
    : "";
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title>${DARK}</head>
<body style="margin:0;padding:32px 16px;background:#f4f1ec;color:#26221c;font:16px/1.5 system-ui,sans-serif">
<div class="sheet" style="max-width:520px;margin:0 auto;padding:32px;background:#ffffff;border-radius:12px">
<p style="margin:0 0 24px;font-weight:700;letter-spacing:.02em">Tintype</p>
<p style="margin:0 0 16px">${escapeHtml(greeting)}</p>${text}${factsTable(letter)}
<p style="margin:24px 0"><a class="button" href="${url}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#26221c;color:#ffffff;text-decoration:none">${escapeHtml(action.label)}</a></p>
<p class="quiet" style="margin:0 0 24px;font-size:13px;word-break:break-all;color:#6b6459">${url}</p>
<p class="quiet" style="margin:0;font-size:13px;color:#6b6459">${escapeHtml(footer)}</p>${leave}
</div></body></html>`;
}

function factsTable({ facts = [] }: Letter): string {
  if (facts.length === 0) return "";
  const cell = "padding:8px 0;border-top:1px solid #e6e0d6;vertical-align:top";
  const rows = facts.map(
    ([label, value]) =>
      `<tr><td class="quiet" style="${cell};padding-right:16px;color:#6b6459">${escapeHtml(label)}</td><td style="${cell};text-align:right;font-variant-numeric:tabular-nums">${escapeHtml(value)}</td></tr>`,
  );
  return `<table role="presentation" class="facts" style="width:100%;margin:8px 0 16px;border-collapse:collapse">${rows.join("")}</table>`;
}

export const renderText = (letter: Letter): string => {
  const { greeting, paragraphs, facts = [], action, footer, unsubscribe } = letter;
  return [
    greeting,
    ...paragraphs,
    ...(facts.length > 0 ? [facts.map(([label, value]) => `${label}: ${value}`).join("\n")] : []),
    `${action.label}:\n${action.url}`,
    footer,
    ...(unsubscribe ? [`${unsubscribe.text}\n${unsubscribe.url}`] : []),
  ].join("\n\n");
};
