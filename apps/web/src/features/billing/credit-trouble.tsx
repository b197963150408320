import { Button } from "@mantine/core";
import IconLock from "@tabler/icons-react/dist/esm/icons/IconLock.mjs";
import IconScale from "@tabler/icons-react/dist/esm/icons/IconScale.mjs";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Note } from "../../components/note.tsx";
import { formatCents } from "../../lib/format.ts";
import { balanceQuery } from "../../lib/queries.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { openDisputesQuery } from "./billing-queries.ts";
import { PackOffer } from "./pack-offer.tsx";

/** What a payment that was disputed or taken back has done to the credits, with a way out where there is one. */
export function CreditTrouble() {
  const { t } = useTranslation();
  const { data: balance } = useQuery(balanceQuery());
  const { data: disputed } = useQuery(openDisputesQuery());
  const owed = balance?.owed ?? 0;
  return (
    <>
      {owed > 0 && (
        <Note
          tone="bad"
          icon={<IconScale size={18} />}
          title={t("shortage.owed.title", { count: owed })}
          text={t("shortage.owed.text")}
        >
          <PackOffer missing={owed} returnTo="/billing" />
        </Note>
      )}
      {disputed?.map(({ reference, paidCents, paidAt }) => (
        <Note
          key={reference}
          tone="calm"
          icon={<IconLock size={18} />}
          title={t("billing.disputed.title", {
            amount: formatCents(t, paidCents),
            date: new Date(paidAt),
          })}
          text={t("billing.disputed.text")}
        >
          <Button
            size="xs"
            variant="default"
            renderRoot={(props) => <Link to="/wallet" {...props} />}
          >
            {t("checkoutReturn.toWallet")}
          </Button>
        </Note>
      ))}
    </>
  );
}
