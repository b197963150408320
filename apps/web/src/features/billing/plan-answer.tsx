import { Note } from "../../components/note.tsx";
import type { Translate } from "../../lib/translate.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { Answer } from "./answer.tsx";
import type { PlanNews } from "./plan-news.ts";
import { productName } from "./product-name.ts";

/** Says what has just been done about the plan. */
export function PlanAnswer({ news }: { news: PlanNews | null }) {
  const { t } = useTranslation();
  return <Answer about={news}>{news && <Note tone="good" title={inWords(t, news)} />}</Answer>;
}

function inWords(t: Translate, news: PlanNews): string {
  switch (news.kind) {
    case "changed":
      return t("billing.plan.changed", { name: productName(t, news.name) });
    case "planned":
      return t("billing.plan.planned", { name: productName(t, news.name), date: news.date });
    case "cancelled":
      return t("billing.plan.cancelled", { date: news.date });
    case "paused":
      return t("billing.plan.paused");
    case "resumed":
      return t("billing.plan.resumed");
  }
}
