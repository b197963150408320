import { chooseLocale } from "../lib/i18n.ts";
import { leaveFor, signInAddress } from "../lib/leave.ts";
import { meQuery } from "../lib/queries.ts";
import { queryClient } from "../lib/query-client.ts";

type Here = { location: { href: string } };

/** Members' pages. Shows the page in the language that the user chose, wherever they chose it. */
export async function requireUser({ location }: Here): Promise<void> {
  const user = await queryClient.ensureQueryData(meQuery());
  if (!user) return leaveFor(signInAddress(location.href));
  if (document.documentElement.lang !== user.locale) await chooseLocale(user.locale);
}
