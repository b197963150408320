import { useSyncExternalStore } from "react";
import { isWaitingForServer } from "../lib/outage.ts";
import { queryClient } from "../lib/query-client.ts";
import { useOnline } from "../lib/use-media.ts";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./outage-notice.module.css";

const cache = queryClient.getQueryCache();
const useOutage = () =>
  useSyncExternalStore(
    (notify) => cache.subscribe(notify),
    () => isWaitingForServer(cache),
  );

/**
 * Says that the server is away while reads are being tried again; it goes by itself when they succeed. Lies over the
 * page, so that nothing moves, and is always there, so that screen readers announce the change.
 */
export function OutageNotice() {
  const { t } = useTranslation();
  const isOnline = useOnline();
  const isShown = useOutage() && isOnline;
  return (
    <div role="status" className={styles.place}>
      {isShown ? <p className={styles.notice}>{t("outage")}</p> : null}
    </div>
  );
}
