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
import { greetUser, requireUser, requireVisitor } from "./guards.ts";
import { NotFoundPage } from "./not-found-page.tsx";
import { PendingPage } from "./pending-page.tsx";
import {
  readBillingSearch,
  readCheckoutReturnSearch,
  readLibrarySearch,
  readPricingSearch,
  readResetSearch,
  readSignInSearch,
  readSignUpSearch,
  readWalletSearch,
} from "./search.ts";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });

const visitor = createRoute({
  getParentRoute: () => root,
  id: "visitor",
  component: lazyRouteComponent(
    withTexts("visitor", () => import("./visitor-layout.tsx")),
    "VisitorLayout",
  ),
});

const landing = createRoute({
  getParentRoute: () => visitor,
  path: "/",
  beforeLoad: requireVisitor,
  component: lazyRouteComponent(() => import("./landing-page.tsx"), "LandingPage"),
});

const signIn = createRoute({
  getParentRoute: () => visitor,
  path: "/sign-in",
  beforeLoad: requireVisitor,
  validateSearch: readSignInSearch,
  component: lazyRouteComponent(() => import("./sign-in-page.tsx"), "SignInPage"),
});

const signUp = createRoute({
  getParentRoute: () => visitor,
  path: "/sign-up",
  beforeLoad: requireVisitor,
  validateSearch: readSignUpSearch,
  component: lazyRouteComponent(() => import("./sign-up-page.tsx"), "SignUpPage"),
});

/** The code stands in the path: in the search a code of digits would be read as a number. */
const invite = createRoute({
  getParentRoute: () => visitor,
  path: "/invite/$code",
  beforeLoad: requireVisitor,
  component: lazyRouteComponent(() => import("./sign-up-page.tsx"), "SignUpPage"),
});

const forgotPassword = createRoute({
  getParentRoute: () => visitor,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("./forgot-password-page.tsx"), "ForgotPasswordPage"),
});

const resetPassword = createRoute({
  getParentRoute: () => visitor,
  path: "/reset-password",
  validateSearch: readResetSearch,
  component: lazyRouteComponent(() => import("./reset-password-page.tsx"), "ResetPasswordPage"),
});

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

const everyone = createRoute({
  getParentRoute: () => root,
  id: "everyone",
  beforeLoad: greetUser,
  component: lazyRouteComponent(
    withTexts("visitor", () => import("./everyone-layout.tsx")),
    "EveryoneLayout",
  ),
});

const pricing = createRoute({
  getParentRoute: () => everyone,
  path: "/pricing",
  validateSearch: readPricingSearch,
  component: lazyRouteComponent(
    withTexts(["pricing", "billing"], () => import("./pricing-page.tsx")),
    "PricingPage",
  ),
});

const routeTree = root.addChildren([
  visitor.addChildren([landing, signIn, signUp, invite, forgotPassword, resetPassword]),
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
  ]),
  everyone.addChildren([pricing]),
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
