import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import type { CardPlace } from "@tintype/core/billing-inputs";
import { Note } from "../../components/note.tsx";
import { useTranslation } from "../../lib/use-translation.ts";
import { cardQuery } from "./billing-queries.ts";
import { cardName } from "./card-name.ts";

/** For whoever comes back from leaving a card: it is there, and the rest is still theirs to say. */
export function CardSaved({ place }: { place: CardPlace }) {
  const { t } = useTranslation();
  const isBack = useLocation({
    select: ({ hash, search }) => hash === place && "card" in search && search.card === "saved",
  });
  const { data: card } = useQuery({ ...cardQuery(), enabled: isBack });
  if (!isBack || !card) return null;
  return (
    <Note
      tone="good"
      role="status"
      title={t("billing.method.saved.title", { card: cardName(t, card) })}
      text={t("billing.method.saved.text")}
    />
  );
}
