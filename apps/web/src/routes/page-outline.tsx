import { HeaderOutline } from "../features/shell/header-outline.tsx";
import { PendingPage } from "./pending-page.tsx";

/** Any page of members before its code is there. */
export const PageOutline = () => (
  <>
    <HeaderOutline current={null} />
    <main>
      <PendingPage />
    </main>
  </>
);
