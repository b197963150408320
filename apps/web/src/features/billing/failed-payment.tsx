import { Button } from "@mantine/core";
import IconAlertCircle from "@tabler/icons-react/dist/esm/icons/IconAlertCircle.mjs";
import { useQuery } from "@tanstack/react-query";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Subscription } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { preferencesQuery } from "./billing-queries.ts";
import { usePortal } from "./use-portal.ts";

/** A payment for the plan, or for what went beyond the wallet, that did not go through: what that means, and two ways out. */
export function FailedPayment({ subscription }: { subscription: Subscription }) {
  const { t } = useTranslation();
  const portal = usePortal("/billing");
  const { data: preferences } = useQuery(preferencesQuery());
  const { failedPayment: failed, status } = subscription;
  if (!failed && status !== "past_due") return null;
  const amount = formatCents(t, failed?.amountDueCents ?? 0);
  const next = failed?.nextAttemptAt;
  const of = failed?.isPlan === false ? "overage" : "plan";
  // Paying it opens nothing while the bank holds, or has taken back, a payment for the same.
  const means = of === "overage" && preferences?.isOverageDisputed ? "overageDisputed" : of;
  return (
    <Note
      tone="bad"
      role="alert"
      icon={<IconAlertCircle size={18} />}
      title={failed ? t(`billing.failed.${of}`, { amount }) : t("billing.failed.titlePlain")}
      text={`${next ? t("billing.failed.next", { date: new Date(next) }) : t("billing.failed.last")} ${t(`billing.failed.${means}Text`)}`}
    >
      {failed?.payUrl && (
        <Button component="a" href={failed.payUrl} size="sm">
          {t("billing.failed.pay", { amount })}
        </Button>
      )}
      <Button size="sm" variant="default" loading={portal.isBusy} onClick={portal.open}>
        {t("billing.failed.card")}
      </Button>
      <ProblemNote error={portal.error} />
    </Note>
  );
}
