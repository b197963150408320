import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemNote } from "../../components/problem-note.tsx";
import { Buckets } from "./buckets.tsx";
import { ExpiryNotes } from "./expiry-notes.tsx";
import { Forecast } from "./forecast.tsx";
import styles from "./wallet.module.css";
import { WalletHead } from "./wallet-head.tsx";
import { walletQuery } from "./wallet-query.ts";

/** What one has, where it comes from and how long it lasts; `children` stand below where it comes from. */
export function WalletOverview({ children }: { children?: ReactNode }) {
  const { data: wallet, error, refetch } = useQuery(walletQuery());
  return (
    <div className={styles.overview}>
      <WalletHead />
      {wallet && <ExpiryNotes notices={wallet.expiringPaid} />}
      {error && !wallet && <ProblemNote error={error} onRetry={refetch} />}
      {!error && !wallet && (
        <div className={styles.columns} aria-busy="true">
          <Skeleton h={340} radius={16} />
          <Skeleton h={340} radius={16} />
        </div>
      )}
      {wallet && (
        <div className={styles.columns}>
          <div className={styles.column}>
            <Buckets wallet={wallet} />
            {children}
          </div>
          <Forecast wallet={wallet} />
        </div>
      )}
    </div>
  );
}
