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
  action: { label: string; url: string };
  footer: string;
  /** For letters that one may do without: how to get no more of them. */
  unsubscribe?: { text: string; url: string };
};

/** One column, system fonts, no picture and nothing loaded from anywhere: it looks the same in every reader. */
export function renderHtml(letter: Letter): string {
  const { subject, greeting, paragraphs, action, footer, unsubscribe } = letter;
  const text = paragraphs.map((p) => `<p style="margin:0 0 16px">${escapeHtml(p)}</p>`).join("");
  const url = escapeHtml(action.url);
  const settings = escapeHtml(unsubscribe?.url ?? "");
  const leave = unsubscribe
    ? `<p style="margin:8px 0 0;font-size:13px;color:#6b6459">${escapeHtml(unsubscribe.text)} <a href="${settings}" style="color:#6b6459">${settings}</a></p>`
    : "";
  return `<!doctype html><html><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:32px 16px;background:#f4f1ec;color:#26221c;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:520px;margin:0 auto;padding:32px;background:#ffffff;border-radius:12px">
<p style="margin:0 0 24px;font-weight:700;letter-spacing:.02em">Tintype</p>
<p style="margin:0 0 16px">${escapeHtml(greeting)}</p>${text}
<p style="margin:24px 0"><a href="${url}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#26221c;color:#ffffff;text-decoration:none">${escapeHtml(action.label)}</a></p>
<p style="margin:0 0 24px;font-size:13px;word-break:break-all;color:#6b6459">${url}</p>
<p style="margin:0;font-size:13px;color:#6b6459">${escapeHtml(footer)}</p>${leave}
</div></body></html>`;
}

export const renderText = ({ greeting, paragraphs, action, footer, unsubscribe }: Letter): string =>
  [
    greeting,
    ...paragraphs,
    `${action.label}:\n${action.url}`,
    footer,
    ...(unsubscribe ? [`${unsubscribe.text}\n${unsubscribe.url}`] : []),
  ].join("\n\n");
