import { type ErrorComponentProps, useMatch, useRouter } from "@tanstack/react-router";
import { MessagePage } from "../components/message-page.tsx";
import { explain } from "../lib/problem.ts";
import { useTranslation } from "../lib/use-translation.ts";

/** The last resort: says what happened as well as we know it, and lets the person try again. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const { routeId } = useMatch({ strict: false });
  // A layout that could not be shown leaves the whole window; a page leaves its place in the layout.
  const isInside = router.routesById[routeId]?.parentRoute !== router.routeTree;
  const { title, advice } = explain(t, error);
  const tryAgain = () => {
    reset();
    void router.invalidate();
  };
  return (
    <MessagePage
      {...{ title, isInside }}
      text={advice}
      action={t("actions.tryAgain")}
      onAction={tryAgain}
    />
  );
}
