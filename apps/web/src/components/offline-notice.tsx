import { useOnline } from "../lib/use-media.ts";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./offline-notice.module.css";

/** Always in the page, so that screen readers hear it appear. */
export function OfflineNotice() {
  const { t } = useTranslation();
  const online = useOnline();
  return (
    <div role="status" className={online ? undefined : styles.notice}>
      {online ? null : t("offline")}
    </div>
  );
}
