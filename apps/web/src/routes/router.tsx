import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { withTexts } from "../lib/i18n.ts";
import { ErrorPage } from "./error-page.tsx";
import { requireUser } from "./guards.ts";
import { NotFoundPage } from "./not-found-page.tsx";
import { PendingPage } from "./pending-page.tsx";
import {
  readBillingSearch,
  readCheckoutReturnSearch,
  readLibrarySearch,
  readPricingSearch,
  readResetSearch,
  readWalletSearch,
} from "./search.ts";

/** Members' pages. Those of visitors are documents of their own (../visitor), to which one goes by `leaveFor` or a plain link. */
const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });

const member = createRoute({
  getParentRoute: () => root,
  id: "member",
  beforeLoad: requireUser,
  component: lazyRouteComponent(() => import("./member-layout.tsx"), "MemberLayout"),
});

const studio = createRoute({
  getParentRoute: () => member,
  path: "/studio",
  // An upload can fail before anything was asked of the server, which brings the words of a problem else.
  component: lazyRouteComponent(
    withTexts("problems", () => import("./studio-page.tsx")),
    "StudioPage",
  ),
});

const library = createRoute({
  getParentRoute: () => member,
  path: "/library",
  validateSearch: readLibrarySearch,
  component: lazyRouteComponent(() => import("./library-page.tsx"), "LibraryPage"),
});

const libraryAsset = createRoute({
  getParentRoute: () => library,
  path: "$assetId",
  component: lazyRouteComponent(() => import("./library-asset-page.tsx"), "LibraryAssetPage"),
});

const wallet = createRoute({
  getParentRoute: () => member,
  path: "/wallet",
  validateSearch: readWalletSearch,
  component: lazyRouteComponent(
    withTexts("wallet", () => import("./wallet-page.tsx")),
    "WalletPage",
  ),
});

const eventReceipt = createRoute({
  getParentRoute: () => wallet,
  path: "receipts/$seq",
  component: lazyRouteComponent(() => import("./event-receipt-page.tsx"), "EventReceiptPage"),
});

const jobReceipt = createRoute({
  getParentRoute: () => wallet,
  path: "jobs/$jobId",
  component: lazyRouteComponent(() => import("./job-receipt-page.tsx"), "JobReceiptPage"),
});

/** Where the wallet was until it had a page of its own. */
const history = createRoute({
  getParentRoute: () => member,
  path: "/history",
  beforeLoad: () => {
    throw redirect({ to: "/wallet", replace: true });
  },
});

const historyReceipt = createRoute({
  getParentRoute: () => member,
  path: "/history/$jobId",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/wallet/jobs/$jobId", params, replace: true });
  },
});

const settings = createRoute({
  getParentRoute: () => member,
  path: "/settings",
  component: lazyRouteComponent(
    withTexts("money", () => import("./settings-page.tsx")),
    "SettingsPage",
  ),
});

const verifyEmail = createRoute({
  getParentRoute: () => member,
  path: "/verify-email",
  validateSearch: readResetSearch,
  component: lazyRouteComponent(
    withTexts("money", () => import("./verify-email-page.tsx")),
    "VerifyEmailPage",
  ),
});

const rewards = createRoute({
  getParentRoute: () => member,
  path: "/rewards",
  component: lazyRouteComponent(
    withTexts("money", () => import("./rewards-page.tsx")),
    "RewardsPage",
  ),
});

const billing = createRoute({
  getParentRoute: () => member,
  path: "/billing",
  validateSearch: readBillingSearch,
  component: lazyRouteComponent(
    withTexts(["pricing", "billing"], () => import("./billing-page.tsx")),
    "BillingPage",
  ),
});

const checkoutReturn = createRoute({
  getParentRoute: () => member,
  path: "/billing/return",
  validateSearch: readCheckoutReturnSearch,
  component: lazyRouteComponent(
    withTexts(["pricing", "billing", "problems"], () => import("./checkout-return-page.tsx")),
    "CheckoutReturnPage",
  ),
});

const pricing = createRoute({
  getParentRoute: () => member,
  path: "/pricing",
  validateSearch: readPricingSearch,
  component: lazyRouteComponent(
    withTexts(["pricing", "billing"], () => import("./pricing-page.tsx")),
    "PricingPage",
  ),
});

const routeTree = root.addChildren([
  member.addChildren([
    studio,
    library.addChildren([libraryAsset]),
    wallet.addChildren([eventReceipt, jobReceipt]),
    history,
    historyReceipt,
    settings,
    verifyEmail,
    rewards,
    billing,
    checkoutReturn,
    pricing,
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultPendingComponent: PendingPage,
  defaultPendingMs: 200,
  defaultErrorComponent: ErrorPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
