import { redirect } from "@tanstack/react-router";
import { chooseLocale } from "../lib/i18n.ts";
import { meQuery } from "../lib/queries.ts";
import { queryClient } from "../lib/query-client.ts";

type Here = { location: { href: string } };

/** Members' pages. Shows the page in the language that the user chose, wherever they chose it. */
export async function requireUser({ location }: Here): Promise<void> {
  const user = await queryClient.ensureQueryData(meQuery());
  if (!user) throw redirect({ to: "/sign-in", search: { from: location.href } });
  if (document.documentElement.lang !== user.locale) await chooseLocale(user.locale);
}

/** Pages for everybody, in the language of whoever is signed in. */
export async function greetUser(): Promise<void> {
  const user = await queryClient.ensureQueryData(meQuery());
  if (user && document.documentElement.lang !== user.locale) await chooseLocale(user.locale);
}

/** Pages for those who are not signed in yet; everyone else has work to do. */
export async function requireVisitor(): Promise<void> {
  const user = await queryClient.ensureQueryData(meQuery());
  if (user) throw redirect({ to: "/studio" });
}
