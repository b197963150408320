import { Landing } from "../../features/landing/landing.tsx";
import { usePageData } from "../page-data.ts";

export function Page() {
  const { data } = usePageData();
  return <Landing welcomeCredits={data?.welcomeCredits ?? null} />;
}
