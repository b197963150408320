import { authLimits, type Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";

type Wording = Omit<Letter, "action"> & { label: string };
const tries = authLimits.triesOfStrangers;
const minutes = authLimits.attemptWindowSeconds / 60;

const wording: Record<Locale, Wording> = {
  en: {
    subject: "Many wrong passwords for your account",
    greeting: "Hello,",
    paragraphs: [
      `within ${minutes} minutes ${tries} wrong passwords were tried on your Tintype account, from browsers that have never signed in to it. None of them was right. We have slowed such attempts down.`,
      "Browsers in which you have signed in before work as always. If a new one makes you wait, or if your password is also used elsewhere, set a new one: that signs you in at once and everybody else out.",
    ],
    label: "Set a new password",
    footer:
      "You get this letter at most once a day. If it was you who tried, there is nothing to do.",
  },
  ru: {
    subject: "Много неверных паролей для вашего аккаунта",
    greeting: "Здравствуйте!",
    paragraphs: [
      `За ${minutes} минут к вашему аккаунту Tintype ${tries} раз пытались подобрать пароль из браузеров, в которых в него никогда не входили. Ни один пароль не подошёл. Такие попытки мы замедлили.`,
      "Браузеры, в которых вы уже входили, работают как обычно. Если новый браузер просит подождать или этот пароль есть у вас где-то ещё, задайте новый: вы сразу войдёте, а все остальные сеансы завершатся.",
    ],
    label: "Задать новый пароль",
    footer:
      "Такое письмо приходит не чаще раза в день. Если пробовали вы сами, делать ничего не нужно.",
  },
};

/** About the account itself: it is sent whatever one thinks of letters. It holds no secret. */
export function signInAttemptsLetter(locale: Locale, url: string): Letter {
  const { label, ...letter } = wording[locale];
  return { ...letter, action: { label, url } };
}
