import { Skeleton, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AnimatedNumber } from "../../components/animated-number.tsx";
import { balanceQuery } from "../../lib/queries.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./header.module.css";

/** What may be spent, and what unfinished jobs hold. Leads to the explanation of every credit. */
export function BalanceChip() {
  const { t } = useTranslation();
  const { data: balance } = useQuery(balanceQuery());
  if (!balance) return <Skeleton w={92} h={36} radius="xl" />;

  const { available, held } = balance;
  return (
    <Link
      to="/wallet"
      className={styles.balance}
      data-testid="balance"
      data-available={available}
      data-held={held}
    >
      <VisuallyHidden>{t("balance.label")}</VisuallyHidden>
      <span className={styles.coin} aria-hidden="true" />
      <AnimatedNumber value={available} />
      {held > 0 && <span className={styles.held}>{t("balance.heldShort", { count: held })}</span>}
    </Link>
  );
}
