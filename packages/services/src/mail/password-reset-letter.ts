import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";

type Wording = Omit<Letter, "action"> & { label: string };

const wording: Record<Locale, (minutes: number) => Wording> = {
  en: (minutes) => ({
    subject: "Set a new password",
    greeting: "Hello,",
    paragraphs: [
      "somebody, most likely you, asked to set a new password for this Tintype account.",
      `The link works once, within ${minutes} minutes. Setting a new password signs you out everywhere.`,
    ],
    label: "Set a new password",
    footer: "If this was not you, ignore this letter: nothing has changed.",
  }),
  ru: (minutes) => ({
    subject: "Новый пароль",
    greeting: "Здравствуйте!",
    paragraphs: [
      "Кто-то, скорее всего вы, попросил задать новый пароль для этого аккаунта Tintype.",
      `Ссылка сработает один раз, в течение ${minutes} минут. После смены пароля все сеансы завершатся.`,
    ],
    label: "Задать новый пароль",
    footer: "Если это были не вы, не обращайте внимания: ничего не изменилось.",
  }),
};

export function passwordResetLetter(locale: Locale, url: string, minutes: number): Letter {
  const { label, ...letter } = wording[locale](minutes);
  return { ...letter, action: { label, url } };
}
