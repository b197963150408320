import type { CaughtMail } from "./mailbox.ts";

const escapeHtml = (text: string) =>
  text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#e6e1d8, #35322d); --soft: light-dark(#6d665b, #a49c8f);
  --paper: light-dark(#fbf9f5, #1b1a18); --card: light-dark(#fff, #242220); --accent: light-dark(#a2542a, #e39a6d); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: var(--paper); color: light-dark(#2a2622, #eee8df); }
header { display: flex; gap: .75rem; align-items: baseline; padding: 1.1rem 1.5rem; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.05rem; margin: 0; } header span, time, .to { color: var(--soft); font-size: .86rem; }
main { max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem; }
ul { list-style: none; margin: 0; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
li + li { border-top: 1px solid var(--line); }
li a { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .8rem 1.1rem; color: inherit; text-decoration: none; }
li a:hover, li a:focus-visible { background: light-dark(#f5f0e7, #2c2926); }
strong { font-weight: 600; } .to { grid-column: 1 / -1; }
a { color: var(--accent); } .empty { text-align: center; color: var(--soft); padding: 4rem 1rem; }
h2 { margin: 1rem 0 .2rem; font-size: 1.35rem; }
iframe { width: 100%; height: 32rem; border: 1px solid var(--line); border-radius: 10px; background: #fff; margin-top: 1rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.2rem; font: .9rem/1.6 ui-monospace, monospace; }`;

function page(title: string, body: string, refreshSeconds?: number): string {
  const refresh = refreshSeconds ? `<meta http-equiv="refresh" content="${refreshSeconds}">` : "";
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">${refresh}<style>${STYLE}</style></head>
<body><header><h1>Mail</h1><span>caught here, sent to nobody</span></header><main>${body}</main></body></html>`;
}

/** The list, newest first. It asks for itself again, so a mail shows up without a reload. */
export function listPage(mails: CaughtMail[]): string {
  if (mails.length === 0) {
    return page("Mail", '<p class="empty">No mail yet. What the app sends shows up here.</p>', 2);
  }
  const rows = mails.map(
    (
      mail,
    ) => `<li><a href="/messages/${mail.id}"><strong>${escapeHtml(mail.subject || "(no subject)")}</strong>
<time datetime="${mail.receivedAt}">${timeOf(mail)}</time><span class="to">to ${escapeHtml(mail.to.join(", "))}</span></a></li>`,
  );
  return page("Mail", `<ul>${rows.join("")}</ul>`, 2);
}

/** One mail: its HTML where scripts cannot run and links open outside, then its text. */
export function mailPage(mail: CaughtMail): string {
  const html = mail.html
    ? `<iframe title="HTML of the mail" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${escapeHtml(`<base target="_blank">${mail.html}`)}"></iframe>`
    : "";
  const text = mail.text ? `<pre>${linked(mail.text)}</pre>` : "";
  const body = `<a href="/">← All mail</a><h2>${escapeHtml(mail.subject || "(no subject)")}</h2>
<p class="to">from ${escapeHtml(mail.from)} to ${escapeHtml(mail.to.join(", "))}, <time datetime="${mail.receivedAt}">${timeOf(mail)}</time></p>${html}${text}`;
  return page(mail.subject, body);
}

const timeOf = ({ receivedAt }: CaughtMail) => receivedAt.replace("T", " ").slice(0, 19);

/** Split before escaping, so that an ampersand in an address stays one. */
function linked(text: string): string {
  const parts = text.split(/(https?:\/\/[^\s<>"]+)/);
  return parts
    .map((part, index) => {
      const escaped = escapeHtml(part);
      return index % 2 === 1 ? `<a href="${escaped}" target="_blank">${escaped}</a>` : escaped;
    })
    .join("");
}
