import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";
import type { LetterDesk } from "./letter-desk.ts";
import type { BillingMessageOf } from "./messages.ts";
import { readerWords } from "./reader-words.ts";

type Words = {
  subject: (amount: string) => string;
  greeting: string;
  intro: (amount: string) => string;
  meanwhile: string;
  faster: string;
  what: string;
  label: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    subject: (amount) => `Your bank is processing a payment of ${amount}`,
    greeting: "Hello,",
    intro: (amount) =>
      `a new month of your plan has begun. Its payment of ${amount} is a bank debit, which takes up to two weeks. There is nothing you have to do.`,
    meanwhile:
      "Until the money arrives, the new month has no credits yet: packs and gifts work as before. Then all of them come, together with what was left of last month's.",
    faster: "With a card the credits come at once. You can change how you pay for the next month.",
    what: "On its way",
    label: "Open billing",
    footer: "You get this letter because a payment of your account takes days.",
  },
  ru: {
    subject: (amount) => `Банк проводит платёж на ${amount}`,
    greeting: "Здравствуйте!",
    intro: (amount) =>
      `Начался новый месяц вашего тарифа. Платёж на ${amount} списывается с банковского счёта, это занимает до двух недель. От вас ничего не требуется.`,
    meanwhile:
      "Пока деньги не поступили, кредитов нового месяца ещё нет: пакеты и подарки можно тратить. Потом придут все кредиты и остаток прошлого месяца.",
    faster:
      "При оплате картой кредиты приходят сразу. Способ оплаты следующего месяца можно сменить.",
    what: "В пути",
    label: "Открыть оплату",
    footer: "Вы получили это письмо, потому что платёж вашего аккаунта занимает несколько дней.",
  },
};

export function paymentProcessingLetter(
  { locale, timeZone, amountDueCents }: BillingMessageOf<"payment_processing">,
  { pages }: LetterDesk,
): Letter {
  const text = words[locale];
  const amount = readerWords(locale, timeZone).money(amountDueCents);
  return {
    subject: text.subject(amount),
    greeting: text.greeting,
    paragraphs: [text.intro(amount), text.meanwhile, text.faster],
    facts: [[text.what, amount]],
    action: { label: text.label, url: pages.billing },
    footer: text.footer,
  };
}
