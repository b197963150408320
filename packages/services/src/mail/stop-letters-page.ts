import type { Locale } from "@tintype/core/auth";

type State = "asks" | "done" | "notOurs";
type Words = Record<State, { title: string; text: string }> & { press: string; settings: string };

const words: Record<Locale, Words> = {
  en: {
    asks: {
      title: "No more of these letters?",
      text: "Letters about credits that run low or expire, a new month of your plan and spending beyond the wallet will no longer come. Receipts, refunds, failed payments and what you ask for yourself still do.",
    },
    done: {
      title: "These letters no longer come",
      text: "Receipts, refunds, failed payments and what you ask for yourself still do. You can have the others back in the settings.",
    },
    notOurs: {
      title: "This link does not work",
      text: "Perhaps a part of it was lost on the way. Nothing was changed. Sign in and turn off e-mail notifications in the settings.",
    },
    press: "Stop these letters",
    settings: "Open the settings",
  },
  ru: {
    asks: {
      title: "Больше не присылать таких писем?",
      text: "Письма о том, что кредиты заканчиваются или истекают, о новом месяце тарифа и о расходах сверх кошелька больше не придут. Чеки, возвраты, неудавшиеся платежи и то, что вы запросили сами, приходят всегда.",
    },
    done: {
      title: "Такие письма больше не придут",
      text: "Чеки, возвраты, неудавшиеся платежи и то, что вы запросили сами, приходят всегда. Остальные письма можно вернуть в настройках.",
    },
    notOurs: {
      title: "Ссылка не работает",
      text: "Возможно, часть её потерялась в пути. Ничего не изменилось. Войдите и отключите уведомления по почте в настройках.",
    },
    press: "Не присылать",
    settings: "Открыть настройки",
  },
};

/** The paper of the letters, where somebody comes from; readers of the dark get the dark. */
const STYLE = `:root{color-scheme:light dark}
body{margin:0;padding:32px 16px;background:#f4f1ec;color:#26221c;font:16px/1.5 system-ui,sans-serif}
main{max-width:520px;margin:0 auto;padding:32px;background:#fff;border-radius:12px}
h1{margin:0 0 16px;font-size:1.375rem;line-height:1.3}p{margin:0 0 16px}.name{margin-bottom:24px;font-weight:700;letter-spacing:.02em}
.button{display:inline-block;margin-top:8px;padding:12px 20px;border:0;border-radius:8px;background:#26221c;color:#fff;font:inherit;text-decoration:none;cursor:pointer}
.button:focus-visible{outline:3px solid #b4551d;outline-offset:3px}
@media (prefers-color-scheme:dark){body{background:#17140f;color:#efe9df}main{background:#231f18}.button{background:#efe9df;color:#17140f}}`;

/**
 * What is behind the link for somebody who opens it. It changes nothing by being opened, for programs that look for
 * malice open every link of a letter; it needs neither a script nor a session, and says nothing about anybody.
 */
export function stopLettersPage(locale: Locale, state: State): string {
  const { [state]: said, press, settings } = words[locale];
  const next =
    state === "asks"
      ? `<form method="post"><button class="button">${press}</button></form>`
      : `<a class="button" href="/settings">${settings}</a>`;
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${said.title} · Tintype</title><style>${STYLE}</style></head>
<body><main><p class="name">Tintype</p><h1>${said.title}</h1><p>${said.text}</p>${next}</main></body></html>`;
}
