import { useQuery } from "@tanstack/react-query";
import type { User } from "./api-types.ts";
import { meQuery } from "./queries.ts";
import { queryClient } from "./query-client.ts";
import { markUser, onUserMark } from "./user-mark.ts";

/** While the page of someone who just signed out goes away, it still belongs to them. */
let lastUser: User | null = null;

/** The signed-in user on a page that only they can open; the route's guard has asked before. */
export function useUser(): User {
  const { data } = useQuery(meQuery());
  const user = data ?? lastUser;
  if (!user) throw new Error("a member's page was shown without a user");
  lastUser = user;
  return user;
}

/** Replaces whoever was signed in: nothing that one user saw may be shown to the next. */
export async function becomeUser(user: User | null): Promise<void> {
  const { queryKey } = meQuery();
  await queryClient.cancelQueries();
  // What waits its turn was meant by the user before, and would be sent as the next one.
  queryClient.getMutationCache().clear();
  queryClient.setQueryData(queryKey, user);
  markUser(user?.id ?? "");
  const me = JSON.stringify(queryKey);
  queryClient.removeQueries({
    predicate: (query) => JSON.stringify(query.queryKey) !== me && !query.isActive(),
  });
}

/** For answers that come late: is it still this user's page that they would be shown on? */
export const isSignedIn = (userId: string): boolean =>
  queryClient.getQueryData(meQuery().queryKey)?.id === userId;

/**
 * The session is shared by all tabs: when another one signs out, or signs somebody else in, this one must not
 * go on showing what belonged to the person before. @returns a function that ends the watch
 */
export const watchOtherTabs = (): (() => void) =>
  onUserMark((userId) => {
    const shown = queryClient.getQueryData(meQuery().queryKey)?.id ?? "";
    if (userId !== shown) window.location.reload();
  });
