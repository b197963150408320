import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";
import type { LetterDesk } from "./letter-desk.ts";
import type { BillingMessageOf } from "./messages.ts";
import { readerWords } from "./reader-words.ts";

type Stage = { subject: string; paragraphs: readonly string[] };
type Words = {
  greeting: string;
  opened: Stage;
  won: Stage;
  /** Won, while another dispute about the payment is open. */
  wonOne: Stage;
  lost: Stage;
  /** Added when another dispute about the payment is open. */
  stillDisputed: string;
  disputed: string;
  payment: string;
  paymentOf: (amount: string, day: string) => string;
  wallet: string;
  billing: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    greeting: "Hello,",
    opened: {
      subject: "A payment of yours is disputed",
      paragraphs: [
        "your bank has told us that a payment to Tintype is disputed. Until the bank decides, the unspent credits of this payment are frozen: they are still yours and cannot be used.",
        "If you did not mean to dispute it, tell your bank to withdraw. Credits from other payments work as before, and everything you have made stays yours.",
      ],
    },
    won: {
      subject: "The dispute is over: your credits are back",
      paragraphs: [
        "the dispute about a payment is closed and the payment stands. The credits that were frozen can be used again.",
      ],
    },
    wonOne: {
      subject: "A dispute is over: this part of the payment stands",
      paragraphs: ["a dispute about a payment is closed, and this part of the payment stands."],
    },
    stillDisputed:
      "Another dispute about the same payment is still open. Until the bank decides, the unspent credits of this payment stay frozen.",
    lost: {
      subject: "The dispute is over: the payment was taken back",
      paragraphs: [
        "the bank has given the disputed sum back to you, so the credits it had paid for have left your wallet.",
        "If some of them had been spent already, the rest is shown as owed, and new jobs wait until it is settled. Downloads stay open.",
      ],
    },
    disputed: "Disputed",
    payment: "Payment",
    paymentOf: (amount, day) => `${amount} on ${day}`,
    wallet: "Open your wallet",
    billing: "See all payments",
    footer: "You get this letter because a payment of your account was disputed.",
  },
  ru: {
    greeting: "Здравствуйте!",
    opened: {
      subject: "Ваш платёж оспорен",
      paragraphs: [
        "Банк сообщил, что платёж в Tintype оспорен. Пока банк не решит, непотраченные кредиты этого платежа заморожены: они ваши, но использовать их нельзя.",
        "Если вы не хотели оспаривать платёж, попросите банк отозвать заявление. Кредиты других платежей работают как прежде, и всё, что вы сделали, остаётся у вас.",
      ],
    },
    won: {
      subject: "Спор завершён: кредиты снова ваши",
      paragraphs: [
        "Спор о платеже закрыт, платёж остаётся в силе. Замороженными кредитами снова можно пользоваться.",
      ],
    },
    wonOne: {
      subject: "Один спор завершён: эта часть платежа остаётся в силе",
      paragraphs: ["Спор о платеже закрыт, и эта часть платежа остаётся в силе."],
    },
    stillDisputed:
      "Другой спор о том же платеже ещё открыт. Пока банк не решит, непотраченные кредиты этого платежа остаются замороженными.",
    lost: {
      subject: "Спор завершён: платёж возвращён",
      paragraphs: [
        "Банк вернул вам оспоренную сумму, поэтому оплаченные ею кредиты списаны из кошелька.",
        "Если часть из них уже потрачена, остаток показан как долг, и новые задания ждут, пока он не погашен. Скачивать готовое можно.",
      ],
    },
    disputed: "Оспорено",
    payment: "Платёж",
    paymentOf: (amount, day) => `${amount}, ${day}`,
    wallet: "Открыть кошелёк",
    billing: "Все платежи",
    footer: "Вы получили это письмо, потому что платёж вашего аккаунта оспорили.",
  },
};

export function disputeLetter(
  message: BillingMessageOf<"dispute_opened" | "dispute_closed">,
  { pages }: LetterDesk,
): Letter {
  const { locale, timeZone, disputedCents, paidCents, paidAt } = message;
  const text = words[locale];
  const { money, day } = readerWords(locale, timeZone);
  const isStillDisputed = message.kind === "dispute_closed" && message.isStillDisputed;
  const stage = message.kind === "dispute_opened" ? "opened" : message.outcome;
  const { subject, paragraphs } = text[stage === "won" && isStillDisputed ? "wonOne" : stage];
  return {
    subject,
    paragraphs: isStillDisputed ? [...paragraphs, text.stillDisputed] : paragraphs,
    greeting: text.greeting,
    facts: [
      [text.payment, text.paymentOf(money(paidCents), day(paidAt))],
      [text.disputed, money(disputedCents)],
    ],
    action:
      stage === "won"
        ? { label: text.wallet, url: pages.wallet }
        : { label: text.billing, url: pages.billing },
    footer: text.footer,
  };
}
