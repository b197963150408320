import type { QueryClient } from "@tanstack/react-query";

/** Out of date for whoever looks next. A hidden page does not ask again before somebody does. */
export function refresh(queryClient: QueryClient, part: { pathFilter: () => object }): void {
  const refetchType = document.hidden ? "none" : "active";
  void queryClient.invalidateQueries({ ...part.pathFilter(), refetchType });
}
