import type { OnMissingText } from "./translate.ts";

/**
 * An uncaught error for whoever watches the page: the browser tests (tools/e2e/browser.ts) fail on it. It is reported
 * in production too, so what the tests check is the build that is shipped.
 */
export const reportMissingText: OnMissingText = (what) => reportError(new Error(what));
