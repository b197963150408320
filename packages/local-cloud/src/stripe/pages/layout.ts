/** Text that is safe inside of a page and of an attribute. */
const escapeHtml = (text: string): string =>
  text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A piece of HTML that is safe already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | null | undefined | Html | Html[];

/** A template whose values are escaped, unless they are HTML themselves. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(parts.map((part, index) => part + textOf(values[index])).join(""));
}

function textOf(value: Value): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(({ text }) => text).join("");
  return value instanceof Html ? value.text : escapeHtml(String(value));
}

export const NOTHING = new Html("");

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#dcd6cb, #45413b); --soft: light-dark(#675f54, #b0a89b);
  --paper: light-dark(#fbf9f5, #1b1a18); --card: light-dark(#fff, #242220); --ink: light-dark(#2a2622, #eee8df);
  --accent: light-dark(#93461f, #e8a57c); --on-accent: light-dark(#fff, #2a1509); --bad: light-dark(#a3281c, #ff9d8f);
  --bad-paper: light-dark(#fdeceA, #3a1d19); --good: light-dark(#25663b, #8fd6a5); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: var(--paper); color: var(--ink); }
header { padding: .7rem 1rem; text-align: center; font-size: .85rem; color: var(--soft); border-bottom: 1px solid var(--line); }
main { display: grid; gap: 2rem; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
main.two { grid-template-columns: 1fr 1fr; align-items: start; }
@media (max-width: 720px) { main, main.two { grid-template-columns: 1fr; margin: 1.25rem auto; gap: 1.25rem; } }
section, form.box { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; min-width: 0; }
h1 { font-size: 1.3rem; margin: 0 0 1rem; } h2 { font-size: 1.05rem; margin: 0 0 .75rem; }
.total { font-size: 2rem; font-weight: 650; line-height: 1.2; margin: .25rem 0 1rem; }
.soft { color: var(--soft); font-size: .9rem; }
ul { list-style: none; margin: 0; padding: 0; } li { display: flex; flex-wrap: wrap; gap: .25rem 1rem; justify-content: space-between; align-items: center; padding: .6rem 0; }
li + li { border-top: 1px solid var(--line); }
label { display: block; font-size: .9rem; margin: 0 0 .9rem; } .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 .9rem; }
input, select { display: block; width: 100%; margin-top: .3rem; font: inherit; color: inherit; padding: .6rem .7rem; background: var(--paper); border: 1px solid var(--soft); border-radius: 8px; }
label.check { display: flex; gap: .6rem; align-items: start; } label.check input { width: auto; margin: .25rem 0 0; }
button, .button { display: inline-block; font: inherit; font-weight: 600; padding: .6rem 1rem; border-radius: 8px; border: 1px solid var(--line); background: transparent; color: inherit; cursor: pointer; text-decoration: none; }
button.main { width: 100%; background: var(--accent); border-color: var(--accent); color: var(--on-accent); padding: .8rem; }
:is(button, a, input, select, summary):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); } li form, .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; } .row { margin-top: 1rem; }
li .row { margin: 0; } li form:has(label) { align-items: end; } li label { margin: 0; } summary { margin-bottom: .6rem; }
[role=alert] { background: var(--bad-paper); color: var(--bad); border-radius: 8px; padding: .7rem .9rem; margin: 0 0 1rem; }
[role=status] { color: var(--good); margin: 0 0 1rem; } details { margin-top: 1rem; } summary { cursor: pointer; } code { font-size: .9em; }
table { width: 100%; border-collapse: collapse; } td, th { text-align: left; padding: .5rem 0; border-bottom: 1px solid var(--line); } td:last-child, th:last-child { text-align: right; }`;

/** A whole page of the hosted kind. It says that no money moves here. */
export function page(title: string, body: Html, layout: "one" | "two" = "one"): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><header>Test payments: an emulator on your machine, no money moves</header><main class="${layout}">${body.text}</main></body></html>`;
}

export const alert = (message: string | undefined): Html =>
  message ? html`<p role="alert">${message}</p>` : NOTHING;

const SYMBOLS: Record<string, string> = { usd: "$", eur: "€", gbp: "£" };

export function money(amount: number, currency: string): string {
  const sign = amount < 0 ? "-" : "";
  const symbol = SYMBOLS[currency] ?? `${currency.toUpperCase()} `;
  return `${sign}${symbol}${(Math.abs(amount) / 100).toFixed(2)}`;
}

/** "5 January 2027", of seconds since 1970. */
export const day = (seconds: number): string =>
  new Date(seconds * 1_000).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });

/** What was typed before, except of the card itself, comes back after a decline. */
export const cardFields = (
  email: string | null | undefined,
  askEmail = true,
  name?: string | null,
): Html => html`
${askEmail ? html`<label>E-mail<input name="email" type="email" autocomplete="email" required value="${email}"></label>` : NOTHING}
<label>Card number<input name="number" inputmode="numeric" autocomplete="cc-number" placeholder="4242 4242 4242 4242" required></label>
<div class="pair"><label>Expiry<input name="expiry" inputmode="numeric" autocomplete="cc-exp" placeholder="MM / YY" pattern="\\s*\\d{1,2}\\s*/\\s*(\\d{2}|\\d{4})\\s*" required></label>
<label>Security code<input name="cvc" inputmode="numeric" autocomplete="cc-csc" placeholder="CVC" pattern="\\d{3,4}" required></label></div>
<label>Name on card<input name="name" autocomplete="cc-name" required value="${name}"></label>`;

export const TEST_CARDS: Html = html`<details><summary>Cards to try</summary><ul class="soft">
<li><code>4242 4242 4242 4242</code> pays</li><li><code>4000 0000 0000 0002</code> is declined</li>
<li><code>4000 0025 0000 3155</code> asks its holder</li><li><code>4000 0000 0000 0341</code> declines later</li>
<li><code>4000 0000 0000 0259</code> is disputed</li><li><code>4000 0000 0000 5126</code> pays, its refunds fail</li></ul><p class="soft">Any future expiry, any security code.</p></details>`;
