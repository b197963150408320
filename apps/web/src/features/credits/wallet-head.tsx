import { Skeleton } from "@mantine/core";
import IconLock from "@tabler/icons-react/dist/esm/icons/IconLock.mjs";
import IconScale from "@tabler/icons-react/dist/esm/icons/IconScale.mjs";
import { useQuery } from "@tanstack/react-query";
import { AnimatedNumber } from "../../components/animated-number.tsx";
import { Note } from "../../components/note.tsx";
import { balanceQuery } from "../../lib/queries.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./wallet.module.css";
import { walletQuery } from "./wallet-query.ts";

/** What one has, as separate numbers, because each is another promise; and what stands in the way of using it. */
export function WalletHead() {
  const { t } = useTranslation();
  const { data: balance } = useQuery(balanceQuery());
  const frozen = useQuery(walletQuery()).data?.frozen ?? 0;
  if (!balance) return <Skeleton className={styles.waiting} radius={16} />;
  const { available, held, owed } = balance;
  const others = [
    [t("wallet.held"), held, true],
    [t("wallet.frozen"), frozen, frozen > 0],
    [t("wallet.owed"), owed, owed > 0],
  ] as const;
  return (
    <>
      <dl className={styles.head}>
        <div className={styles.available}>
          <dt>{t("wallet.available")}</dt>
          <dd data-testid="wallet-available">
            <AnimatedNumber value={available} />
          </dd>
        </div>
        {others.map(
          ([name, credits, shown]) =>
            shown && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <AnimatedNumber value={credits} />
                </dd>
              </div>
            ),
        )}
      </dl>
      {frozen > 0 && (
        <Note
          tone="calm"
          icon={<IconLock size={18} />}
          title={t("wallet.frozenNote.title", { count: frozen })}
          text={t("wallet.frozenNote.text")}
        />
      )}
      {owed > 0 && (
        <Note
          tone="bad"
          icon={<IconScale size={18} />}
          title={t("wallet.owedNote.title", { count: owed })}
          text={t("wallet.owedNote.text")}
        />
      )}
    </>
  );
}
