import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { AnimatedNumber } from "../../components/animated-number.tsx";
import { balanceQuery } from "../../lib/queries.ts";
import styles from "./history.module.css";

/** Available and held as two numbers, because they are two promises. */
export function BalanceCard() {
  const { t } = useTranslation();
  const { data: balance } = useQuery(balanceQuery());
  if (!balance) return <Skeleton h={104} radius={16} mb={24} />;
  return (
    <dl className={styles.balance}>
      <div>
        <dt>{t("history.available")}</dt>
        <dd>
          <AnimatedNumber value={balance.available} />
        </dd>
      </div>
      <div>
        <dt>{t("history.held")}</dt>
        <dd>
          <AnimatedNumber value={balance.held} />
        </dd>
      </div>
      {balance.owed > 0 && (
        <div>
          <dt>{t("history.owed")}</dt>
          <dd>
            <AnimatedNumber value={balance.owed} />
          </dd>
        </div>
      )}
    </dl>
  );
}
