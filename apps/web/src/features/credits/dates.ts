const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const midnight = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

/** `14 December`; with its year when it is not this one. */
export function formatDate(iso: string, locale: string, now = new Date()): string {
  const date = new Date(iso);
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year }).format(date);
}

/** A day of the calendar, `2026-12-14`, which is the same day wherever it is read. */
export const formatCalendarDay = (day: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );

/** `in 23 days`, by days of the calendar; on the last day `in 5 hours`. */
export function formatRelative(iso: string, locale: string, now = new Date()): string {
  const date = new Date(iso);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const days = Math.round((midnight(date) - midnight(now)) / DAY_MS);
  if (Math.abs(days) >= 2) return format.format(days, "day");
  const hours = Math.floor((date.getTime() - now.getTime()) / HOUR_MS);
  if (hours >= 24) return format.format(days, "day");
  return hours >= 1
    ? format.format(hours, "hour")
    : format.format(Math.max(1, Math.floor((date.getTime() - now.getTime()) / 60_000)), "minute");
}

/** `Nov 21, 2026, 4:17 PM UTC`: a paper is read elsewhere and later, so its time says whose it is. */
export const formatMoment = (iso: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, {
    ...{ year: "numeric", month: "short", day: "numeric" },
    ...{ hour: "numeric", minute: "2-digit", timeZoneName: "short" },
  }).format(new Date(iso));

export const formatMoney = (cents: number, currency: string, locale: string): string =>
  new Intl.NumberFormat(locale, { style: "currency", currency }).format(cents / 100);

/** The moment at which a day of the calendar begins where the reader is. @param day `2026-12-14` */
export function startOfDay(day: string, plusDays = 0): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + plusDays).toISOString();
}
