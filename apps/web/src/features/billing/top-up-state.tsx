import { Button } from "@mantine/core";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { BillingPreferences } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./limits.module.css";
import { usePortal } from "./use-portal.ts";
import { useSaveCard } from "./use-save-card.ts";

type TopUp = BillingPreferences["topUp"];

/** What has been bought this month, and why nothing is any more. */
export function TopUpState({ topUp }: { topUp: TopUp }) {
  const { t } = useTranslation();
  if (!topUp.enabled) return null;
  const { pausedBecause, spentCents, monthlyCapCents, isBuying } = topUp;
  return (
    <>
      {pausedBecause && <Paused because={pausedBecause} />}
      <p className={styles.used}>
        {t("billing.limits.bought", {
          used: formatCents(t, spentCents),
          limit: formatCents(t, monthlyCapCents ?? 0),
        })}{" "}
        {isBuying && t("billing.limits.buying")}
      </p>
    </>
  );
}

function Paused({ because }: { because: NonNullable<TopUp["pausedBecause"]> }) {
  const { t } = useTranslation();
  const portal = usePortal("/billing#top-up");
  const save = useSaveCard("top-up");
  // Another card beside one that was declined is chosen in the portal; the first one is just added.
  const [way, label] =
    because === "no_payment_method"
      ? [save, t("billing.method.add")]
      : [portal, t("billing.failed.card")];
  return (
    <Note
      tone="bad"
      title={t("billing.limits.paused")}
      text={t(`billing.limits.pausedBecause.${because}`)}
    >
      <Button size="xs" variant="default" loading={way.isBusy} onClick={way.open}>
        {label}
      </Button>
      <ProblemNote error={way.error} />
    </Note>
  );
}
