import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { OutageNotice } from "./components/outage-notice.tsx";
import { leaveFor, signInAddress } from "./lib/leave.ts";
import { removeOutline } from "./lib/outline.ts";
import { queryClient } from "./lib/query-client.ts";
import { onSessionExpired } from "./lib/session.ts";
import { cssVariablesResolver, theme } from "./lib/theme.ts";
import { becomeUser, watchOtherTabs } from "./lib/use-user.ts";
import { router } from "./routes/router.tsx";

/** Someone whose session ended in the middle of work is asked to sign in and comes back to that page. */
async function askToSignIn(): Promise<void> {
  const { href } = router.state.location;
  await becomeUser(null);
  await leaveFor(signInAddress(href, { expired: true }));
}

export function App() {
  useEffect(() => onSessionExpired(() => void askToSignIn()), []);
  useEffect(watchOtherTabs, []);
  useEffect(() => router.subscribe("onRendered", removeOutline), []);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <OutageNotice />
      </QueryClientProvider>
    </MantineProvider>
  );
}
