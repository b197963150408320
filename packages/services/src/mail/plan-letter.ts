import type { Locale } from "@tintype/core/auth";
import type { PlanNews } from "@tintype/core/billing-news";
import type { Letter } from "./layout.ts";
import type { LetterDesk } from "./letter-desk.ts";
import type { BillingMessageOf } from "./messages.ts";
import { readerWords } from "./reader-words.ts";

type About = { plan: string; other: string; day: string };
type Words = {
  greeting: string;
  changes: Record<PlanNews["change"], (about: About) => { subject: string; text: string }>;
  stays: string;
  label: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    greeting: "Hello,",
    changes: {
      switched: ({ plan, other }) => ({
        subject: `Your plan is now ${plan}`,
        text: `your plan has changed from ${other} to ${plan}.`,
      }),
      switch_planned: ({ plan, other, day }) => ({
        subject: `Your plan changes to ${other} on ${day}`,
        text: `until ${day} you have ${plan}, which is paid. Then ${other} begins.`,
      }),
      end_planned: ({ plan, day }) => ({
        subject: `Your plan ends on ${day}`,
        text: `${plan} is paid until ${day} and works until then. After that day nothing more is charged. You can take it back at any time before.`,
      }),
      kept: ({ plan }) => ({
        subject: `Your plan ${plan} goes on`,
        text: `what was planned is taken back: ${plan} goes on as before.`,
      }),
      paused: ({ plan }) => ({
        subject: `Your plan ${plan} is paused`,
        text: `${plan} is paused. Nothing is charged and no new credits come until it goes on.`,
      }),
      unpaused: ({ plan }) => ({
        subject: `Your plan ${plan} goes on`,
        text: `the pause is over and ${plan} goes on.`,
      }),
      ended: ({ plan }) => ({
        subject: `Your plan ${plan} has ended`,
        text: `${plan} has ended, and nothing more is charged for it.`,
      }),
    },
    stays: "Credits you have bought or been given stay yours until they expire.",
    label: "Open billing",
    footer: "You get this letter because your plan has changed.",
  },
  ru: {
    greeting: "Здравствуйте!",
    changes: {
      switched: ({ plan, other }) => ({
        subject: `Теперь ваш тариф — ${plan}`,
        text: `Тариф сменился с ${other} на ${plan}.`,
      }),
      switch_planned: ({ plan, other, day }) => ({
        subject: `${day} тариф сменится на ${other}`,
        text: `До ${day} действует оплаченный тариф ${plan}. Затем начнётся ${other}.`,
      }),
      end_planned: ({ plan, day }) => ({
        subject: `Тариф закончится ${day}`,
        text: `Тариф ${plan} оплачен до ${day} и до этого дня действует. Потом деньги не списываются. До этого дня отмену можно отозвать.`,
      }),
      kept: ({ plan }) => ({
        subject: `Тариф ${plan} продолжается`,
        text: `Запланированное отменено: тариф ${plan} продолжается как прежде.`,
      }),
      paused: ({ plan }) => ({
        subject: `Тариф ${plan} на паузе`,
        text: `Тариф ${plan} на паузе. Пока он не продолжится, деньги не списываются и новых кредитов нет.`,
      }),
      unpaused: ({ plan }) => ({
        subject: `Тариф ${plan} продолжается`,
        text: `Пауза закончилась, тариф ${plan} продолжается.`,
      }),
      ended: ({ plan }) => ({
        subject: `Тариф ${plan} закончился`,
        text: `Тариф ${plan} закончился, деньги за него больше не списываются.`,
      }),
    },
    stays: "Купленные и полученные кредиты остаются у вас до конца своего срока.",
    label: "Открыть оплату",
    footer: "Вы получили это письмо, потому что ваш тариф изменился.",
  },
};

export function planLetter(message: BillingMessageOf<"plan">, desk: LetterDesk): Letter {
  const { locale, timeZone, change, planCode, otherPlanCode, periodEnd } = message;
  const { greeting, changes, stays, label, footer } = words[locale];
  const { subject, text } = changes[change]({
    plan: desk.nameOf(planCode) ?? planCode,
    other: desk.nameOf(otherPlanCode) ?? otherPlanCode ?? "",
    day: readerWords(locale, timeZone).day(periodEnd),
  });
  return {
    subject,
    greeting,
    paragraphs: [text, ...(change === "switched" || change === "kept" ? [] : [stays])],
    action: { label, url: desk.pages.billing },
    footer,
  };
}
