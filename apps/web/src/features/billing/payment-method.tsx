import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { SavedCard } from "../../lib/api-types.ts";
import { useHashTarget } from "../../lib/use-hash-target.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { AskAgain } from "./ask-again.tsx";
import { cardQuery } from "./billing-queries.ts";
import { cardName, hasExpired, validUntil } from "./card-name.ts";
import { usePortal } from "./use-portal.ts";
import { useSaveCard } from "./use-save-card.ts";

const parts = ["payment-method"];

/** What pays when nobody is there, and where it can be changed. */
export function PaymentMethod() {
  const { t } = useTranslation();
  const { data: card, error } = useQuery(cardQuery());
  const portal = usePortal("/billing");
  const save = useSaveCard("payment-method");
  useHashTarget(parts, card !== undefined);
  return (
    <section className={section.row} aria-labelledby="payment-method">
      <div>
        <h2 id="payment-method" className={section.name}>
          {t("billing.method.title")}
        </h2>
        {card !== undefined && <InWords card={card} />}
        {card === undefined && error && (
          <AskAgain text={t("billing.method.unknown")} query={cardQuery()} />
        )}
        <p className={section.text}>{t("billing.method.text")}</p>
      </div>
      <div className={section.actions}>
        {card === null && (
          <Button variant="default" loading={save.isBusy} onClick={save.open}>
            {t("billing.method.add")}
          </Button>
        )}
        <Button variant="default" loading={portal.isBusy} onClick={portal.open}>
          {t("billing.method.open")}
        </Button>
      </div>
      <ProblemNote error={save.error ?? portal.error} />
    </section>
  );
}

function InWords({ card }: { card: SavedCard | null }) {
  const { t } = useTranslation();
  if (!card) return <p className={section.text}>{t("billing.method.none")}</p>;
  const name = cardName(t, card);
  if (hasExpired(card, new Date())) {
    return <p className={section.bad}>{t("billing.method.expired", { card: name })}</p>;
  }
  const until = card.expires && validUntil(card.expires);
  return (
    <p className={section.fact}>
      {until ? t("billing.method.valid", { card: name, until }) : name}
    </p>
  );
}
