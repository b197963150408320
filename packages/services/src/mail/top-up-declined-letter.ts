import type { Locale } from "@tintype/core/auth";
import type { TopUpReason } from "@tintype/core/top-up";
import type { Letter } from "./layout.ts";
import type { TopUpDeclinedMessage } from "./messages.ts";
import { readerWords } from "./reader-words.ts";

type Words = {
  subject: string;
  greeting: string;
  tried: (price: string) => string;
  reasons: Record<TopUpReason, string>;
  paused: string;
  label: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    subject: "Your automatic purchase was declined and is paused",
    greeting: "Hello,",
    tried: (price) => `we tried to buy the pack you chose, for ${price}, and it was not paid.`,
    reasons: {
      card_declined: "Your bank declined the card.",
      authentication_required: "Your bank wants you to confirm the payment yourself.",
      no_payment_method: "No card is saved with which we could pay.",
    },
    paused:
      "Nothing was charged, and nothing will be bought automatically until you turn it on again. Packs can be bought by hand at any time.",
    label: "Check card and purchase",
    footer: "You get this letter because you have turned on the automatic purchase of credits.",
  },
  ru: {
    subject: "Автоматическая покупка отклонена и приостановлена",
    greeting: "Здравствуйте!",
    tried: (price) => `Мы пытались купить выбранный вами пакет за ${price}, но платёж не прошёл.`,
    reasons: {
      card_declined: "Банк отклонил карту.",
      authentication_required: "Банк просит вас подтвердить платёж лично.",
      no_payment_method: "Нет сохранённой карты, с которой можно заплатить.",
    },
    paused:
      "Ничего не списано, и автоматических покупок не будет, пока вы не включите их снова. Купить пакет вручную можно в любое время.",
    label: "Проверить карту и покупку",
    footer: "Вы получили это письмо, потому что включили автоматическую покупку кредитов.",
  },
};

/** About money that was asked for and did not come: it is sent whatever one thinks of letters. */
export function topUpDeclinedLetter(
  { locale, reason, priceCents }: TopUpDeclinedMessage,
  billingUrl: string,
): Letter {
  const text = words[locale];
  const { money } = readerWords(locale, "UTC");
  return {
    subject: text.subject,
    greeting: text.greeting,
    paragraphs: [text.tried(money(priceCents)), text.reasons[reason], text.paused],
    action: { label: text.label, url: billingUrl },
    footer: text.footer,
  };
}
