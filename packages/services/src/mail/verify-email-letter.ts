import { authLimits, type Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";

type Wording = Omit<Letter, "action"> & { label: string };
const hours = authLimits.verificationHours;

const wording: Record<Locale, Wording> = {
  en: {
    subject: "Confirm your e-mail address",
    greeting: "Hello,",
    paragraphs: [
      "a Tintype account was opened with this address. Confirm that it is yours, and what waits for you is put into your wallet: welcome credits, and any balance that was brought here for this address.",
      `Open the link in a browser where you are signed in. It works once, within ${hours} hours.`,
    ],
    label: "Confirm the address",
    footer: "If you have opened no account, ignore this letter: without you nothing is confirmed.",
  },
  ru: {
    subject: "Подтвердите адрес почты",
    greeting: "Здравствуйте!",
    paragraphs: [
      "С этим адресом открыт аккаунт Tintype. Подтвердите, что адрес ваш, и в кошелёк поступит всё, что вас ждёт: приветственные кредиты и остаток, перенесённый для этого адреса.",
      `Откройте ссылку в браузере, в котором вы вошли в аккаунт. Она сработает один раз, в течение ${hours} часов.`,
    ],
    label: "Подтвердить адрес",
    footer: "Если вы не открывали аккаунт, не обращайте внимания: без вас ничего не подтвердится.",
  },
};

/** Asked for by the account itself: it is sent whatever one thinks of letters. */
export function verifyEmailLetter(locale: Locale, url: string): Letter {
  const { label, ...letter } = wording[locale];
  return { ...letter, action: { label, url } };
}
