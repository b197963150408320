import { Outlet } from "@tanstack/react-router";
import { OfflineNotice } from "../components/offline-notice.tsx";
import { VisitorHeader } from "../features/shell/visitor-header.tsx";

export function VisitorLayout() {
  return (
    <>
      <VisitorHeader />
      <OfflineNotice />
      <main>
        <Outlet />
      </main>
    </>
  );
}
