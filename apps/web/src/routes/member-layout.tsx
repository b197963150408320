import { Outlet } from "@tanstack/react-router";
import { OfflineNotice } from "../components/offline-notice.tsx";
import { BottomBar } from "../features/shell/bottom-bar.tsx";
import { MemberHeader } from "../features/shell/member-header.tsx";
import { useLiveUpdates } from "../features/shell/use-live-updates.ts";

export function MemberLayout() {
  useLiveUpdates();
  return (
    <>
      <MemberHeader />
      <OfflineNotice />
      <main>
        <Outlet />
      </main>
      <BottomBar />
    </>
  );
}
