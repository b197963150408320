import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { withTexts } from "../lib/i18n.ts";
import { ErrorPage } from "./error-page.tsx";
import { requireUser, requireVisitor } from "./guards.ts";
import { NotFoundPage } from "./not-found-page.tsx";
import { PendingPage } from "./pending-page.tsx";
import { readLibrarySearch, readResetSearch, readSignInSearch } from "./search.ts";

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
  component: lazyRouteComponent(() => import("./studio-page.tsx"), "StudioPage"),
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

const history = createRoute({
  getParentRoute: () => member,
  path: "/history",
  component: lazyRouteComponent(() => import("./history-page.tsx"), "HistoryPage"),
});

const receipt = createRoute({
  getParentRoute: () => history,
  path: "$jobId",
  component: lazyRouteComponent(() => import("./receipt-page.tsx"), "ReceiptPage"),
});

const settings = createRoute({
  getParentRoute: () => member,
  path: "/settings",
  component: lazyRouteComponent(
    withTexts("money", () => import("./settings-page.tsx")),
    "SettingsPage",
  ),
});

const routeTree = root.addChildren([
  visitor.addChildren([landing, signIn, signUp, forgotPassword, resetPassword]),
  member.addChildren([
    studio,
    library.addChildren([libraryAsset]),
    history.addChildren([receipt]),
    settings,
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
