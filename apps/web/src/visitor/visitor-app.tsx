import { MantineProvider } from "@mantine/core";
import { type ComponentType, useEffect } from "react";
import { OfflineNotice } from "../components/offline-notice.tsx";
import { VisitorHeader } from "../features/shell/visitor-header.tsx";
import { cssVariablesResolver, theme } from "../lib/theme.ts";
import { type PageData, PageDataContext } from "./page-data.ts";

type Props = { page: ComponentType; data: PageData | null; onReady?: () => void };

/** A page of visitors, as the build draws it and as the browser goes on with it. */
export function VisitorApp({ page: Page, data, onReady }: Props) {
  useEffect(() => onReady?.(), [onReady]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
    >
      <PageDataContext value={data}>
        <VisitorHeader />
        <OfflineNotice />
        <main>
          <Page />
        </main>
      </PageDataContext>
    </MantineProvider>
  );
}
