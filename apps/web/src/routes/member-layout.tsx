import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { OfflineNotice } from "../components/offline-notice.tsx";
import { BottomBar } from "../features/shell/bottom-bar.tsx";
import { useLiveUpdates } from "../features/shell/live/use-live-updates.ts";
import { MemberHeader } from "../features/shell/member-header.tsx";
import styles from "../features/shell/verify-notice.module.css";
import { withTexts } from "../lib/i18n.ts";
import { useUser } from "../lib/use-user.ts";

/** For the few who have yet to confirm their address: nobody else loads it. */
const VerifyNotice = lazy(withTexts("money", () => import("../features/shell/verify-notice.tsx")));

export function MemberLayout() {
  useLiveUpdates();
  const { awaitsVerification } = useUser();
  return (
    <>
      <MemberHeader />
      <OfflineNotice />
      {awaitsVerification && (
        <Suspense fallback={<div className={styles.place} />}>
          <VerifyNotice />
        </Suspense>
      )}
      <main>
        <Outlet />
      </main>
      <BottomBar />
    </>
  );
}
