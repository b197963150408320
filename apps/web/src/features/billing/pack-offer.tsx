import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ProblemNote } from "../../components/problem-note.tsx";
import { formatCents } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { billingCatalogueQuery } from "./billing-queries.ts";
import { productName } from "./product-name.ts";
import { smallestEnough } from "./smallest-enough.ts";
import { useCheckout } from "./use-checkout.ts";

type Props = {
  /** Credits that are missing for what somebody is about to do. */
  missing: number;
  /** The page they are on: what they have set up there is kept in the browser. */
  returnTo: string;
};

/** For those in the middle of something: the smallest pack that is enough, one press away. */
export function PackOffer({ missing, returnTo }: Props) {
  const { t } = useTranslation();
  const { data: catalogue } = useQuery(billingCatalogueQuery());
  const { buy, error, busyCode } = useCheckout(returnTo);
  if (!catalogue?.isOpen) return null;
  const pack = smallestEnough(catalogue.packs, missing);
  return (
    <>
      {pack && (
        <Button size="xs" loading={busyCode !== null} onClick={() => buy("pack", pack.code)}>
          {t("offer.buy", {
            name: productName(t, pack.name),
            price: formatCents(t, pack.priceCents),
          })}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        renderRoot={(props) => <Link to="/pricing" search={{ returnTo }} {...props} />}
      >
        {t("offer.all")}
      </Button>
      <ProblemNote error={error} />
    </>
  );
}
