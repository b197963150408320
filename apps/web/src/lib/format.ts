import type { Translate } from "./translate.ts";

const kibibyte = 1024;

export function formatBytes(t: Translate, byteSize: number): string {
  if (byteSize < kibibyte) return t("units.bytes", { count: byteSize });
  if (byteSize < kibibyte ** 2) {
    return t("units.kilobytes", { value: Math.round(byteSize / kibibyte) });
  }
  return t("units.megabytes", { value: Math.round((byteSize / kibibyte ** 2) * 10) / 10 });
}

/** Whole US cents as dollars, the way the reader's language writes them. */
export const formatCents = (t: Translate, cents: number): string =>
  t("units.dollars", { amount: cents / 100 });

/** Hours and minutes of an ISO time, as the reader writes them. */
export const formatClock = (iso: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }).format(new Date(iso));

export const formatDay = (iso: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(iso),
  );

export const formatNumber = (value: number, locale: string): string =>
  new Intl.NumberFormat(locale).format(value);

/** `+5`, `−5` with a real minus sign. */
export const formatChange = (value: number, locale: string): string =>
  new Intl.NumberFormat(locale, { signDisplay: "exceptZero" }).format(value).replace("-", "\u2212");

/** Time that has passed or is left, as `0:07` or `12:30`; never below zero. */
export function formatStopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** How long something takes, roughly: seconds below a minute and a half, else minutes. */
export const formatEstimate = (t: Translate, seconds: number): string =>
  seconds < 90
    ? t("units.seconds", { count: Math.max(1, Math.ceil(seconds)) })
    : t("units.minutes", { count: Math.ceil(seconds / 60) });
