import type { InitOptions, PostProcessorModule } from "i18next";

/** Called with the language and the key of a text that is shown and does not exist. */
export type OnMissingText = (what: string) => void;

/**
 * An uncaught error for whoever watches the page: the browser tests (tools/e2e/browser.ts) fail on it. It is reported
 * in production too, so what the tests check is the build that is shipped.
 */
export const reportMissingText: OnMissingText = (what) => reportError(new Error(what));

type Resolved = { i18nResolved?: { res?: unknown; usedLng?: string }; lng?: string };

/**
 * Sees every text on its way to the page. i18next's own handler of missing keys is silent when another language has the
 * text, so it would not notice that the Russian words of a page were never loaded.
 */
export const missingTextWatch = (onMissing: OnMissingText): PostProcessorModule => ({
  type: "postProcessor",
  name: "missing-text-watch",
  process: (value, key, options: Resolved, translator: { language: string }) => {
    const asked = options.lng ?? translator.language;
    const { res, usedLng } = options.i18nResolved ?? {};
    if (typeof res !== "string" || usedLng !== asked) onMissing(`missing text: ${asked} ${key}`);
    return value;
  },
});

/** A value that a text names and the page did not give is a hole in the sentence. */
export const missingTextOptions = (onMissing: OnMissingText): InitOptions => ({
  postProcess: "missing-text-watch",
  postProcessPassResolved: true,
  missingInterpolationHandler: (text: string, match: RegExpExecArray) => {
    onMissing(`missing text: no value for ${match[1]} in "${text}"`);
    return "";
  },
});
