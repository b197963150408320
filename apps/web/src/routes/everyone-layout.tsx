import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../lib/queries.ts";
import { MemberLayout } from "./member-layout.tsx";
import { VisitorLayout } from "./visitor-layout.tsx";

/** Around pages that are for members and visitors alike. */
export function EveryoneLayout() {
  const { data: user } = useQuery(meQuery());
  return user ? <MemberLayout /> : <VisitorLayout />;
}
